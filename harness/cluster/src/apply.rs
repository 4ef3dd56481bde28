//! Writing objects to the cluster and reading them back, with refusals told in full.

use std::time::Duration;

use kube::{
    Client,
    api::{ListParams, Patch, PatchParams, PostParams},
    core::{ApiResource, GroupVersionKind, TypeMeta},
};
use model::names::FIELD_MANAGER;
use serde_json::Value;
use thiserror::Error;

use crate::{
    object::{Key, Kind, Object, OwnerReference, api, finalizers},
    refusal::{Denial, Refusal},
    wait,
};

mod dressing;
mod fitting;

pub use self::{dressing::Dressing, fitting::patched};

/// Why an object could not be written or read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ApplyError {
    /// The object does not say what it is.
    #[error("cannot apply an object without apiVersion, kind or name; add them to its manifest")]
    Anonymous,
    /// A kind that the suite does not know.
    #[error("cannot apply {kind} {name}: the suite knows no such kind; see `cluster::Kind`")]
    UnknownKind {
        /// `apiVersion` and `kind`.
        kind: String,
        /// Its name.
        name: String,
    },
    /// The user may not do this.
    #[error(
        "not allowed to {verb} {what}: {message}; grant {} on {resource} to the user of this context", verbs(.verb)
    )]
    Forbidden {
        /// What was tried.
        verb: &'static str,
        /// The object.
        what: String,
        /// As in an RBAC rule, with its API group: `httproutes.gateway.networking.k8s.io/status`.
        resource: String,
        /// The API server's words.
        message: String,
    },
    /// The user is not known.
    #[error(
        "cannot {verb} {what}: the API server does not accept the credentials ({message}); renew them"
    )]
    Unauthorized {
        /// What was tried.
        verb: &'static str,
        /// The object.
        what: String,
        /// The API server's words.
        message: String,
    },
    /// The API server finds the object invalid.
    #[error("cannot {verb} {what}, which the API server finds invalid: {}", .causes.join("; "))]
    Invalid {
        /// What was tried.
        verb: &'static str,
        /// The object.
        what: String,
        /// Field and fault of each.
        causes: Vec<String>,
    },
    /// Admission refused it, which is not the API server's own: a webhook, or a policy.
    #[error("cannot {verb} {what}: {by} refused it: {message}")]
    Admission {
        /// What was tried.
        verb: &'static str,
        /// The object.
        what: String,
        /// Who: `admission webhook "validate.example.com"`.
        by: String,
        /// Its words.
        message: String,
    },
    /// Its namespace is going away.
    #[error(
        "cannot {verb} {what}: its namespace is still being deleted; wait until it is gone, or look at what holds it: kubectl describe namespace {namespace}"
    )]
    NamespaceTerminating {
        /// What was tried.
        verb: &'static str,
        /// The object.
        what: String,
        /// The namespace.
        namespace: String,
    },
    /// The object itself is going away.
    #[error(
        "cannot apply {what}: one of that name is still being deleted{}; wait until it is gone, or remove what holds it", held_by(.finalizers)
    )]
    BeingDeleted {
        /// The object.
        what: String,
        /// What holds it.
        finalizers: Vec<String>,
    },
    /// The object, its namespace or its kind does not exist.
    #[error("cannot {verb} {what}: {message}; is its namespace there, and is its kind installed?")]
    NotFound {
        /// What was tried.
        verb: &'static str,
        /// The object.
        what: String,
        /// The API server's words.
        message: String,
    },
    /// Other writers were faster, each time.
    #[error("cannot {verb} {what}: another writer came first, {times} times in a row ({message})")]
    Conflict {
        /// What was tried.
        verb: &'static str,
        /// The object.
        what: String,
        /// How often.
        times: u32,
        /// The API server's words.
        message: String,
    },
    /// Anything else: no answer, or one that is none of the above.
    #[error("cannot {verb} {what}: {message}")]
    Failed {
        /// What was tried.
        verb: &'static str,
        /// The object.
        what: String,
        /// What happened.
        message: String,
    },
}

/// As in an RBAC rule; an apply creates what is not there.
pub(crate) fn verbs(verb: &str) -> String {
    match verb {
        "apply" => "the verbs create and patch".to_owned(),
        verb => format!("the verb {verb}"),
    }
}

fn held_by(finalizers: &[String]) -> String {
    match finalizers {
        [] => String::new(),
        held => format!(", held by {}", held.join(", ")),
    }
}

impl ApplyError {
    pub(crate) fn of(
        verb: &'static str,
        what: String,
        resource: &ApiResource,
        namespace: Option<&str>,
        error: &kube::Error,
    ) -> Self {
        match Refusal::of(error) {
            Refusal::Forbidden(message) => {
                let resource = match resource.group.as_str() {
                    "" => resource.plural.clone(),
                    group => format!("{}.{group}", resource.plural),
                };
                Self::Forbidden { verb, what, resource, message }
            }
            Refusal::Unauthorized(message) => Self::Unauthorized { verb, what, message },
            Refusal::Invalid(causes) => Self::Invalid { verb, what, causes },
            Refusal::Admission(Denial { by, message }) => {
                Self::Admission { verb, what, by, message }
            }
            Refusal::Terminating(_) => {
                let namespace = namespace.unwrap_or_default().to_owned();
                Self::NamespaceTerminating { verb, what, namespace }
            }
            Refusal::NotFound(message) => Self::NotFound { verb, what, message },
            Refusal::Conflict(message) => Self::Conflict { verb, what, times: 1, message },
            other => Self::Failed { verb, what, message: other.to_string() },
        }
    }

    fn at(verb: &'static str, key: &Key, error: &kube::Error) -> Self {
        Self::of(verb, key.to_string(), &key.kind.resource(), key.namespace.as_deref(), error)
    }

    /// The same for a subresource, which has permissions of its own.
    pub(crate) fn of_part(mut self, subresource: Option<&str>) -> Self {
        if let (Self::Forbidden { resource, .. }, Some(part)) = (&mut self, subresource) {
            *resource = format!("{resource}/{part}");
        }
        self
    }

    fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict { .. })
    }
}

/// Creates the object or brings it to what is given, by a forced server-side apply with the
/// suite's field manager; a field that the API server does not know is an error.
///
/// # Errors
///
/// When the API server refuses it, or when one of that name is being deleted.
pub async fn apply(client: &Client, object: &Object) -> Result<Object, ApplyError> {
    let (key, resource) = identify(object)?;
    let parameters = PatchParams::apply(FIELD_MANAGER).force().validation_strict();
    let applied = api(client, &resource, key.namespace.as_deref())
        .patch(&key.name, &parameters, &Patch::Apply(object))
        .await
        .map_err(|error| {
            let what = key.to_string();
            ApplyError::of("apply", what, &resource, key.namespace.as_deref(), &error)
        })?;
    if applied.metadata.deletion_timestamp.is_some() {
        let finalizers = finalizers(&applied).to_vec();
        return Err(ApplyError::BeingDeleted { what: key.to_string(), finalizers });
    }
    Ok(applied)
}

/// What an object is called, and where the API server has the version of it that it is written in.
fn identify(object: &Object) -> Result<(Key, ApiResource), ApplyError> {
    let types = object.types.as_ref().ok_or(ApplyError::Anonymous)?;
    let name = object.metadata.name.as_deref().ok_or(ApplyError::Anonymous)?;
    let known = GroupVersionKind::try_from(types)
        .ok()
        .and_then(|gvk| Kind::from_gvk(&gvk).map(|kind| (kind, gvk.version)));
    let Some((kind, version)) = known else {
        let kind = format!("{} {}", types.api_version, types.kind);
        return Err(ApplyError::UnknownKind { kind, name: name.to_owned() });
    };
    let key = Key::new(kind, object.metadata.namespace.as_deref(), name);
    Ok((key, kind.resource_in(&version)))
}

/// Changes an object by a merge patch.
///
/// # Errors
///
/// When the API server refuses it.
pub async fn patch(client: &Client, key: &Key, merge: &Value) -> Result<Object, ApplyError> {
    let parameters =
        PatchParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PatchParams::default() }
            .validation_strict();
    key.api(client)
        .patch(&key.name, &parameters, &Patch::Merge(merge))
        .await
        .map_err(|error| ApplyError::at("patch", key, &error))
}

/// How often a write that came second is tried.
const ATTEMPTS: u32 = 6;
/// The pause before the second attempt; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(10);

/// Reads an object, changes it and writes it (or the subresource, such as `status`); once more
/// when another writer came between.
///
/// # Errors
///
/// When the API server refuses it, and [`ApplyError::Conflict`] when others came first each time.
pub async fn edit(
    client: &Client,
    key: &Key,
    subresource: Option<&str>,
    change: impl Fn(&mut Object),
) -> Result<Object, ApplyError> {
    let api = key.api(client);
    let parameters =
        PostParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PostParams::default() };
    let mut attempt = 1;
    loop {
        let mut object =
            api.get(&key.name).await.map_err(|error| ApplyError::at("get", key, &error))?;
        change(&mut object);
        let written = match subresource {
            Some(part) => api.replace_subresource(part, &key.name, &parameters, &object).await,
            None => api.replace(&key.name, &parameters, &object).await,
        };
        let error = match written {
            Ok(object) => return Ok(object),
            Err(error) => ApplyError::at("update", key, &error).of_part(subresource),
        };
        match error {
            ApplyError::Conflict { verb, what, message, .. } if attempt == ATTEMPTS => {
                return Err(ApplyError::Conflict { verb, what, times: ATTEMPTS, message });
            }
            conflict if conflict.is_conflict() => {
                wait::pause(FIRST_PAUSE * 2_u32.pow(attempt - 1)).await;
                attempt += 1;
            }
            other => return Err(other),
        }
    }
}

/// An object, if it is there.
///
/// # Errors
///
/// When the API server refuses it.
pub async fn get(client: &Client, key: &Key) -> Result<Option<Object>, ApplyError> {
    key.api(client).get_opt(&key.name).await.map_err(|error| ApplyError::at("get", key, &error))
}

/// The owner that an object in a namespace names, of whatever kind, if it is there.
///
/// # Errors
///
/// When the API server refuses it.
pub async fn get_owner(
    client: &Client,
    namespace: &str,
    owner: &OwnerReference,
) -> Result<Option<Object>, ApplyError> {
    let types = TypeMeta { api_version: owner.api_version.clone(), kind: owner.kind.clone() };
    let what = || format!("{} {namespace}/{}", owner.kind, owner.name);
    let gvk = GroupVersionKind::try_from(&types).map_err(|_| ApplyError::Anonymous)?;
    let resource = ApiResource::from_gvk(&gvk);
    let got = api(client, &resource, Some(namespace)).get_opt(&owner.name).await;
    got.map_err(|error| ApplyError::of("get", what(), &resource, Some(namespace), &error))
}

/// The objects of a kind, in one namespace or in all, all or those that a label selector chooses.
///
/// # Errors
///
/// When the API server refuses it; [`ApplyError::NotFound`] when it has no such kind.
pub async fn list(
    client: &Client,
    kind: Kind,
    namespace: Option<&str>,
    labels: Option<&str>,
) -> Result<Vec<Object>, ApplyError> {
    let parameters =
        ListParams { label_selector: labels.map(str::to_owned), ..ListParams::default() };
    let resource = kind.resource();
    let listed = kind.api(client, namespace).list(&parameters).await.map_err(|error| {
        ApplyError::of("list", kind.plural().to_owned(), &resource, namespace, &error)
    })?;
    let types = TypeMeta { api_version: resource.api_version, kind: resource.kind };
    Ok(listed
        .items
        .into_iter()
        .map(|object| Object { types: Some(types.clone()), ..object })
        .collect())
}

#[cfg(test)]
mod tests;
