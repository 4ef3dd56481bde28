//! How a backend is reached over TLS, and whom to trust there.

pub(crate) mod backend_tls_policy;
pub(crate) mod conflict_resolution;
pub(crate) mod grpc_route;
pub(crate) mod invalid_ca_certificate_ref;
pub(crate) mod invalid_kind;
pub(crate) mod observed_generation_bump;
pub(crate) mod preserve_foreign_status;
pub(crate) mod san_validation;
pub(crate) mod tls_route_terminate;
