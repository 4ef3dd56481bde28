//! What is there when a test has failed, before anything of it is removed.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use cluster::{Key, Kind, Object, apply, logs};
use futures::future::join_all;
use kube::core::GroupVersionKind;
use model::dossier::{Dossier, Happening, Live, Log, LogSource, redacted, redacted_value};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{
    context::{owners::GATEWAY_NAME, session::Session},
    run::lane::Planned,
};

/// How long everything together may take: a cluster that does not answer must not hold up the run.
const LIMIT: Duration = Duration::from_secs(20);
/// How many lines of a container are kept.
const LINES: i64 = 1000;
/// How much before the test began counts too: what a container printed as the test's objects came.
const BEFORE: Duration = Duration::from_secs(5);

/// Looks at all that a failure may be about. `made` are objects that the test made beside those of its manifests, and
/// `took` is how long ago it began.
pub(crate) async fn capture(
    session: &Session,
    planned: &Planned,
    made: Vec<Key>,
    sources: &[LogSource],
    took: Duration,
) -> Dossier {
    let own: Vec<_> = planned.objects.iter().filter_map(Key::of).chain(made).collect();
    let mut dossier = Dossier {
        test: planned.test.name.to_owned(),
        applied: planned.objects.iter().map(shown).collect(),
        ..Dossier::default()
    };
    let looked = look(session, planned, &own, sources, took + BEFORE, &mut dossier);
    if timeout(LIMIT, looked).await.is_err() {
        dossier.missing.push(format!("the cluster did not answer everything within {LIMIT:.0?}"));
    }
    dossier
}

async fn look(
    session: &Session,
    planned: &Planned,
    own: &[Key],
    sources: &[LogSource],
    since: Duration,
    dossier: &mut Dossier,
) {
    let client = session.client();
    let class = Key::new(Kind::GatewayClass, None, session.gateway_class());
    let keys = [&class].into_iter().chain(&planned.base_gateways).chain(own);
    let mut keys: BTreeSet<Key> = keys.chain(&planned.sends_to).cloned().collect();
    let mut asked = keys.clone();
    // What these refer to comes second.
    for _ in 0..2 {
        let found = asked.iter().map(|key| async move { (key, apply::get(client, key).await) });
        let mut next = BTreeSet::new();
        for (key, found) in join_all(found).await {
            match found {
                Ok(object) => {
                    next.extend(object.iter().flat_map(referred).filter(|it| !keys.contains(it)));
                    let object = object.as_ref().map(shown);
                    dossier.live.push(Live { what: key.to_string(), object });
                }
                Err(error) => dossier.missing.push(error.to_string()),
            }
        }
        keys.extend(next.iter().cloned());
        asked = next;
    }

    let namespaces: BTreeSet<_> = keys.iter().filter_map(|key| key.namespace.as_deref()).collect();
    let events = namespaces.iter().map(|it| apply::list(client, Kind::Event, Some(it), None));
    for events in join_all(events).await {
        match events {
            Ok(events) => dossier.happenings.extend(events.iter().map(happening)),
            Err(error) => dossier.missing.push(error.to_string()),
        }
    }
    dossier.happenings.sort();

    let mut pods = BTreeMap::new();
    let gateways: BTreeSet<_> = keys.iter().filter(|key| key.kind == Kind::Gateway).collect();
    let workloads: Vec<_> = keys.iter().filter(|key| key.kind == Kind::Deployment).collect();
    let concerns = |pod: &Object, key: &Key| {
        let labels = pod.metadata.labels.iter().flatten();
        let mut made_for = labels.filter(|(label, _)| *label == GATEWAY_NAME);
        let serves = made_for.any(|(_, name)| gateways.iter().any(|it| it.name == *name));
        let is_of = |workload: &Key| {
            let rest = key.name.strip_prefix(&workload.name);
            workload.namespace == key.namespace && rest.is_some_and(|rest| rest.starts_with('-'))
        };
        serves || workloads.iter().any(|workload| is_of(workload))
    };
    let here = namespaces.iter().map(|it| (*it, None));
    let told = sources.iter().map(|it| (it.namespace.as_str(), Some(it.selector.as_str())));
    for (namespace, selector) in here.chain(told) {
        match apply::list(client, Kind::Pod, Some(namespace), selector).await {
            Ok(listed) => pods.extend(listed.into_iter().filter_map(|pod| {
                let key = Key::of(&pod)?;
                (selector.is_some() || concerns(&pod, &key)).then_some((key, pod))
            })),
            Err(error) => dossier.missing.push(error.to_string()),
        }
    }
    let containers = pods.iter().flat_map(|(key, pod)| {
        containers(pod).map(move |name| async move {
            (key, name, logs::tail(client, key, name, LINES, since).await)
        })
    });
    for (key, container, text) in join_all(containers).await {
        match text {
            Ok(text) => dossier.logs.push(Log {
                namespace: key.namespace.clone().unwrap_or_default(),
                pod: key.name.clone(),
                container: container.to_owned(),
                text: redacted(&text),
            }),
            Err(error) => dossier.missing.push(error.to_string()),
        }
    }
    let states =
        pods.iter().map(|(key, pod)| Live { what: key.to_string(), object: Some(state(pod)) });
    dossier.live.extend(states);
}

/// The fields whose values are references, and to what each refers where it does not say.
const REFERENCES: [(&str, &str); 6] = [
    ("backendRef", "Service"),
    ("backendRefs", "Service"),
    ("caCertificateRefs", "ConfigMap"),
    ("certificateRefs", "Secret"),
    ("clientCertificateRef", "Secret"),
    ("targetRefs", "Service"),
];

/// What an object refers to, as far as the suite knows such kinds.
fn referred(object: &Object) -> Vec<Key> {
    let mut keys = Vec::new();
    refer(&object.data["spec"], object.metadata.namespace.as_deref(), &mut keys);
    keys
}

fn refer(value: &Value, namespace: Option<&str>, keys: &mut Vec<Key>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| refer(item, namespace, keys)),
        Value::Object(fields) => {
            for (field, value) in fields {
                if let Some((_, kind)) = REFERENCES.iter().find(|(name, _)| name == field) {
                    let one = std::slice::from_ref(value);
                    let all = value.as_array().map_or(one, Vec::as_slice);
                    keys.extend(all.iter().filter_map(|it| reference(it, kind, namespace)));
                }
                refer(value, namespace, keys);
            }
        }
        _ => {}
    }
}

fn reference(it: &Value, kind: &str, namespace: Option<&str>) -> Option<Key> {
    let text = |field: &str| it[field].as_str();
    let group = text("group").unwrap_or_default();
    let gvk = GroupVersionKind::gvk(group, "v1", text("kind").unwrap_or(kind));
    let kind = Kind::from_gvk(&gvk)?;
    Some(Key::new(kind, text("namespace").or(namespace), text("name")?))
}

fn shown(object: &Object) -> Value {
    redacted_value(serde_json::to_value(object).unwrap_or_default())
}

/// A Pod without its `spec`, whose variables may hold what is nobody else's.
fn state(pod: &Object) -> Value {
    let pod = shown(pod);
    json!({ "apiVersion": "v1", "kind": "Pod", "metadata": pod["metadata"], "status": pod["status"] })
}

fn containers(pod: &Object) -> impl Iterator<Item = &str> {
    let containers = pod.data["spec"]["containers"].as_array().into_iter().flatten();
    containers.filter_map(|container| container["name"].as_str())
}

fn happening(event: &Object) -> Happening {
    let text = |field: &Value| redacted(field.as_str().unwrap_or_default());
    let about = &event.data["involvedObject"];
    let at = ["lastTimestamp", "eventTime", "firstTimestamp"];
    Happening {
        at: at.iter().find_map(|field| event.data[*field].as_str()?.parse().ok()),
        about: format!(
            "{} {}/{}",
            text(&about["kind"]),
            text(&about["namespace"]),
            text(&about["name"])
        ),
        reason: text(&event.data["reason"]),
        message: text(&event.data["message"]),
    }
}
