//! How an implementation delegates: which HTTPRoutes hand requests on to which, as a description file tells of it.
//!
//! In the tests' manifests a rule names its children as backendRefs of kind HTTPRoute, and each of these names the
//! parent in its parentRefs. [`Delegation::dress`] makes of that what the implementation wants.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::{description::Description, names::GROUP};

/// How deep the tests' longest chain of routes is.
const LONGEST_CHAIN: u32 = 6;

/// A description file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Delegation {
    /// What a rule's backendRefs to its children say in place of HTTPRoute.
    pub backend_ref: Option<KindReference>,
    /// A label that children have, with their name as its value.
    pub child_label: Option<String>,
    /// Whether a child in another namespace needs a ReferenceGrant there, though it names its parent.
    pub grants: bool,
    /// How often a request is handed on at most; any number if nothing is said.
    pub depth: Option<u32>,
}

/// A group and a kind.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KindReference {
    /// The API group.
    pub group: String,
    /// The kind.
    pub kind: String,
}

impl Description for Delegation {
    fn validate(&self) -> Result<(), String> {
        match self.depth {
            Some(0) => Err(
                "depth: a request is handed on once at least; leave it out if there is no limit"
                    .to_owned(),
            ),
            _ => Ok(()),
        }
    }
}

impl Delegation {
    /// Whether it has what a manifest needs.
    ///
    /// # Errors
    ///
    /// What it has not: `children need no ReferenceGrant`.
    pub fn has(&self, needed: &str) -> Result<(), String> {
        match (needed, self.depth) {
            ("grants", _) if !self.grants => Err("children need no ReferenceGrant".to_owned()),
            ("depth", None) => Err("requests are handed on as often as one likes".to_owned()),
            ("depth", Some(depth)) if depth >= LONGEST_CHAIN => Err(format!(
                "requests are handed on {depth} times, and {LONGEST_CHAIN} times in the test"
            )),
            _ => Ok(()),
        }
    }

    /// The spec of an HTTPRoute as the implementation wants it, and the label that it has if it is a child.
    pub fn dress<'d>(&'d self, spec: &mut Value) -> Option<&'d str> {
        let rules = spec["rules"].as_array_mut().into_iter().flatten();
        let references = rules.filter_map(|rule| rule["backendRefs"].as_array_mut()).flatten();
        if let Some(KindReference { group, kind }) = &self.backend_ref {
            for reference in references.filter(|reference| is_route(reference)) {
                reference["group"] = group.as_str().into();
                reference["kind"] = kind.as_str().into();
            }
        }
        let is_child =
            spec["parentRefs"].as_array().is_some_and(|parents| parents.iter().any(is_route));
        self.child_label.as_deref().filter(|_| is_child)
    }
}

/// Whether an HTTPRoute of the manifests hands on requests.
pub fn hands_on(spec: &Value) -> bool {
    let rules = spec["rules"].as_array().into_iter().flatten();
    let mut references = rules.filter_map(|rule| rule["backendRefs"].as_array()).flatten();
    references.any(is_route)
}

fn is_route(reference: &Value) -> bool {
    reference["group"] == GROUP && reference["kind"] == "HTTPRoute"
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn route(parent: &str) -> Value {
        let reference = |kind, name| json!({ "group": GROUP, "kind": kind, "name": name });
        json!({
            "parentRefs": [reference(parent, "parent")],
            "rules": [{ "backendRefs": [{ "name": "web", "port": 80 }] }, { "backendRefs": [reference("HTTPRoute", "child")] }],
        })
    }

    #[test]
    fn children_are_named_as_the_implementation_wants() {
        let backend_ref = Some(KindReference { group: "example.com".into(), kind: "label".into() });
        let delegation =
            Delegation { backend_ref, child_label: Some("a/b".into()), ..Delegation::default() };
        let mut dressed = route("Gateway");
        assert!(hands_on(&dressed));
        assert_eq!(delegation.dress(&mut dressed), None);
        let [web, child] = [0, 1].map(|rule| dressed["rules"][rule]["backendRefs"][0].clone());
        assert_eq!(web, json!({ "name": "web", "port": 80 }));
        assert_eq!(child, json!({ "group": "example.com", "kind": "label", "name": "child" }));
        assert_eq!(delegation.dress(&mut route("HTTPRoute")), Some("a/b"));

        let mut plain = route("HTTPRoute");
        assert_eq!(Delegation::default().dress(&mut plain), None);
        assert_eq!(plain, route("HTTPRoute"));
    }

    #[test]
    fn what_an_implementation_does_not_have_is_told() {
        let with_depth = |depth| Delegation { depth, ..Delegation::default() };
        let told = [
            Delegation::default().has("grants").unwrap_err(),
            with_depth(None).has("depth").unwrap_err(),
            with_depth(Some(6)).has("depth").unwrap_err(),
            with_depth(Some(0)).validate().unwrap_err(),
        ];
        insta::assert_snapshot!(told.join("\n"), @r"
        children need no ReferenceGrant
        requests are handed on as often as one likes
        requests are handed on 6 times, and 6 times in the test
        depth: a request is handed on once at least; leave it out if there is no limit
        ");
        assert_eq!(with_depth(Some(5)).has("depth"), Ok(()));
    }
}
