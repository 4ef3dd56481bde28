//! TCPRoutes: streams.

pub(crate) mod invalid_backend_ref_nonexistent;
pub(crate) mod invalid_non_tcp_listener;
pub(crate) mod multiple_routes_attachment;
pub(crate) mod parent_ref_attach_all;
pub(crate) mod parent_ref_port_and_section_name;
pub(crate) mod weighted_routing;
