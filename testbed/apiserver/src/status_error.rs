//! Refusals, as the `Status` objects that Kubernetes clients know how to read.

use http::StatusCode;
use serde_json::{Value, json};

use crate::resources::Resource;

/// A request that was refused, ready to be answered as a `Status` object.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct StatusError {
    code: StatusCode,
    reason: &'static str,
    message: String,
    details: Value,
}

/// Why one field of an object was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The machine-readable reason, such as `FieldValueRequired`.
    pub reason: &'static str,
    /// What is wrong, for people.
    pub message: String,
    /// Where, as a path such as `spec.listeners[1].name`.
    pub field: String,
}

impl Cause {
    pub fn required(field: impl Into<String>, message: &str) -> Self {
        let message = if message.is_empty() {
            "Required value".to_owned()
        } else {
            format!("Required value: {message}")
        };
        Self { reason: "FieldValueRequired", message, field: field.into() }
    }

    pub fn invalid(field: impl Into<String>, value: &Value, message: &str) -> Self {
        let message = format!("Invalid value: {value}: {message}");
        Self { reason: "FieldValueInvalid", message, field: field.into() }
    }

    /// A rule about several fields, which is told without their values.
    pub fn rule(field: impl Into<String>, rule: &str) -> Self {
        let message = format!("Invalid value: {rule}");
        Self { reason: "FieldValueInvalid", message, field: field.into() }
    }

    pub fn duplicate(field: impl Into<String>, value: &Value) -> Self {
        let message = format!("Duplicate value: {value}");
        Self { reason: "FieldValueDuplicate", message, field: field.into() }
    }

    pub fn forbidden(field: impl Into<String>, message: &str) -> Self {
        let message = format!("Forbidden: {message}");
        Self { reason: "FieldValueForbidden", message, field: field.into() }
    }

    fn to_json(&self) -> Value {
        json!({"reason": self.reason, "message": self.message, "field": self.field})
    }
}

impl StatusError {
    fn new(code: StatusCode, reason: &'static str, message: impl Into<String>) -> Self {
        Self { code, reason, message: message.into(), details: Value::Null }
    }

    fn about(mut self, resource: &Resource, name: &str) -> Self {
        self.details = json!({"name": name, "kind": resource.plural});
        if !resource.group.is_empty() {
            self.details["group"] = resource.group.into();
        }
        self
    }

    fn with_causes(mut self, causes: impl IntoIterator<Item = Value>) -> Self {
        let causes: Vec<Value> = causes.into_iter().collect();
        if self.details.is_null() {
            self.details = json!({});
        }
        self.details["causes"] = causes.into();
        self
    }

    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    pub fn unknown_path() -> Self {
        let message = "the server could not find the requested resource";
        let mut error = Self::new(StatusCode::NOT_FOUND, "NotFound", message);
        error.details = json!({});
        error
    }

    pub fn not_found(resource: &Resource, name: &str) -> Self {
        let message = format!("{} \"{name}\" not found", resource.qualified_name());
        Self::new(StatusCode::NOT_FOUND, "NotFound", message).about(resource, name)
    }

    pub fn already_exists(resource: &Resource, name: &str) -> Self {
        let message = format!("{} \"{name}\" already exists", resource.qualified_name());
        Self::new(StatusCode::CONFLICT, "AlreadyExists", message).about(resource, name)
    }

    pub fn conflict(resource: &Resource, name: &str, why: &str) -> Self {
        let resource_name = resource.qualified_name();
        let message = format!("Operation cannot be fulfilled on {resource_name} \"{name}\": {why}");
        Self::new(StatusCode::CONFLICT, "Conflict", message).about(resource, name)
    }

    pub fn stale(resource: &Resource, name: &str) -> Self {
        let why = "the object has been modified; please apply your changes to the latest version \
                   and try again";
        Self::conflict(resource, name, why)
    }

    /// Server-side apply met fields that other managers own: `(manager, field)` each, those of
    /// one manager together.
    pub fn apply_conflict(conflicts: &[(String, String)]) -> Self {
        let message = match conflicts {
            [(manager, field)] => {
                format!("Apply failed with 1 conflict: conflict with {manager}: {field}")
            }
            many => {
                let lines = many.chunk_by(|(one, _), (other, _)| one == other).map(|group| {
                    let fields = group.iter().map(|(_, field)| format!("\n- {field}"));
                    format!("conflicts with {}:{}", group[0].0, fields.collect::<String>())
                });
                let lines: Vec<String> = lines.collect();
                format!("Apply failed with {} conflicts: {}", many.len(), lines.join("\n"))
            }
        };
        let causes = conflicts.iter().map(|(manager, field)| {
            let message = format!("conflict with {manager}");
            json!({"reason": "FieldManagerConflict", "message": message, "field": field})
        });
        Self::new(StatusCode::CONFLICT, "Conflict", message).with_causes(causes)
    }

    pub fn namespace_terminating(resource: &Resource, name: &str, namespace: &str) -> Self {
        let resource_name = resource.qualified_name();
        let message = format!(
            "{resource_name} \"{name}\" is forbidden: unable to create new content in namespace \
             {namespace} because it is being terminated"
        );
        let cause = json!({
            "reason": "NamespaceTerminating",
            "message": format!("namespace {namespace} is being terminated"),
            "field": "metadata.namespace",
        });
        Self::new(StatusCode::FORBIDDEN, "Forbidden", message)
            .about(resource, name)
            .with_causes([cause])
    }

    pub fn invalid(resource: &Resource, name: &str, causes: &[Cause]) -> Self {
        let listed: Vec<String> =
            causes.iter().map(|cause| format!("{}: {}", cause.field, cause.message)).collect();
        let listed = match listed.as_slice() {
            [one] => one.clone(),
            many => format!("[{}]", many.join(", ")),
        };
        let (kind, group) = (resource.kind, resource.group);
        let kind = if group.is_empty() { kind.to_owned() } else { format!("{kind}.{group}") };
        let message = format!("{kind} \"{name}\" is invalid: {listed}");
        let mut error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message);
        error.details = json!({"name": name, "kind": resource.kind});
        if !group.is_empty() {
            error.details["group"] = group.into();
        }
        error.with_causes(causes.iter().map(Cause::to_json))
    }

    /// A server-side apply did not say who applies.
    pub fn nameless_apply() -> Self {
        let cause = Cause::required("fieldManager", "is required for apply patch");
        let message =
            format!("PatchOptions.meta.k8s.io \"\" is invalid: {}: {}", cause.field, cause.message);
        let mut error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message);
        error.details = json!({"group": "meta.k8s.io", "kind": "PatchOptions"});
        error.with_causes([cause.to_json()])
    }

    pub fn unprocessable_patch(why: impl std::fmt::Display) -> Self {
        let message =
            format!("the server rejected our request due to an error in our request: {why}");
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message)
    }

    pub fn unsupported_media_type(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", message)
    }

    pub fn not_acceptable() -> Self {
        let message = "only the following media types are accepted: application/json";
        Self::new(StatusCode::NOT_ACCEPTABLE, "NotAcceptable", message)
    }

    pub fn method_not_allowed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)
    }

    /// The asked-for start of a watch lies before the kept history.
    pub fn expired(asked: u64, oldest: u64) -> Self {
        let message = format!("too old resource version: {asked} ({oldest})");
        Self::new(StatusCode::GONE, "Expired", message)
    }

    /// A webhook does not want the object.
    pub fn denied(webhook: &str, why: &str) -> Self {
        let message = format!("admission webhook \"{webhook}\" denied the request: {why}");
        Self::new(StatusCode::FORBIDDEN, "Forbidden", message)
    }

    /// The server has no turn left for this client.
    pub fn too_many_requests() -> Self {
        let message =
            "the server has received too many requests and has asked us to try again later";
        let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", message);
        error.details = json!({"retryAfterSeconds": 1});
        error
    }

    /// The server has only just begun.
    pub fn unavailable() -> Self {
        let message = "the server is currently unable to handle the request";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", message)
    }

    /// After how many seconds the client may come again, if the server says so.
    pub fn retry_after(&self) -> Option<u64> {
        self.details["retryAfterSeconds"].as_u64()
    }

    pub fn code(&self) -> StatusCode {
        self.code
    }

    /// The `Status` object.
    pub fn to_json(&self) -> Value {
        let mut status = json!({
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            "code": self.code.as_u16(),
        });
        if !self.details.is_null() {
            status["details"] = self.details.clone();
        }
        status
    }
}
