//! What is only seen by trying: whether nodes pull the images, Pods are admitted, a Gateway gets an address, and that can be
//! reached.

use std::{fmt::Write as _, time::Duration};

use cluster::{
    Key, Kind, Object,
    apply::{self, Dressing},
    diagnosis::{self, PodTrouble},
    remove,
    views::GatewayView,
    wait::Progress,
    watch::{Scope, Watches},
};
use futures::future::join;
use kube::Client;
use model::{names::RUN_LABEL, version::SuiteVersion};
use probe::{Dialer, ProbeError};
use serde_json::json;
use tokio::time::{Instant, interval, timeout};

use super::check::{Check, LIMIT};
use crate::{
    options::{Options, Via},
    test::Suite,
    verbs::workloads::unready,
};

/// Where it is tried.
const NAMESPACE: &str = "gateway-conformance-doctor";
/// What everything in it is called.
const NAME: &str = "doctor";
/// How long it is tried to connect: a node may know of a new address later than the Gateway's status.
const CONNECTION: Duration = Duration::from_secs(5);
/// How long a connection may take to come about: one that was begun too early never does.
const ATTEMPT: Duration = Duration::from_secs(2);
/// How far apart two attempts begin at least.
const PAUSE: Duration = Duration::from_millis(500);
/// How long Pods may take.
const PATIENCE: Duration = Duration::from_secs(9);
/// How long a Gateway may take to get an address, which is to be connected to afterwards.
const FOR_ADDRESS: Duration = Duration::from_secs(6);

/// Where and how it is tried.
pub(super) struct Place<'a> {
    pub(super) client: &'a Client,
    pub(super) watches: &'a Watches,
    pub(super) options: &'a Options,
}

/// Tries it, and removes the namespace.
pub(super) async fn try_out(place: &Place<'_>, suite: &Suite, dialer: &Dialer) -> Vec<Check> {
    let namespace = Key::new(Kind::Namespace, None, place.namespace());
    let made =
        timeout(LIMIT / 2, place.apply(&object(Kind::Namespace, NAMESPACE, json!({})))).await;
    let made = match made {
        Ok(made) => made,
        Err(_) => Err(format!("no answer within {:.0?}", LIMIT / 2)),
    };
    if let Err(error) = made {
        let skip = |what| Check::odd(what, "not tried", "see what is wrong above, and ask again");
        let first = Check::bad("namespaces", error);
        return [first].into_iter().chain(["Pods", "Gateways"].map(skip)).collect();
    }
    let (pods, gateway) = join(pods(place, suite), gateway(place, dialer)).await;
    // That it goes is not waited for.
    let _ = remove::dismiss(place.client, &[namespace]).await;
    [pods].into_iter().chain(gateway).collect()
}

fn object(kind: Kind, name: &str, data: serde_json::Value) -> Object {
    Object::new(name, &kind.resource()).data(data)
}

impl Place<'_> {
    fn dressing(&self) -> Dressing {
        Dressing {
            run: NAME.to_owned(),
            gateway_class: self.options.gateway_class.clone(),
            namespaces: model::names::Namespaces::prefixed(&self.options.fixtures.namespace_prefix),
            namespace_labels: self.options.namespace_labels.clone(),
            namespace_annotations: self.options.namespace_annotations.clone(),
            fixtures: self.options.fixtures.clone(),
            ..Dressing::default()
        }
    }

    fn namespace(&self) -> String {
        self.dressing().namespaces.in_cluster(NAMESPACE)
    }

    async fn apply(&self, object: &Object) -> Result<(), String> {
        let mut dressed = self.dressing().dress(object.clone(), None);
        // No run is meant to find it, nor to wait for it.
        if let Some(labels) = &mut dressed.metadata.labels {
            labels.remove(RUN_LABEL);
        }
        apply::apply(self.client, &dressed).await.map(drop).map_err(|error| error.to_string())
    }
}

/// Whether a workload of the fixtures' image is admitted, pulled and started.
async fn pods(place: &Place<'_>, suite: &Suite) -> Check {
    let what = "Pods";
    let version = place.options.version.unwrap_or(SuiteVersion::NEWEST);
    let images = crate::fixtures::images(suite, version).unwrap_or_default();
    // The one of most workloads.
    let Some(image) = images.iter().find(|image| image.contains("echo-basic")) else {
        return Check::odd(what, "the suite has no workload", "nothing is to be tried");
    };
    let labels = json!({ "app": NAME });
    let variables = ["POD_NAME", "NAMESPACE"].map(|name| {
        let field = if name == "POD_NAME" { "metadata.name" } else { "metadata.namespace" };
        json!({ "name": name, "valueFrom": { "fieldRef": { "fieldPath": field } } })
    });
    let workload = object(
        Kind::Deployment,
        NAME,
        json!({
            "spec": {
                "selector": { "matchLabels": labels },
                "template": {
                    "metadata": { "labels": labels },
                    "spec": {
                        // The namespace is to be gone when the next one asks.
                        "terminationGracePeriodSeconds": 1,
                        "containers": [{ "name": NAME, "image": image, "env": variables }],
                    },
                },
            },
        }),
    );
    if let Err(error) = place.apply(&workload.within(NAMESPACE)).await {
        return Check::bad(what, error);
    }
    let namespace = place.namespace();
    let key = Key::new(Kind::Deployment, Some(&namespace), NAME);
    let store = place.watches.on(Scope::all(Kind::Deployment).within(&namespace));
    let image = place.options.fixtures.images.resolve(image);
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        let left = PATIENCE.saturating_sub(began.elapsed()).min(Duration::from_secs(2));
        let ready =
            store.until(&key, left, |workload| match workload.map(|it| unready(&key, it)) {
                Some(None) => Progress::Met(()),
                Some(Some(because)) => Progress::NotYet(because),
                None => Progress::NotYet("it is not there".to_owned()),
            });
        if ready.await.is_ok() {
            return Check::good(what, format!("{image} was ready after {:.1?}", began.elapsed()));
        }
        let found = diagnosis::find_troubles(place.client, std::slice::from_ref(&namespace)).await;
        let remedy = found.iter().find_map(|(_, trouble)| match trouble {
            PodTrouble::Image { .. } => Some(
                "load what `gateway-conformance fixtures images` lists into the nodes, or name another registry with \
                 --image-registry, --image-map and --pull-secret",
            ),
            PodTrouble::NotAllowed { .. } => {
                Some("let the namespace have it with --namespace-labels, or change the Pods with --patch (docs/fixtures.md)")
            }
            _ => None,
        });
        if let Some(trouble) = diagnosis::sentences(found).into_iter().next() {
            let check = Check::bad(what, trouble);
            return match remedy {
                Some(remedy) => check.remedied_by(remedy),
                None => check,
            };
        }
    }
    Check::odd(
        what,
        format!("{image} is not ready after {PATIENCE:.0?}, and nothing tells why"),
        "the image may be on its way: ask again, or load it into the nodes beforehand",
    )
}

/// Whether a Gateway gets an address, and whether that can be reached.
async fn gateway(place: &Place<'_>, dialer: &Dialer) -> Vec<Check> {
    let what = "Gateways";
    let gateway = object(
        Kind::Gateway,
        NAME,
        json!({
            "spec": {
                "gatewayClassName": place.options.gateway_class,
                "listeners": [{ "name": "http", "port": 80, "protocol": "HTTP" }],
            },
        }),
    );
    if let Err(error) = place.apply(&gateway.within(NAMESPACE)).await {
        return vec![Check::bad(what, error)];
    }
    let key = Key::new(Kind::Gateway, Some(&place.namespace()), NAME);
    let store = place.watches.on(Scope::all(Kind::Gateway).within(place.namespace()));
    let address = store.until(&key, FOR_ADDRESS, |gateway| {
        let addresses = gateway.map(|it| GatewayView::new(it).addresses()).unwrap_or_default();
        let first = addresses.first().map(|address| address.value.to_owned());
        first.map_or_else(|| Progress::NotYet("it has no address".to_owned()), Progress::Met)
    });
    match address.await {
        Ok(address) => {
            vec![
                Check::good(what, format!("got the address {address}")),
                reach(place, dialer, &address).await,
            ]
        }
        Err(unmet) => vec![no_address(place, unmet.last.as_deref()).await],
    }
}

async fn no_address(place: &Place<'_>, gateway: Option<&Object>) -> Check {
    let what = "Gateways";
    let mut found = format!("one had no address after {FOR_ADDRESS:.0?}");
    for condition in gateway.map(|it| GatewayView::new(it).conditions()).unwrap_or_default() {
        let _ = write!(found, "; {}={}/{}", condition.kind, condition.status, condition.reason);
    }
    let services = apply::list(place.client, Kind::Service, None, None).await.unwrap_or_default();
    let waits = services.iter().find(|service| {
        service.data["spec"]["type"] == "LoadBalancer"
            && service.data["status"]["loadBalancer"]["ingress"]
                .as_array()
                .is_none_or(Vec::is_empty)
    });
    match waits.and_then(Key::of) {
        Some(service) => Check::bad(what, format!("{found}; {service} waits for a load balancer"))
            .remedied_by("install one: cloud-provider-kind or MetalLB in kind; see whether its addresses are used up"),
        None => Check::bad(what, found)
            .remedied_by("see the controller's log, and whether it watches all namespaces"),
    }
}

/// Why an address was not connected to, at last.
enum Unreached {
    Refused,
    Because(String),
}

/// Whether an address can be connected to within [`CONNECTION`].
async fn connected(dialer: &Dialer, address: &str) -> Result<(), Unreached> {
    let began = Instant::now();
    let mut attempts = interval(PAUSE);
    loop {
        attempts.tick().await;
        let why = match timeout(ATTEMPT, dialer.connect(address, 80)).await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(ProbeError::Connection(why))) if why.contains("refused") => Unreached::Refused,
            Ok(Err(error)) => Unreached::Because(error.to_string()),
            Err(_) => Unreached::Because(format!("no connection within {ATTEMPT:.0?}")),
        };
        if began.elapsed() + ATTEMPT > CONNECTION {
            return Err(why);
        }
    }
}

/// Whether an address can be reached, and by which way it could be if not.
async fn reach(place: &Place<'_>, dialer: &Dialer, address: &str) -> Check {
    let what = "reachability";
    let why = match connected(dialer, address).await {
        Ok(()) => {
            return Check::good(what, format!("{address} port 80 can be connected to from here"));
        }
        // Somebody is there: without a route nobody may listen.
        Err(Unreached::Refused) => {
            return Check::odd(
                what,
                format!("{address} port 80 refuses connections from here"),
                "it may listen only once it has a route; the run will show it",
            );
        }
        Err(Unreached::Because(why)) => why,
    };
    let mut ways = vec!["--address-map", "--via prober --prober-image IMAGE"];
    let services = apply::list(place.client, Kind::Service, None, None).await.unwrap_or_default();
    let has_address = |service: &Object| {
        let status = service.data["status"]["loadBalancer"]["ingress"].as_array();
        let mut own = status.into_iter().flatten();
        own.any(|it| it["ip"] == address || it["hostname"] == address)
    };
    if place.options.via == Via::Direct && services.iter().any(has_address) {
        ways.insert(0, "--via port-forward");
    }
    Check::bad(what, format!("{address} port 80 cannot be reached: {why}"))
        .remedied_by(format!("go another way: {}", ways.join(", ")))
}
