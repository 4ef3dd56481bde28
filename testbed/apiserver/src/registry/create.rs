//! Creating objects.

use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;

use super::base::Registry;
use super::target::{Subresource, Target};
use crate::fields::managed::{ManagedFields, now};
use crate::fields::schema::Schema;
use crate::object::{self, Object};
use crate::resources::by_plural;
use crate::status_error::{Cause, StatusError};
use crate::store::{Key, State};
use crate::{admission, convert, defaults, validation};

impl Registry {
    /// Creates an object.
    pub fn create(&self, target: &Target, mut value: Value) -> Result<Arc<Object>, StatusError> {
        convert::to_stored(target.resource, target.version, &mut value)?;
        let mut managers = ManagedFields::default();
        let mut state = self.store.lock();
        self.prepare_new(target, &state, &mut value)?;
        let schema = Schema::of(target.resource);
        managers.updated(&target.manager(), &json!({}), &value, schema, target.ignored());
        managers.write(&mut value);
        Ok(insert(target, &mut state, value))
    }

    /// Creates an object that an apply named and that is not there.
    pub(super) fn create_applied(
        &self,
        target: &Target,
        state: &mut State,
        mut value: Value,
        managers: &ManagedFields,
    ) -> Result<Arc<Object>, StatusError> {
        self.prepare_new(target, state, &mut value)?;
        managers.write(&mut value);
        Ok(insert(target, state, value))
    }

    fn prepare_new(
        &self,
        target: &Target,
        state: &State,
        value: &mut Value,
    ) -> Result<(), StatusError> {
        let resource = target.resource;
        if target.subresource != Subresource::Main {
            return Err(StatusError::method_not_allowed(
                "a subresource cannot be created; create the object first",
            ));
        }
        identify(target, value)?;
        let name = object::name(value).to_owned();
        if resource.namespaced {
            check_namespace(target, state, &name)?;
        }
        if state.get(resource, &target.key(&name)).is_some() {
            return Err(StatusError::already_exists(resource, &name));
        }
        if resource.status {
            value.as_object_mut().map(|members| members.remove("status"));
        }
        if resource.plural == "namespaces" {
            object::member(value, "spec").insert("finalizers".to_owned(), json!(["kubernetes"]));
        }
        defaults::fill(resource, value);
        if resource.plural == "services" {
            self.allocate_address(value);
        }
        validation::check(resource, value)?;
        admission::check(self.webhook.get(), target, value)
    }
}

fn insert(target: &Target, state: &mut State, value: Value) -> Arc<Object> {
    if target.dry_run { Arc::new(Object::new(value, 0)) } else { state.put(target.resource, value) }
}

/// Sets the parts of the metadata that are the server's.
fn identify(target: &Target, value: &mut Value) -> Result<(), StatusError> {
    let resource = target.resource;
    let said = object::namespace(value);
    if !(said.is_empty() || said == target.namespace) {
        return Err(StatusError::bad_request(format!(
            "the namespace of the provided object ({said}) does not match the namespace of the \
             request ({})",
            target.namespace
        )));
    }
    let metadata = object::metadata(value);
    let system = ["resourceVersion", "selfLink", "deletionTimestamp", "managedFields"];
    for member in system.into_iter().chain(["deletionGracePeriodSeconds", "generation"]) {
        metadata.remove(member);
    }
    let text = |member: &str| metadata.get(member).and_then(Value::as_str).unwrap_or_default();
    let name = match (text("name"), text("generateName")) {
        ("", "") => {
            let cause = Cause::required("metadata.name", "name or generateName is required");
            return Err(StatusError::invalid(resource, "", &[cause]));
        }
        ("", prefix) => format!("{prefix}{}", random_suffix()),
        (name, _) => name.to_owned(),
    };
    metadata.insert("name".to_owned(), name.into());
    metadata.insert("uid".to_owned(), Uuid::new_v4().to_string().into());
    metadata.insert("creationTimestamp".to_owned(), now());
    if resource.namespaced {
        metadata.insert("namespace".to_owned(), target.namespace.clone().into());
    } else {
        metadata.remove("namespace");
    }
    if resource.generation {
        metadata.insert("generation".to_owned(), json!(1));
    }
    Ok(())
}

fn check_namespace(target: &Target, state: &State, name: &str) -> Result<(), StatusError> {
    let namespaces = by_plural("namespaces");
    let namespace = state
        .get(namespaces, &Key::new("", &target.namespace))
        .ok_or_else(|| StatusError::not_found(namespaces, &target.namespace))?;
    if object::is_terminating(namespace.value()) {
        return Err(StatusError::namespace_terminating(target.resource, name, &target.namespace));
    }
    Ok(())
}

/// Five characters without vowels and look-alikes, as Kubernetes makes them.
fn random_suffix() -> String {
    const ALPHABET: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let random = Uuid::new_v4();
    let letters = random.as_bytes().iter().take(5);
    letters.map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])).collect()
}
