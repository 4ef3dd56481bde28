//! Connections to ports of Pods, by way of the API server.

use k8s_openapi::api::core::v1::Pod;
use kube::{Api, Client};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::{
    apply::ApplyError,
    object::{Key, Kind},
};

/// A connection to a port of a Pod, as `kubectl port-forward` makes it.
///
/// # Errors
///
/// When the API server refuses it. That nobody listens there shows as a connection that ends at once.
pub async fn open(
    client: &Client,
    namespace: &str,
    pod: &str,
    port: u16,
) -> Result<impl AsyncRead + AsyncWrite + Send + Unpin + use<>, ApplyError> {
    let key = Key::new(Kind::Pod, Some(namespace), pod);
    let what = format!("a connection to port {port} of {key}");
    let failed = |error: &kube::Error| {
        let resource = Kind::Pod.resource();
        let error = ApplyError::of("create", what.clone(), &resource, Some(namespace), error);
        error.of_part(Some("portforward"))
    };
    let pods = Api::<Pod>::namespaced(client.clone(), namespace);
    let mut forwarder = pods.portforward(pod, &[port]).await.map_err(|error| failed(&error))?;
    forwarder.take_stream(port).ok_or_else(|| ApplyError::Failed {
        verb: "create",
        what,
        message: "the API server opened none".to_owned(),
    })
}
