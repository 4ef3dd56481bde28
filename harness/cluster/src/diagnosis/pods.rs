//! From pods, events, Deployments and Namespaces to what is wrong with them.

use std::{collections::BTreeMap, fmt};

use serde_json::Value;

use crate::{
    object::{Key, Kind, Object},
    views::status_conditions,
};

/// Why a pod does not start, or is not even made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PodTrouble {
    /// Its Namespace goes away.
    NamespaceTerminating {
        /// Which.
        namespace: String,
        /// What holds it, as far as it tells.
        held: String,
    },
    /// An image cannot be pulled.
    Image {
        /// The image.
        image: String,
        /// What the kubelet says.
        message: String,
        /// Whether the kubelet will not ask for it again.
        never: bool,
    },
    /// A container ends again and again.
    CrashLoop {
        /// The container.
        container: String,
        /// How it ended last.
        message: String,
    },
    /// A container cannot be made or started.
    Container {
        /// The container.
        container: String,
        /// What the kubelet says.
        message: String,
    },
    /// No node takes it.
    Unschedulable {
        /// What the scheduler says.
        message: String,
    },
    /// A volume cannot be mounted, mostly since a Secret or a ConfigMap is missing.
    Volume {
        /// What the kubelet says.
        message: String,
    },
    /// The API server does not let it be made: quota, admission.
    NotAllowed {
        /// What the API server says.
        message: String,
    },
}

impl fmt::Display for PodTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NamespaceTerminating { namespace, held } => write!(
                f,
                "namespace {namespace} is still being deleted{held}; wait until it is gone, or remove what holds it"
            ),
            Self::Image { image, message, .. } => write!(
                f,
                "image {image} cannot be pulled: {message}; give the nodes access to its registry, or load it into them"
            ),
            Self::CrashLoop { container, message } => write!(
                f,
                "container {container} ends again and again ({message}); see kubectl logs --previous"
            ),
            Self::Container { container, message } => {
                write!(
                    f,
                    "container {container} does not start: {message}; see kubectl describe pod"
                )
            }
            Self::Unschedulable { message } => {
                write!(f, "no node takes it: {message}; give the cluster nodes that can")
            }
            Self::Volume { message } => {
                write!(
                    f,
                    "a volume cannot be mounted: {message}; is the Secret or ConfigMap there?"
                )
            }
            Self::NotAllowed { message } => write!(
                f,
                "it may not be made: {message}; lift the quota or the admission rule for this namespace"
            ),
        }
    }
}

/// What is wrong, each with the object that it is wrong with.
pub fn troubles(
    pods: &[Object],
    events: &[Object],
    deployments: &[Object],
    namespace: Option<&Object>,
) -> Vec<(Key, PodTrouble)> {
    let ended = namespace.and_then(terminating);
    let refused = deployments.iter().filter_map(refused);
    let waiting = pods
        .iter()
        .filter(|pod| pod.metadata.deletion_timestamp.is_none())
        .filter_map(|pod| Some((Key::of_kind(Kind::Pod, pod)?, pod)))
        .filter_map(|(key, pod)| {
            let trouble = container_trouble(pod)
                .or_else(|| unschedulable(pod))
                .or_else(|| volume(&key, pod, events))?;
            Some((key, trouble))
        });
    ended.into_iter().chain(refused).chain(waiting).collect()
}

/// One sentence for each trouble; the objects that share it are counted.
pub fn sentences(found: Vec<(Key, PodTrouble)>) -> Vec<String> {
    let mut objects: BTreeMap<PodTrouble, Vec<Key>> = BTreeMap::new();
    for (key, trouble) in found {
        objects.entry(trouble).or_default().push(key);
    }
    objects
        .into_iter()
        .map(|(trouble, keys)| match (&trouble, keys.as_slice()) {
            (PodTrouble::NamespaceTerminating { .. }, _) | (_, []) => trouble.to_string(),
            (_, [one]) => format!("{one}: {trouble}"),
            (_, [first, rest @ ..]) => format!("{first} and {} more: {trouble}", rest.len()),
        })
        .collect()
}

fn terminating(namespace: &Object) -> Option<(Key, PodTrouble)> {
    let key = Key::of_kind(Kind::Namespace, namespace)?;
    let goes = namespace.metadata.deletion_timestamp.is_some()
        || namespace.data["status"]["phase"] == "Terminating";
    let held = status_conditions(namespace)
        .into_iter()
        .filter(|condition| condition.status == "True" && condition.kind.ends_with("Remaining"))
        .fold(String::new(), |held, condition| format!("{held}: {}", condition.message));
    goes.then(|| {
        let trouble = PodTrouble::NamespaceTerminating { namespace: key.name.clone(), held };
        (key, trouble)
    })
}

fn refused(deployment: &Object) -> Option<(Key, PodTrouble)> {
    let key = Key::of_kind(Kind::Deployment, deployment)?;
    let failure = status_conditions(deployment)
        .into_iter()
        .find(|condition| condition.kind == "ReplicaFailure" && condition.status == "True")?;
    Some((key, PodTrouble::NotAllowed { message: failure.message.to_owned() }))
}

fn container_trouble(pod: &Object) -> Option<PodTrouble> {
    let status = &pod.data["status"];
    ["initContainerStatuses", "containerStatuses"]
        .into_iter()
        .filter_map(|field| status[field].as_array())
        .flatten()
        .find_map(waiting_for_ever)
}

fn waiting_for_ever(container: &Value) -> Option<PodTrouble> {
    let waiting = &container["state"]["waiting"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (name, message) = (text(&container["name"]), text(&waiting["message"]));
    let image = text(&container["image"]);
    match waiting["reason"].as_str()? {
        "ErrImagePull" | "ImagePullBackOff" | "RegistryUnavailable" => {
            Some(PodTrouble::Image { image, message, never: false })
        }
        "InvalidImageName" | "ErrImageNeverPull" => {
            Some(PodTrouble::Image { image, message, never: true })
        }
        "CrashLoopBackOff" => {
            let last = &container["lastState"]["terminated"];
            let message = match last["exitCode"].as_i64() {
                Some(code) => format!("exit code {code}, {}", text(&last["reason"])),
                None => message,
            };
            Some(PodTrouble::CrashLoop { container: name, message })
        }
        // These two are the states on the way.
        "ContainerCreating" | "PodInitializing" => None,
        reason if message.is_empty() => {
            Some(PodTrouble::Container { container: name, message: reason.to_owned() })
        }
        reason => {
            let message = format!("{reason}: {message}");
            Some(PodTrouble::Container { container: name, message })
        }
    }
}

fn unschedulable(pod: &Object) -> Option<PodTrouble> {
    status_conditions(pod)
        .into_iter()
        .find(|condition| condition.kind == "PodScheduled" && condition.status == "False")
        .map(|condition| PodTrouble::Unschedulable { message: condition.message.to_owned() })
}

/// The kubelet tells of volumes in events only.
fn volume(key: &Key, pod: &Object, events: &[Object]) -> Option<PodTrouble> {
    if pod.data["status"]["phase"] != "Pending" {
        return None;
    }
    events
        .iter()
        .filter(|event| {
            let about = &event.data["involvedObject"];
            about["kind"] == "Pod"
                && about["name"] == key.name.as_str()
                && matches!(
                    event.data["reason"].as_str(),
                    Some("FailedMount" | "FailedAttachVolume")
                )
        })
        .filter_map(|event| event.data["message"].as_str())
        .next_back()
        .map(|message| PodTrouble::Volume { message: message.to_owned() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Object {
        serde_json::from_value(value).unwrap()
    }

    fn pod(name: &str, status: &Value) -> Object {
        object(json!({ "metadata": { "name": name, "namespace": "infra" }, "status": status }))
    }

    #[test]
    fn pods_with_the_same_trouble_share_a_sentence() {
        let pulling = json!({ "phase": "Pending", "containerStatuses": [{
            "name": "web", "image": "registry.example/echo:1",
            "state": { "waiting": { "reason": "ImagePullBackOff", "message": "no such host" } },
        }]});
        let found = troubles(&[pod("a", &pulling), pod("b", &pulling)], &[], &[], None);
        assert_eq!(
            sentences(found),
            [
                "Pod infra/a and 1 more: image registry.example/echo:1 cannot be pulled: no such host; \
              give the nodes access to its registry, or load it into them"
            ]
        );
    }

    #[test]
    fn an_image_that_no_kubelet_asks_for_again_is_told_apart() {
        for (reason, expected) in [
            ("ErrImagePull", false),
            ("ImagePullBackOff", false),
            ("InvalidImageName", true),
            ("ErrImageNeverPull", true),
        ] {
            let waiting = json!({ "phase": "Pending", "containerStatuses": [{
                "name": "web", "image": "echo", "state": { "waiting": { "reason": reason } },
            }]});
            let found = troubles(&[pod("a", &waiting)], &[], &[], None);
            let [(_, PodTrouble::Image { never, .. })] = found.as_slice() else {
                panic!("{reason}: {found:?}")
            };
            assert_eq!(*never, expected, "{reason}");
        }
    }

    #[test]
    fn a_pod_that_is_on_its_way_is_no_trouble() {
        let creating = json!({ "phase": "Pending", "containerStatuses": [{
            "name": "web", "state": { "waiting": { "reason": "ContainerCreating" } },
        }]});
        let old = object(json!({ "reason": "FailedMount", "message": "secret \"x\" not found",
            "involvedObject": { "kind": "Pod", "name": "other" } }));
        assert_eq!(troubles(&[pod("a", &creating)], &[old], &[], None), []);
    }

    #[test]
    fn a_missing_secret_is_found_in_the_pods_event() {
        let event = object(json!({ "reason": "FailedMount", "message": "secret \"x\" not found",
            "involvedObject": { "kind": "Pod", "name": "a" } }));
        let found = troubles(&[pod("a", &json!({ "phase": "Pending" }))], &[event], &[], None);
        assert_eq!(found[0].1, PodTrouble::Volume { message: "secret \"x\" not found".into() });
    }

    #[test]
    fn quota_nodes_and_namespaces_are_told() {
        let deployment = object(json!({ "metadata": { "name": "d", "namespace": "infra" },
            "status": { "conditions": [{ "type": "ReplicaFailure", "status": "True",
                "message": "exceeded quota" }] } }));
        let namespace = object(json!({ "metadata": { "name": "infra" },
            "status": { "phase": "Terminating" } }));
        let homeless = pod(
            "p",
            &json!({ "phase": "Pending", "conditions": [
            { "type": "PodScheduled", "status": "False", "message": "0/1 nodes are available" }] }),
        );
        let texts = sentences(troubles(&[homeless], &[], &[deployment], Some(&namespace)));
        assert_eq!(texts.len(), 3);
        assert!(texts[0].starts_with("namespace infra is still being deleted"), "{texts:?}");
        assert!(texts[1].starts_with("Pod infra/p: no node takes it: 0/1 nodes"), "{texts:?}");
        assert!(texts[2].starts_with("Deployment infra/d: it may not be made: exceeded quota"));
    }
}
