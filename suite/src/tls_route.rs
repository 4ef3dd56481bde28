//! TLSRoutes: streams that are told apart by the server name of their TLS handshake.

pub(crate) mod hostname_intersection;
pub(crate) mod invalid_backend_ref_nonexistent;
pub(crate) mod invalid_backend_ref_unknown_kind;
pub(crate) mod invalid_no_matching_listener;
pub(crate) mod invalid_no_matching_listener_hostname;
pub(crate) mod mixed_termination_same_namespace;
pub(crate) mod multiple_routes_attachment_same_hostname_intersection;
pub(crate) mod simple_same_namespace;
pub(crate) mod terminate_simple_same_namespace;
