//! Deleting objects: at once, or in steps where something has to be finished first.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::base::Registry;
use super::target::Target;
use crate::object::{self, Object};
use crate::resources::Resource;
use crate::selectors::Selection;
use crate::status_error::{Cause, StatusError};
use crate::store::State;

/// What a client may say about a deletion. The propagation policy is read by the controller that
/// collects dependants, which here always works in the background.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeleteOptions {
    pub grace_period_seconds: Option<i64>,
    pub preconditions: Option<Preconditions>,
    pub dry_run: Option<Vec<String>>,
}

/// What must be true of the object for it to be deleted.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Preconditions {
    uid: Option<String>,
    resource_version: Option<String>,
}

/// How far a deletion came.
#[derive(Debug)]
pub enum Deleted {
    /// The object is gone; this was its last state.
    Gone(Arc<Object>),
    /// The object waits for its finalizers or its grace period.
    Terminating(Arc<Object>),
}

impl Registry {
    /// Deletes one object.
    pub fn delete(
        &self,
        target: &Target,
        name: &str,
        options: &DeleteOptions,
    ) -> Result<Deleted, StatusError> {
        let mut state = self.store.lock();
        let object = state
            .get(target.resource, &target.key(name))
            .ok_or_else(|| StatusError::not_found(target.resource, name))?;
        check(target.resource, &object, options)?;
        Ok(delete(&mut state, target, &object, options))
    }

    /// Deletes the selected objects of a namespace, or with `""` of all, and returns them.
    pub fn delete_collection(
        &self,
        target: &Target,
        selection: &Selection,
        options: &DeleteOptions,
    ) -> Vec<Arc<Object>> {
        let mut state = self.store.lock();
        let mut objects = state.list(target.resource, &target.namespace);
        objects.retain(|object| selection.matches(object.value()));
        for object in &objects {
            let namespace = object::namespace(object.value()).to_owned();
            let target = Target { namespace, ..target.clone() };
            delete(&mut state, &target, object, options);
        }
        objects
    }
}

/// Removes an object whose deletion has begun and that nothing holds back any more.
pub(super) fn remove_if_released(
    state: &mut State,
    target: &Target,
    object: &Object,
) -> Option<Arc<Object>> {
    let value = object.value();
    let released = object::is_terminating(value)
        && !object::has_finalizers(value)
        && grace_left(value).is_none_or(|grace| grace == 0);
    if released { state.remove(target.resource, &target.key(object::name(value))) } else { None }
}

fn grace_left(value: &Value) -> Option<i64> {
    value.pointer("/metadata/deletionGracePeriodSeconds").and_then(Value::as_i64)
}

fn check(resource: &Resource, object: &Object, options: &DeleteOptions) -> Result<(), StatusError> {
    let name = object::name(object.value());
    if resource.plural == "namespaces" && ["default", "kube-public", "kube-system"].contains(&name)
    {
        let cause = Cause::forbidden("metadata.name", "this namespace may not be deleted");
        return Err(StatusError::invalid(resource, name, &[cause]));
    }
    let Some(preconditions) = &options.preconditions else { return Ok(()) };
    let checks = [
        ("UID", &preconditions.uid, "/metadata/uid"),
        ("ResourceVersion", &preconditions.resource_version, "/metadata/resourceVersion"),
    ];
    for (what, wanted, pointer) in checks {
        let present = object::text(object.value(), pointer);
        if let Some(wanted) = wanted.as_deref().filter(|wanted| *wanted != present) {
            let why = format!(
                "precondition failed: {what} in precondition: {wanted}, {what} in object meta: \
                 {present}"
            );
            return Err(StatusError::conflict(resource, name, &why));
        }
    }
    Ok(())
}

fn delete(
    state: &mut State,
    target: &Target,
    object: &Arc<Object>,
    options: &DeleteOptions,
) -> Deleted {
    let value = object.value();
    let grace = grace_period(target.resource, value, options);
    let shorter = !object::is_terminating(value) || grace_left(value).is_some_and(|g| grace < g);
    let held = object::has_finalizers(value) || grace > 0;
    if target.dry_run {
        return Deleted::Gone(Arc::clone(object));
    }
    if !held {
        let gone = state.remove(target.resource, &target.key(object::name(value)));
        return Deleted::Gone(gone.unwrap_or_else(|| Arc::clone(object)));
    }
    if !shorter {
        return Deleted::Terminating(Arc::clone(object));
    }
    let begins = !object::is_terminating(value);
    let mut value = value.clone();
    let end = Timestamp::now() + SignedDuration::from_secs(grace);
    let metadata = object::metadata(&mut value);
    let end = end.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    metadata.insert("deletionTimestamp".to_owned(), end.into());
    // A Namespace is emptied for as long as that takes.
    if target.resource.plural != "namespaces" {
        metadata.insert("deletionGracePeriodSeconds".to_owned(), json!(grace));
    }
    let generation = metadata.get("generation").and_then(Value::as_i64);
    if let Some(generation) = generation.filter(|_| begins) {
        metadata.insert("generation".to_owned(), json!(generation + 1));
    }
    if target.resource.plural == "namespaces" {
        value["status"]["phase"] = "Terminating".into();
    }
    Deleted::Terminating(state.put(target.resource, value))
}

/// Only a Pod that was given to a node has something to finish.
fn grace_period(resource: &Resource, value: &Value, options: &DeleteOptions) -> i64 {
    let phase = object::text(value, "/status/phase");
    let runs = resource.plural == "pods"
        && !object::text(value, "/spec/nodeName").is_empty()
        && !matches!(phase, "Succeeded" | "Failed");
    if !runs {
        return 0;
    }
    let own = value.pointer("/spec/terminationGracePeriodSeconds").and_then(Value::as_i64);
    options.grace_period_seconds.or(own).unwrap_or(30).max(0)
}
