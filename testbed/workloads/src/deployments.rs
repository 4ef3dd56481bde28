//! Deployments: Pods directly, without a `ReplicaSet` between.

use std::sync::Arc;

use futures::future::try_join_all;
use k8s_openapi::{
    apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time},
    jiff::Timestamp,
};
use kube::{
    Api, Resource, ResourceExt,
    api::{DeleteParams, DynamicObject, Patch, PatchParams, PostParams},
    runtime::reflector::ObjectRef,
};
use serde_json::json;

use crate::{
    cluster::{self, Cluster},
    names,
    node::NODE,
    objects::{Deployment, DeploymentCondition, DeploymentStatus, Pod, object},
    pods::is_ready,
    work::{Queue, Retry},
};

/// Tells the Pods of one template from those of another, as `ReplicaSets` do.
const TEMPLATE_HASH: &str = "pod-template-hash";

/// Makes each Deployment's Pods and reports on them.
pub(crate) struct Deployments {
    pub(crate) cluster: Arc<Cluster>,
}

impl Deployments {
    pub(crate) async fn reconcile(&self, key: ObjectRef<Deployment>) -> Result<(), Retry> {
        let Some(deployment) = self.cluster.deployments.get(&key) else { return Ok(()) };
        let namespace = deployment.namespace().unwrap_or_default();
        // What is left of one that goes is the business of owner references.
        if deployment.metadata.deletion_timestamp.is_some()
            || self.cluster.is_terminating(&namespace)
        {
            return Ok(());
        }
        let uid = deployment.uid();
        let owned = self.cluster.pods.state_filter(|pod| {
            pod.namespace().as_ref() == Some(&namespace)
                && pod.owner_references().iter().any(|owner| Some(&owner.uid) == uid.as_ref())
        });
        let plan = Plan::of(&deployment, &owned);
        let api = self.cluster.api::<Pod>(&namespace);
        try_join_all(plan.missing.iter().map(|name| create(&api, &deployment, name))).await?;
        try_join_all(plan.surplus.iter().map(|pod| {
            cluster::delete(
                &api,
                pod.metadata.name.as_deref().unwrap_or_default(),
                pod.uid(),
                DeleteParams::default(),
            )
        }))
        .await?;
        self.report(&deployment, &owned).await
    }

    /// Has the Deployment looked at that `pod` belongs to.
    pub(crate) fn pod_changed(queue: &Queue<ObjectRef<Deployment>>, pod: &Pod) {
        let owners = pod.owner_references().iter().filter(|owner| owner.kind == "Deployment");
        for owner in owners {
            let namespace = pod.namespace().unwrap_or_default();
            queue.add(ObjectRef::new(&owner.name).within(&namespace));
        }
    }

    async fn report(&self, deployment: &Deployment, owned: &[Arc<Pod>]) -> Result<(), Retry> {
        let Some(status) = news(deployment, owned) else { return Ok(()) };
        let namespace = deployment.namespace().unwrap_or_default();
        let api = self.cluster.api::<Deployment>(&namespace);
        let patch = Patch::Merge(json!({ "status": status }));
        match api.patch_status(&deployment.name_any(), &PatchParams::default(), &patch).await {
            Ok(_) => Ok(()),
            Err(error) if cluster::is_moot(&error) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// The Deployment's status, if it is not the one that it has. What is no news must not be written:
/// two copies that are a moment apart would take turns for ever.
fn news(deployment: &Deployment, owned: &[Arc<Pod>]) -> Option<DeploymentStatus> {
    let known = deployment.status.clone().unwrap_or_default();
    let current = template_hash(deployment);
    let live = || owned.iter().filter(|pod| pod.metadata.deletion_timestamp.is_none());
    let count = live().count() as i32;
    let updated = live().filter(|pod| pod.labels().get(TEMPLATE_HASH) == Some(&current)).count();
    let ready = live().filter(|pod| is_ready(pod)).count() as i32;
    let mut status = known.clone();
    status.observed_generation = deployment.metadata.generation;
    status.replicas = Some(count);
    status.updated_replicas = Some(updated as i32);
    status.ready_replicas = Some(ready);
    status.available_replicas = Some(ready);
    status.unavailable_replicas = Some((replicas(deployment) - ready).max(0));
    let complete = ready >= replicas(deployment);
    let is_updated = complete && updated as i32 == replicas(deployment);
    let conditions = [
        if complete {
            condition(
                "Available",
                "True",
                "MinimumReplicasAvailable",
                "Deployment has minimum availability.",
            )
        } else {
            condition(
                "Available",
                "False",
                "MinimumReplicasUnavailable",
                "Deployment does not have minimum availability.",
            )
        },
        if is_updated {
            condition(
                "Progressing",
                "True",
                "NewReplicaSetAvailable",
                "All Pods have the current template.",
            )
        } else {
            condition(
                "Progressing",
                "True",
                "ReplicaSetUpdated",
                "Pods are being made or replaced.",
            )
        },
    ];
    let known_conditions = known.conditions.as_deref().unwrap_or_default();
    status.conditions = Some(conditions.map(|new| keep_times(known_conditions, new)).into());
    // Some API servers leave out a count that is zero, others keep it.
    let counts = |status: &DeploymentStatus| {
        [
            status.replicas,
            status.updated_replicas,
            status.ready_replicas,
            status.available_replicas,
            status.unavailable_replicas,
        ]
        .map(Option::unwrap_or_default)
    };
    let is_known = counts(&known) == counts(&status)
        && known.observed_generation == status.observed_generation
        && known.conditions == status.conditions;
    (!is_known).then_some(status)
}

/// What is to be done about a Deployment's Pods.
struct Plan {
    missing: Vec<String>,
    surplus: Vec<Arc<Pod>>,
}

impl Plan {
    /// Pods of an older template stay until those of the current one are ready.
    fn of(deployment: &Deployment, owned: &[Arc<Pod>]) -> Self {
        let hash = template_hash(deployment);
        let wanted: Vec<String> =
            (0..replicas(deployment)).map(|ordinal| pod_name(deployment, &hash, ordinal)).collect();
        let find =
            |name: &String| owned.iter().find(|pod| pod.metadata.name.as_ref() == Some(name));
        let missing = wanted.iter().filter(|name| find(name).is_none()).cloned().collect();
        let is_complete = wanted.iter().all(|name| find(name).is_some_and(|pod| is_ready(pod)));
        let surplus = owned.iter().filter(|pod| {
            pod.metadata.deletion_timestamp.is_none()
                && pod.metadata.name.as_ref().is_some_and(|name| !wanted.contains(name))
                && (is_complete || pod.labels().get(TEMPLATE_HASH) == Some(&hash))
        });
        Self { missing, surplus: surplus.cloned().collect() }
    }
}

async fn create(
    api: &Api<DynamicObject>,
    deployment: &Deployment,
    name: &str,
) -> Result<(), kube::Error> {
    match api.create(&PostParams::default(), &pod(deployment, name)).await {
        Ok(_) => Ok(()),
        // Made by an earlier pass whose Pod the watch has not told of yet, or not gone for good:
        // then its end is told.
        Err(kube::Error::Api(status)) if status.is_already_exists() => Ok(()),
        Err(error) if cluster::is_moot(&error) => Ok(()),
        Err(error) => Err(error),
    }
}

fn pod(deployment: &Deployment, name: &str) -> DynamicObject {
    let template = deployment.spec.as_ref().map(|spec| spec.template.clone()).unwrap_or_default();
    let metadata = template.metadata.unwrap_or_default();
    let mut labels = metadata.labels.unwrap_or_default();
    labels.insert(TEMPLATE_HASH.to_owned(), template_hash(deployment));
    let metadata = ObjectMeta {
        name: Some(name.to_owned()),
        namespace: deployment.namespace(),
        labels: Some(labels),
        annotations: metadata.annotations,
        finalizers: metadata.finalizers,
        owner_references: deployment.controller_owner_ref(&()).map(|owner| vec![owner]),
        ..ObjectMeta::default()
    };
    let mut spec = template.spec.unwrap_or_default();
    spec.insert("nodeName".to_owned(), NODE.into());
    object::<Pod>(metadata, json!({ "spec": spec }))
}

/// `<deployment>-<template>-<pod>`: what remains without the last two parts is the Deployment's
/// name.
fn pod_name(deployment: &Deployment, template_hash: &str, ordinal: i32) -> String {
    let uid = deployment.uid().unwrap_or_default();
    let suffix =
        names::hash(&[uid.as_bytes(), template_hash.as_bytes(), &ordinal.to_be_bytes()], 5);
    format!("{}-{template_hash}-{suffix}", deployment.name_any())
}

fn template_hash(deployment: &Deployment) -> String {
    let template = deployment.spec.as_ref().map(|spec| &spec.template);
    let template = serde_json::to_vec(&template).unwrap_or_default();
    names::hash(&[&template], 10)
}

fn replicas(deployment: &Deployment) -> i32 {
    deployment.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1)
}

fn condition(type_: &str, status: &str, reason: &str, message: &str) -> DeploymentCondition {
    let now = Some(Time::from(Timestamp::now()));
    DeploymentCondition {
        type_: type_.to_owned(),
        status: status.to_owned(),
        reason: Some(reason.to_owned()),
        message: Some(message.to_owned()),
        last_transition_time: now.clone(),
        last_update_time: now,
    }
}

/// The condition as it is known, where nothing but its times would change.
fn keep_times(known: &[DeploymentCondition], mut new: DeploymentCondition) -> DeploymentCondition {
    if let Some(old) = known.iter().find(|old| old.type_ == new.type_ && old.status == new.status) {
        new.last_transition_time = old.last_transition_time.clone();
        if old.reason == new.reason {
            new.last_update_time = old.last_update_time.clone();
        }
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::view;

    fn deployment(replicas: i32, image: &str) -> Deployment {
        serde_json::from_value(json!({
            "metadata": {"name": "infra-backend-v1", "namespace": "infra", "uid": "d-1", "generation": 1},
            "spec": {"replicas": replicas, "selector": {}, "template": {
                "metadata": {"labels": {"app": "infra-backend-v1"}},
                "spec": {"containers": [{"name": "echo", "image": image}]},
            }},
        }))
        .unwrap()
    }

    fn pods(deployment: &Deployment, ready: bool) -> Vec<Arc<Pod>> {
        let status = json!({"conditions": [{"type": "Ready", "status": if ready { "True" } else { "False" }}]});
        let names = Plan::of(deployment, &[]).missing;
        let pod = |name: &String| Pod {
            status: serde_json::from_value(status.clone()).unwrap(),
            ..view(pod(deployment, name)).unwrap()
        };
        names.iter().map(|name| Arc::new(pod(name))).collect()
    }

    fn names(pods: &[Arc<Pod>]) -> Vec<String> {
        pods.iter().map(|pod| pod.name_any()).collect()
    }

    #[test]
    fn a_pod_without_its_last_two_parts_is_its_deployment() {
        let names = Plan::of(&deployment(2, "echo:v1"), &[]).missing;
        assert_eq!(names.len(), 2);
        assert_ne!(names[0], names[1]);
        for name in names {
            let mut parts = name.rsplitn(3, '-');
            assert_eq!(parts.nth(2), Some("infra-backend-v1"));
        }
    }

    #[test]
    fn what_was_reported_is_no_news() {
        let mut deployment = deployment(2, "echo:v1");
        let pods = pods(&deployment, true);
        let reported = news(&deployment, &pods).unwrap();
        deployment.status = Some(DeploymentStatus { unavailable_replicas: Some(0), ..reported });
        assert_eq!(news(&deployment, &pods), None, "with its zeros, as the embedded server has it");
        if let Some(status) = &mut deployment.status {
            status.unavailable_replicas = None;
        }
        assert_eq!(news(&deployment, &pods), None, "without them, as others have it");
        assert!(news(&deployment, &[]).is_some());
    }

    #[test]
    fn a_plan_is_empty_once_it_is_carried_out() {
        let deployment = deployment(2, "echo:v1");
        let plan = Plan::of(&deployment, &pods(&deployment, false));
        assert!(plan.missing.is_empty() && plan.surplus.is_empty());
    }

    #[test]
    fn scaling_down_removes_what_is_too_many() {
        let owned = pods(&deployment(3, "echo:v1"), true);
        let plan = Plan::of(&deployment(1, "echo:v1"), &owned);
        assert_eq!(names(&plan.surplus), names(&owned[1..]));
    }

    #[test]
    fn old_pods_stay_until_the_new_ones_are_ready() {
        let (old, new) = (deployment(2, "echo:v1"), deployment(2, "echo:v2"));
        let old_pods = pods(&old, true);
        let all = |ready| [old_pods.clone(), pods(&new, ready)].concat();
        assert_eq!(Plan::of(&new, &old_pods).missing.len(), 2);
        assert!(Plan::of(&new, &all(false)).surplus.is_empty());
        assert_eq!(names(&Plan::of(&new, &all(true)).surplus), names(&old_pods));
    }
}
