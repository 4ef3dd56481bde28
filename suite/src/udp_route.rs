//! UDPRoutes: datagrams.

pub(crate) mod invalid_backend_ref_nonexistent;
pub(crate) mod multiple_routes_attachment;
pub(crate) mod not_allowed_by_listeners;
pub(crate) mod parent_ref_attach_all_listeners;
pub(crate) mod parent_ref_port_and_section_name;
pub(crate) mod udp_route;
pub(crate) mod weighted_routing;
