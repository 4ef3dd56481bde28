//! Replacing and patching objects.

use std::sync::Arc;

use serde_json::{Value, json};

use super::base::Registry;
use super::target::{Subresource, Target};
use crate::fields::managed::ManagedFields;
use crate::fields::schema::Schema;
use crate::object::{self, Object};
use crate::patch::{self, Patch, apply};
use crate::status_error::{Cause, StatusError};
use crate::store::State;
use crate::{admission, convert, defaults, validation};

/// Members of the metadata that no client can change.
const SYSTEM_METADATA: &[&str] = &[
    "name",
    "namespace",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "selfLink",
];

/// Who keeps account of the fields' owners.
enum Owners {
    /// The change is noted as an update.
    Update,
    /// A server-side apply has worked them out.
    Known(ManagedFields),
}

impl Registry {
    /// Replaces an object, or a subresource of it.
    pub fn update(
        &self,
        target: &Target,
        name: &str,
        mut value: Value,
    ) -> Result<Arc<Object>, StatusError> {
        let resource = target.resource;
        convert::to_stored(resource, target.version, &mut value)?;
        let mut state = self.store.lock();
        let old = state
            .get(resource, &target.key(name))
            .ok_or_else(|| StatusError::not_found(resource, name))?;
        let unversioned = object::text(&value, "/metadata/resourceVersion").is_empty();
        if unversioned && !resource.unconditional_update {
            let message = "must be specified for an update";
            let cause = Cause::invalid("metadata.resourceVersion", &json!(0), message);
            return Err(StatusError::invalid(resource, name, &[cause]));
        }
        self.replace(target, &mut state, &old, value, Owners::Update)
    }

    /// Patches an object, or a subresource of it. An apply creates what is not there: then the
    /// second value is true.
    pub fn patch(
        &self,
        target: &Target,
        name: &str,
        patch: Patch,
        force: bool,
    ) -> Result<(Arc<Object>, bool), StatusError> {
        let resource = target.resource;
        let mut state = self.store.lock();
        let old = state.get(resource, &target.key(name));
        match (patch, old) {
            (Patch::Apply(wanted), old) => {
                self.apply(target, &mut state, old.as_deref(), name, wanted, force)
            }
            (_, None) => Err(StatusError::not_found(resource, name)),
            (patch, Some(old)) => {
                // The patch is made for the version that its sender sees.
                let seen = convert::to_version(resource, target.version, old.value());
                let mut value = patch::patched(resource, &seen, &patch)?;
                convert::to_stored(resource, target.version, &mut value)?;
                let patched = self.replace(target, &mut state, &old, value, Owners::Update)?;
                Ok((patched, false))
            }
        }
    }

    fn apply(
        &self,
        target: &Target,
        state: &mut State,
        old: Option<&Object>,
        name: &str,
        mut wanted: Value,
        force: bool,
    ) -> Result<(Arc<Object>, bool), StatusError> {
        convert::to_stored(target.resource, target.version, &mut wanted)?;
        apply::drop_nulls(&mut wanted);
        check_applied(name, &wanted)?;
        keep_part(target, &mut wanted);
        let created = json!({"apiVersion": wanted["apiVersion"], "kind": wanted["kind"]});
        let live = old.map_or(&created, Object::value);
        let schema = Schema::of(target.resource);
        let mut applied = apply::apply(live, &wanted, schema, &target.manager(), force)?;
        match old {
            Some(old) => {
                let known = Owners::Known(applied.managers);
                Ok((self.replace(target, state, old, applied.value, known)?, false))
            }
            None if target.subresource == Subresource::Main => {
                object::metadata(&mut applied.value).insert("name".to_owned(), name.into());
                let created =
                    self.create_applied(target, state, applied.value, &applied.managers)?;
                Ok((created, true))
            }
            None => Err(StatusError::not_found(target.resource, name)),
        }
    }

    /// Puts `value` in the place of `old`, with the server's own parts restored.
    fn replace(
        &self,
        target: &Target,
        state: &mut State,
        old: &Object,
        mut value: Value,
        owners: Owners,
    ) -> Result<Arc<Object>, StatusError> {
        let resource = target.resource;
        let before = old.value();
        check_identity(target, before, &value)?;
        let sent_owners = value.pointer("/metadata/managedFields").cloned();
        value = with_part(target, before, value);
        restore_metadata(before, &mut value);
        defaults::fill(resource, &mut value);
        if resource.plural == "services" {
            keep_address(before, &mut value);
            self.allocate_address(&mut value);
        }
        validation::check(resource, &value)?;
        validation::check_transition(resource, before, &value)?;
        admission::check(self.webhook.get(), target, &value)?;
        if resource.generation && desired(before).ne(desired(&value)) {
            let generation = before["metadata"]["generation"].as_i64().unwrap_or_default();
            value["metadata"]["generation"] = json!(generation + 1);
        }
        let managers = match owners {
            Owners::Known(managers) => managers,
            Owners::Update => {
                let mut managers = owners_to_start_from(before, sent_owners.as_ref());
                let schema = Schema::of(resource);
                managers.updated(&target.manager(), before, &value, schema, target.ignored());
                managers
            }
        };
        managers.write(&mut value);
        if &value == before {
            return Ok(Arc::new(Object::new(value, old.version())));
        }
        if target.dry_run {
            return Ok(Arc::new(Object::new(value, old.version())));
        }
        let put = state.put(resource, value);
        Ok(super::delete::remove_if_released(state, target, &put).unwrap_or(put))
    }
}

/// What generation counts: everything but metadata and status.
fn desired(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let members = value.as_object().into_iter().flatten();
    members.filter(|(name, _)| !matches!(name.as_str(), "metadata" | "status"))
}

fn check_identity(target: &Target, before: &Value, value: &Value) -> Result<(), StatusError> {
    let name = object::name(before);
    for (what, pointer) in [("name", "/metadata/name"), ("namespace", "/metadata/namespace")] {
        let (said, expected) = (object::text(value, pointer), object::text(before, pointer));
        if !(said.is_empty() || said == expected) {
            return Err(StatusError::bad_request(format!(
                "the {what} of the object ({said}) does not match the {what} on the URL ({expected})"
            )));
        }
    }
    let said = object::text(value, "/metadata/uid");
    let uid = object::text(before, "/metadata/uid");
    if !(said.is_empty() || said == uid) {
        let why =
            format!("precondition failed: UID in precondition: {said}, UID in object meta: {uid}");
        return Err(StatusError::conflict(target.resource, name, &why));
    }
    let said = object::text(value, "/metadata/resourceVersion");
    if !(said.is_empty() || said == object::text(before, "/metadata/resourceVersion")) {
        return Err(StatusError::stale(target.resource, name));
    }
    Ok(())
}

/// The old object with only that part replaced which the request is about.
fn with_part(target: &Target, before: &Value, mut value: Value) -> Value {
    match target.subresource {
        Subresource::Main => {
            if target.resource.status {
                copy(before, &mut value, "status");
            }
            if target.resource.plural == "namespaces" {
                copy(before, &mut value, "spec");
            }
            value
        }
        Subresource::Status => {
            let mut whole = before.clone();
            copy(&value, &mut whole, "status");
            whole
        }
        Subresource::Finalize => {
            let mut whole = before.clone();
            copy(&value, &mut whole, "spec");
            whole
        }
    }
}

fn copy(from: &Value, to: &mut Value, member: &str) {
    let Some(to) = to.as_object_mut() else { return };
    match from.get(member) {
        Some(value) => to.insert(member.to_owned(), value.clone()),
        None => to.remove(member),
    };
}

fn restore_metadata(before: &Value, value: &mut Value) {
    let metadata = object::metadata(value);
    for member in SYSTEM_METADATA {
        match before["metadata"].get(*member) {
            Some(kept) => metadata.insert((*member).to_owned(), kept.clone()),
            None => metadata.remove(*member),
        };
    }
}

/// A Service keeps its address unless it becomes one that has none.
fn keep_address(before: &Value, value: &mut Value) {
    let old = &before["spec"];
    let spec = object::member(value, "spec");
    let external = |spec_type: Option<&Value>| spec_type.is_some_and(|t| t == "ExternalName");
    if external(spec.get("type")) || external(old.get("type")) {
        return;
    }
    for member in ["clusterIP", "clusterIPs"] {
        let absent = spec.get(member).is_none_or(|v| v.is_null() || v == "");
        if let (true, Some(kept)) = (absent, old.get(member)) {
            spec.insert(member.to_owned(), kept.clone());
        }
    }
}

/// A client may rewrite the owners themselves, as `kubectl` does to migrate from client-side apply.
fn owners_to_start_from(before: &Value, sent: Option<&Value>) -> ManagedFields {
    let rewritten = sent.filter(|sent| {
        let empty = sent.as_array().is_none_or(Vec::is_empty);
        !empty && Some(*sent) != before.pointer("/metadata/managedFields")
    });
    match rewritten {
        Some(sent) => ManagedFields::read(&json!({"metadata": {"managedFields": sent}})),
        None => ManagedFields::read(before),
    }
}

fn check_applied(name: &str, wanted: &Value) -> Result<(), StatusError> {
    if wanted.pointer("/metadata/managedFields").is_some() {
        return Err(StatusError::bad_request("metadata.managedFields must be nil"));
    }
    let said = object::name(wanted);
    if said != name {
        return Err(StatusError::bad_request(format!(
            "the name of the applied configuration ({said}) does not match the name on the URL \
             ({name})"
        )));
    }
    Ok(())
}

/// Reduces an applied configuration to that part which the request is about.
fn keep_part(target: &Target, wanted: &mut Value) {
    let Some(members) = wanted.as_object_mut() else { return };
    if target.subresource == Subresource::Status {
        members.retain(|member, _| matches!(member.as_str(), "apiVersion" | "kind" | "status"));
    } else if target.resource.status {
        members.remove("status");
    }
}
