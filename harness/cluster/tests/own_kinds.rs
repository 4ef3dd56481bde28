//! Kinds that tests of the user's own bring: a program of its own, since they are known to the whole process.

use cluster::{Kind, OwnKind};
use kube::core::GroupVersionKind;
use model::names::GROUP;

#[test]
fn a_kind_that_is_learned_is_known_from_then_on() {
    let limit = |plural: &str| OwnKind {
        group: "learned.example.com".into(),
        version: "v2".into(),
        name: "LearnedLimit".into(),
        plural: plural.into(),
        namespaced: true,
    };
    let gvk = GroupVersionKind::gvk("learned.example.com", "v2", "LearnedLimit");
    assert_eq!(Kind::from_gvk(&gvk), None);
    let kind = Kind::learn(limit("learnedlimits")).unwrap();
    assert_eq!(Kind::learn(limit("learnedlimits")), Ok(kind));
    assert_eq!(Kind::from_gvk(&gvk), Some(kind));
    assert!(Kind::known().any(|known| known == kind));
    assert_eq!(kind.resource().api_version, "learned.example.com/v2");
    assert!(Kind::learn(limit("others")).unwrap_err().contains("two things"));
    let route = OwnKind { group: GROUP.into(), name: "HTTPRoute".into(), ..limit("routes") };
    assert!(Kind::learn(route).unwrap_err().contains("leave it out"));
}
