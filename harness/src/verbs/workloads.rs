//! The Pods to which requests go.

use cluster::{Key, Kind, Object};
use model::{
    names::INFRA,
    timeouts::Limit,
    verdict::{JudgeError, Stop, Verdict},
};

use crate::verbs::subject::Subject;

impl Subject {
    /// A Deployment in the infra namespace that the test applied has all its Pods ready. Comes before what
    /// is sent to them.
    ///
    /// # Errors
    ///
    /// An error if it has not within `NamespacesMustBeReady`: no implementation is to blame for that.
    pub async fn pods_are_ready(&self, deployment: &str) -> Verdict {
        let key = self.key(Kind::Deployment, INFRA, deployment);
        let limit = self.limit(Limit::NamespacesMustBeReady);
        let ready = self.until(&key, limit, "all its Pods ready", |object| {
            unready(&key, object).map_or(Ok(()), Err)
        });
        match ready.await {
            Err(Stop::Failed(failure)) => {
                let observed = failure.mismatches.into_iter().map(|mismatch| mismatch.observed);
                Err(JudgeError::new(observed.collect::<Vec<_>>().join("; ")).into())
            }
            other => other,
        }
    }
}

/// Why a Deployment does not have all its Pods ready.
pub(crate) fn unready(key: &Key, deployment: &Object) -> Option<String> {
    let wanted = deployment.data["spec"]["replicas"].as_i64().unwrap_or(1);
    let status = &deployment.data["status"];
    if status["observedGeneration"].as_i64() < deployment.metadata.generation {
        return Some(format!("{key} was not looked at by its controller yet"));
    }
    let (ready, updated) = (
        status["readyReplicas"].as_i64().unwrap_or(0),
        status["updatedReplicas"].as_i64().unwrap_or(0),
    );
    (ready < wanted || updated < wanted)
        .then(|| format!("{key} has {} of {wanted} Pods ready", ready.min(updated)))
}
