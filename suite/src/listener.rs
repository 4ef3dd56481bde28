//! Listeners: their hostnames, certificates and kinds of routes, and the routes that they count.

pub(crate) mod gateway_http_listener_isolation;
pub(crate) mod gateway_invalid_route_kind;
pub(crate) mod gateway_invalid_tls_configuration;
pub(crate) mod gateway_listener_unsupported_protocol;
pub(crate) mod gateway_modify_listeners;
pub(crate) mod gateway_with_attached_routes;
pub(crate) mod gateway_with_attached_routes_with_port_8080;
pub(crate) mod grpc_route_listener_hostname_matching;
pub(crate) mod http_route_https_listener;
pub(crate) mod http_route_https_listener_detect_misdirected_requests;
pub(crate) mod http_route_listener_hostname_matching;
pub(crate) mod tls_route_listener_mixed_termination_not_supported;
pub(crate) mod tls_route_listener_passthrough_supported_kinds;
pub(crate) mod tls_route_listener_terminate_not_supported;
pub(crate) mod tls_route_listener_terminate_supported_kinds;
