//! Where a rule sends requests: its backendRefs, their Services and weights.

pub(crate) mod backend_protocol_h2c;
pub(crate) mod backend_protocol_web_socket;
pub(crate) mod invalid_backend_ref_unknown_kind;
pub(crate) mod invalid_non_existent_backend_ref;
pub(crate) mod no_backend_refs;
pub(crate) mod service_types;
pub(crate) mod weight;
