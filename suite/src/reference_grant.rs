//! ReferenceGrants: which references into other namespaces they allow.

pub(crate) mod gateway_secret_invalid_reference_grant;
pub(crate) mod gateway_secret_missing_reference_grant;
pub(crate) mod gateway_secret_reference_grant_all_in_namespace;
pub(crate) mod gateway_secret_reference_grant_specific;
pub(crate) mod http_route_invalid_cross_namespace_backend_ref;
pub(crate) mod http_route_invalid_reference_grant;
pub(crate) mod http_route_partially_invalid_via_invalid_reference_grant;
pub(crate) mod http_route_reference_grant;
pub(crate) mod listener_set_reference_grant;
pub(crate) mod tcp_route_invalid_cross_namespace_backend_ref;
pub(crate) mod tcp_route_reference_grant;
pub(crate) mod tls_route_invalid_reference_grant;
pub(crate) mod udp_route_invalid_cross_namespace_backend_ref;
pub(crate) mod udp_route_reference_grant;
