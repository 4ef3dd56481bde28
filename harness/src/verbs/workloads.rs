//! The Pods to which requests go, and the endpoints by which Services lead to them.

use cluster::{Key, Kind, Object, wait::Progress, watch::Scope};
use model::{
    names::INFRA,
    timeouts::Limit,
    timing::SpanKind,
    verdict::{JudgeError, Stop, Verdict},
};

use crate::verbs::subject::Subject;

impl Subject {
    /// The Deployments that the test applied have all their Pods ready. Comes before what is sent to them.
    ///
    /// # Errors
    ///
    /// An error if they have not within `NamespacesMustBeReady`: no implementation is to blame for that.
    pub(crate) async fn own_pods_are_ready(&self) -> Verdict {
        let limit = self.limit(Limit::NamespacesMustBeReady);
        for key in &self.workloads {
            let ready = self.until(key, limit, "all its Pods ready", |object| {
                unready(key, object).map_or(Ok(()), Err)
            });
            ready.await.map_err(|stop| match stop {
                Stop::Failed(failure) => {
                    let observed = failure.mismatches.into_iter().map(|mismatch| mismatch.observed);
                    JudgeError::new(observed.collect::<Vec<_>>().join("; ")).into()
                }
                error @ Stop::Error(_) => error,
            })?;
        }
        Ok(())
    }

    /// A Service in the infra namespace that the test applied has an endpoint. Comes before what must fail for
    /// another reason than that there is none.
    ///
    /// # Errors
    ///
    /// An error if it has none within `NamespacesMustBeReady`: no implementation is to blame for that.
    pub async fn has_endpoints(&self, service: &str) -> Verdict {
        let namespace = self.session.namespaces().in_cluster(INFRA);
        let slices = self.session.watches().on(Scope::all(Kind::EndpointSlice).within(&namespace));
        let limit = self.limit(Limit::NamespacesMustBeReady);
        let ready = slices.until_all(limit, |slices| {
            let leads = |slice: &Object| leads_somewhere(slice, service);
            if slices.iter().any(|slice| leads(slice)) {
                Progress::Met(())
            } else {
                Progress::NotYet(format!("Service {namespace}/{service} has no ready endpoint"))
            }
        });
        let waited = self.notes.during(SpanKind::Status, ready).await;
        waited.map_err(|unmet| JudgeError::new(unmet.watch_error.unwrap_or(unmet.because)).into())
    }
}

/// Whether this EndpointSlice is one of the Service, and has an endpoint that is ready.
fn leads_somewhere(slice: &Object, service: &str) -> bool {
    let labels = slice.metadata.labels.as_ref();
    let of_service = labels.and_then(|labels| labels.get("kubernetes.io/service-name"));
    let mut endpoints = slice.data["endpoints"].as_array().into_iter().flatten();
    // Where nothing is said it is ready.
    of_service.is_some_and(|name| name == service)
        && endpoints.any(|endpoint| endpoint["conditions"]["ready"] != false)
}

/// Why a Deployment does not have all its Pods ready.
pub(crate) fn unready(key: &Key, deployment: &Object) -> Option<String> {
    let wanted = deployment.data["spec"]["replicas"].as_i64().unwrap_or(1);
    let status = &deployment.data["status"];
    if status["observedGeneration"].as_i64() < deployment.metadata.generation {
        return Some(format!("{key} was not looked at by its controller yet"));
    }
    let count = |of: &str| status[of].as_i64().unwrap_or(0);
    let (ready, updated) = (count("readyReplicas"), count("updatedReplicas"));
    if ready < wanted || updated < wanted {
        return Some(format!("{key} has {} of {wanted} Pods ready", ready.min(updated)));
    }
    // They may be the ones that are ready, and would answer as they did before the last change.
    let older = count("replicas") - updated;
    (older > 0).then(|| format!("{key} still has {older} Pods of an older template"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_workload_is_ready_when_all_its_pods_are_and_none_is_older_than_it() {
        let key = Key::new(Kind::Deployment, Some("infra"), "echo");
        for (all, updated, ready, expected) in [
            (2, 2, 2, None),
            (2, 2, 1, Some("1 of 2 Pods ready")),
            (3, 1, 3, Some("1 of 2 Pods ready")),
            (4, 2, 2, Some("2 Pods of an older template")),
        ] {
            let deployment = json!({
                "metadata": { "name": "echo", "namespace": "infra", "generation": 1 },
                "spec": { "replicas": 2 },
                "status": {
                    "observedGeneration": 1, "replicas": all, "updatedReplicas": updated,
                    "readyReplicas": ready,
                },
            });
            let unready = unready(&key, &serde_json::from_value(deployment).unwrap());
            let is_told = match (&unready, expected) {
                (Some(told), Some(expected)) => told.ends_with(expected),
                (told, expected) => told.is_none() && expected.is_none(),
            };
            assert!(is_told, "{expected:?}: {unready:?}");
        }
    }
}
