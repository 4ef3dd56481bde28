//! Why pods do not start, from what the cluster already shows, long before a limit passes.

use kube::Client;

use crate::{
    apply::{get, list},
    object::{Key, Kind},
};

mod pods;

pub use pods::{PodTrouble, sentences, troubles};

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
