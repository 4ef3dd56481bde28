//! Why pods do not start, from what the cluster already shows, long before a limit passes.

use std::sync::Arc;

use kube::Client;

use crate::{
    apply::{get, list},
    object::{Key, Kind, Object},
    views::status_conditions,
    wait::Progress,
};

mod pods;

pub use pods::{PodTrouble, sentences, troubles};

/// Whether the pods that there are can be used: at least one, and each ready, succeeded or on its
/// way out.
pub fn pods_ready(pods: &[Arc<Object>]) -> Progress<()> {
    if pods.is_empty() {
        return Progress::NotYet("no pods yet".to_owned());
    }
    let waiting: Vec<_> = pods
        .iter()
        .filter(|pod| !is_usable(pod))
        .map(|pod| pod.metadata.name.clone().unwrap_or_default())
        .collect();
    if waiting.is_empty() {
        return Progress::Met(());
    }
    Progress::NotYet(format!(
        "{} of {} pods are not ready: {}",
        waiting.len(),
        pods.len(),
        waiting.join(", ")
    ))
}

fn is_usable(pod: &Object) -> bool {
    pod.metadata.deletion_timestamp.is_some()
        || pod.data["status"]["phase"] == "Succeeded"
        || status_conditions(pod)
            .iter()
            .any(|condition| condition.kind == "Ready" && condition.status == "True")
}

/// Looks once for what keeps the pods of these namespaces from starting: an image that cannot be
/// pulled, a container that ends again and again, no node, a missing Secret or ConfigMap, a refusal
/// by quota or admission, a namespace that is still going away; each with the object it is wrong
/// with. [`sentences`] tells it to people.
///
/// What cannot be looked at (no permission to read events, say) is left out.
pub async fn find_troubles(client: &Client, namespaces: &[String]) -> Vec<(Key, PodTrouble)> {
    let mut found = Vec::new();
    for namespace in namespaces {
        let here = Some(namespace.as_str());
        let itself = Key::new(Kind::Namespace, None, namespace);
        let (pods, events, deployments, itself) = futures::join!(
            list(client, Kind::Pod, here, None),
            list(client, Kind::Event, here, None),
            list(client, Kind::Deployment, here, None),
            get(client, &itself),
        );
        found.extend(troubles(
            &pods.unwrap_or_default(),
            &events.unwrap_or_default(),
            &deployments.unwrap_or_default(),
            itself.ok().flatten().as_ref(),
        ));
    }
    found
}
