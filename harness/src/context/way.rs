//! By which way the Gateways are reached.

use std::{sync::Arc, time::Duration};

use cluster::{
    Key, Kind, Object, diagnosis, forward,
    views::status_conditions,
    wait::Progress,
    watch::{Scope, Watches},
};
use futures::{FutureExt, future::BoxFuture};
use kube::Client;
use model::{
    fixtures::{restricted_container, restricted_pod},
    names::{INFRA, Namespaces},
};
use probe::{
    Datagrams, Dialer, ProbeError, Stream,
    tunnel::{Tunnel, proxy::Proxy, relay::Relay, socks::Socks},
};
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::options::Via;

/// The Pod of the prober.
const PROBER: &str = "gateway-conformance-prober";
/// Where it listens, for nobody but who comes through the API server.
const PORT: u16 = 9000;
/// How long a Service with an address is waited for: that of a new Gateway may be seen a moment later.
const MOMENT: Duration = Duration::from_secs(5);

/// What goes to the Gateways by this way.
pub(crate) fn dialer(
    straight: Dialer,
    via: &Via,
    (client, watches): (&Client, &Watches),
    namespaces: &Namespaces,
    patience: Duration,
) -> Dialer {
    let tunnel: Arc<dyn Tunnel> = match via {
        Via::Direct => return straight,
        Via::Proxy(place) => Arc::new(Proxy::at(place)),
        Via::Socks(place) => Arc::new(Socks::at(place)),
        Via::Relay(place) => {
            let place = place.clone();
            Arc::new(Relay::new(Arc::new(move || reach(place.clone()).boxed())))
        }
        Via::PortForward => {
            Arc::new(Forwarding { client: client.clone(), watches: watches.clone() })
        }
        Via::Prober(_) => {
            let (client, watches) = (client.clone(), watches.clone());
            let namespace = namespaces.in_cluster(INFRA);
            Arc::new(Relay::new(Arc::new(move || {
                let (client, watches) = (client.clone(), watches.clone());
                let namespace = namespace.clone();
                async move { reach_prober(&client, &watches, &namespace, patience).await }.boxed()
            })))
        }
    };
    straight.through(tunnel)
}

async fn reach(place: String) -> Result<Stream, String> {
    let stream = TcpStream::connect(&place).await;
    let stream = stream.and_then(|stream| stream.set_nodelay(true).map(|()| stream));
    match stream {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) => Err(format!("the relay {place}: {error}")),
    }
}

/// The Pod through which probes go, if that is the way: this program, with the rights of nobody.
pub(crate) fn prober(via: &Via) -> Option<Object> {
    let Via::Prober(image) = via else { return None };
    let pod = Object::new(PROBER, &Kind::Pod.resource()).within(INFRA).data(json!({
        "spec": {
            "automountServiceAccountToken": false,
            "terminationGracePeriodSeconds": 1,
            "securityContext": restricted_pod(),
            "containers": [{
                "name": "prober",
                "image": image,
                "args": ["prober", format!("--listen=127.0.0.1:{PORT}")],
                "resources": { "requests": { "cpu": "10m" } },
                "securityContext": restricted_container(),
            }],
        },
    }));
    Some(pod)
}

async fn reach_prober(
    client: &Client,
    watches: &Watches,
    namespace: &str,
    patience: Duration,
) -> Result<Stream, String> {
    let key = Key::new(Kind::Pod, Some(namespace), PROBER);
    let store = watches.on(Scope::all(Kind::Pod).within(namespace));
    let ready = store.until(&key, patience, |pod| {
        let is_ready = |pod: &Object| {
            status_conditions(pod).iter().any(|it| it.kind == "Ready" && it.status == "True")
        };
        match pod {
            Some(pod) if is_ready(pod) => Progress::Met(()),
            Some(_) => Progress::NotYet("it is not ready".to_owned()),
            None => Progress::NotYet("it is not there".to_owned()),
        }
    });
    if let Err(unmet) = ready.await {
        let troubles = diagnosis::find_troubles(client, &[namespace.to_owned()]).await;
        let own = troubles.into_iter().filter(|(about, _)| *about == key).collect();
        let why = diagnosis::sentences(own).into_iter().next().unwrap_or(unmet.because);
        return Err(format!("{key}: {why}"));
    }
    let stream = forward::open(client, namespace, PROBER, PORT).await;
    stream.map(|stream| Box::new(stream) as Stream).map_err(|error| error.to_string())
}

/// A way through the API server to the Pods behind the Service that has a Gateway's address.
struct Forwarding {
    client: Client,
    watches: Watches,
}

impl Forwarding {
    async fn open(&self, host: &str, port: u16) -> Result<Stream, ProbeError> {
        let broken = ProbeError::Tunnel;
        let services = self.watches.on(Scope::all(Kind::Service));
        let found = services.until_all(MOMENT, |services| {
            let mut ports = services.iter().filter_map(|it| named_port(it, host, port));
            ports.next().map_or_else(
                || {
                    Progress::NotYet(format!(
                        "no Service has the address {host} and the port {port}"
                    ))
                },
                Progress::Met,
            )
        });
        let (service, name) = found.await.map_err(|unmet| broken(unmet.because))?;
        let Key { namespace, name: of, .. } = service;
        let namespace = namespace.unwrap_or_default();
        let slices = self.watches.on(Scope::all(Kind::EndpointSlice).within(&namespace));
        let found = slices.until_all(MOMENT, |slices| {
            let mut pods = slices.iter().filter_map(|slice| ready_pod(slice, &of, &name));
            pods.next().map_or_else(
                || Progress::NotYet(format!("no Pod of Service {namespace}/{of} is ready")),
                Progress::Met,
            )
        });
        let Ready { namespace, pod, port } = found.await.map_err(|unmet| broken(unmet.because))?;
        let stream = forward::open(&self.client, &namespace, &pod, port).await;
        Ok(Box::new(stream.map_err(|error| broken(error.to_string()))?))
    }
}

/// A Service that has this address, and what it calls this port.
fn named_port(service: &Object, host: &str, port: u16) -> Option<(Key, String)> {
    let (spec, status) = (&service.data["spec"], &service.data["status"]);
    let all = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let own = [all(&spec["clusterIPs"]), all(&spec["externalIPs"])].concat();
    let balanced = all(&status["loadBalancer"]["ingress"]);
    let is_there = own.iter().any(|it| it == host)
        || balanced.iter().any(|it| it["ip"] == host || it["hostname"] == host);
    let ports = all(&spec["ports"]);
    let is_meant = |it: &&Value| it["port"] == port && it["protocol"] != "UDP";
    let entry = ports.iter().filter(|_| is_there).find(is_meant)?;
    Some((Key::of(service)?, entry["name"].as_str().unwrap_or_default().to_owned()))
}

/// A Pod that is ready, and the port behind a Service's.
#[derive(Debug, PartialEq, Eq)]
struct Ready {
    namespace: String,
    pod: String,
    port: u16,
}

/// A Pod of a Service that is ready, and its port of this name. Where a controller writes the slice itself, the Pods may be in
/// its own namespace.
fn ready_pod(slice: &Object, service: &str, port: &str) -> Option<Ready> {
    let labels = slice.metadata.labels.as_ref()?;
    labels.get("kubernetes.io/service-name").filter(|name| *name == service)?;
    let ports = slice.data["ports"].as_array()?;
    let entry = ports.iter().find(|it| it["name"].as_str().unwrap_or_default() == port)?;
    let endpoints = slice.data["endpoints"].as_array()?;
    let ready = endpoints.iter().find(|it| it["conditions"]["ready"] != false)?;
    let target = &ready["targetRef"];
    let own = slice.metadata.namespace.as_deref();
    Some(Ready {
        namespace: target["namespace"].as_str().or(own)?.to_owned(),
        pod: target["name"].as_str()?.to_owned(),
        port: entry["port"].as_u64()?.try_into().ok()?,
    })
}

impl Tunnel for Forwarding {
    fn connect<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, Result<Stream, ProbeError>> {
        self.open(host, port).boxed()
    }

    fn datagrams<'a>(&'a self, _: &'a str, _: u16) -> BoxFuture<'a, Result<Datagrams, ProbeError>> {
        async { Err(ProbeError::Tunnel("port-forward does not carry UDP".to_owned())) }.boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_may_name_pods_of_another_namespace() {
        let slice = |target: Value| {
            let slice = json!({
                "metadata": { "name": "s", "namespace": "infra", "labels": { "kubernetes.io/service-name": "web" } },
                "ports": [{ "name": "http", "port": 10000 }],
                "endpoints": [
                    { "conditions": { "ready": false }, "targetRef": { "name": "late" } },
                    { "conditions": { "ready": true }, "targetRef": target },
                ],
            });
            serde_json::from_value::<Object>(slice).unwrap()
        };
        let ready = |namespace: &str| {
            Some(Ready { namespace: namespace.into(), pod: "a".into(), port: 10000 })
        };
        let own = slice(json!({ "kind": "Pod", "name": "a" }));
        assert_eq!(ready_pod(&own, "web", "http"), ready("infra"));
        assert_eq!(ready_pod(&own, "other", "http"), None);
        let other = slice(json!({ "kind": "Pod", "name": "a", "namespace": "controllers" }));
        assert_eq!(ready_pod(&other, "web", "http"), ready("controllers"));
    }
}
