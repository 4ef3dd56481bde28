//! The Pods by which an implementation serves a Gateway, where it makes some in the fixtures' namespaces.
//!
//! A Gateway may say Programmed while the image of its proxy is still being pulled. The Go suite waits for
//! every Pod of those namespaces; here it is waited for those of the Gateway under test alone.

use cluster::{
    Key, Kind, Object, diagnosis, views::status_conditions, wait::Progress, watch::Scope,
};
use model::{
    timeouts::Limit,
    timing::SpanKind,
    verdict::{Failure, JudgeError, Mismatch, Verdict},
};
use tokio::time::Instant;

use crate::{context::owners::MadeFor, verbs::subject::Subject};

/// Waits until the Pods are ready by which a Gateway is served, within `NamespacesMustBeReady`.
///
/// # Errors
///
/// A failure that names a Pod that is not, and what holds it.
pub(crate) async fn must_be_ready(subject: &Subject, gateway: &Key) -> Verdict {
    let session = &subject.session;
    let Some(namespace) = &gateway.namespace else { return Ok(()) };
    let store = session.watches().on(Scope::all(Kind::Pod).within(namespace));
    let (deployments, own) =
        (session.store(Kind::Deployment), MadeFor::Gateway(gateway.name.clone()));
    let made_for = |pod: &Object| session.owners().made_for(pod, &deployments);
    let began = Instant::now();
    let limit = subject.limit(Limit::NamespacesMustBeReady);
    let waited = async {
        loop {
            let left = limit.saturating_sub(began.elapsed());
            let met = store.until_all(left, |pods| {
                let unknown = pods.iter().find(|pod| made_for(pod).is_none());
                let unready = || {
                    let mut own = pods.iter().filter(|pod| made_for(pod).as_ref() == Some(&own));
                    own.find_map(|pod| Some((pod, unready(pod)?)))
                };
                match (unknown, unready()) {
                    (Some(pod), _) => Progress::Met(Some(pod.clone())),
                    (None, Some((pod, because))) => {
                        Progress::NotYet(format!("{}: {because}", name(pod)))
                    }
                    (None, None) => Progress::Met(None),
                }
            });
            match met.await {
                Ok(None) => return Ok(()),
                Ok(Some(pod)) => session.owners().learn(session.client(), namespace, &pod).await,
                Err(unmet) => return Err(unmet),
            }
        }
    };
    let Err(unmet) = subject.notes.during(SpanKind::Status, waited).await else { return Ok(()) };
    if let Some(error) = unmet.watch_error {
        return Err(JudgeError::new(error).into());
    }
    let troubles =
        diagnosis::find_troubles(session.client(), std::slice::from_ref(namespace)).await;
    let mismatch = Mismatch {
        since: Some(unmet.since),
        waited: Some(began.elapsed()),
        ..Mismatch::new(gateway.to_string(), "the Pods that serve it ready", unmet.because)
    };
    let failure = Failure::of(mismatch);
    Err(match diagnosis::sentences(troubles).into_iter().next() {
        Some(trouble) => failure.because(trouble).into(),
        None => failure.into(),
    })
}

/// Why a Pod is not ready, as the Go suite counts: one that has done its work, or that goes away, is.
fn unready(pod: &Object) -> Option<String> {
    let is_over =
        pod.metadata.deletion_timestamp.is_some() || pod.data["status"]["phase"] == "Succeeded";
    let conditions = status_conditions(pod);
    let ready = conditions.iter().any(|it| it.kind == "Ready" && it.status == "True");
    (!is_over && !ready).then(|| {
        let phase = pod.data["status"]["phase"].as_str().unwrap_or("no phase");
        format!("not ready ({phase})")
    })
}

fn name(object: &Object) -> &str {
    object.metadata.name.as_deref().unwrap_or_default()
}
