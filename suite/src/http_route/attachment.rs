//! The listeners that a route is attached to: its parentRefs and hostnames, and what listeners allow.

pub(crate) mod cross_namespace;
pub(crate) mod disallowed_kind;
pub(crate) mod hostname_intersection;
pub(crate) mod invalid_cross_namespace_parent_ref;
pub(crate) mod invalid_parent_ref_not_matching_listener_port;
pub(crate) mod invalid_parent_ref_not_matching_section_name;
pub(crate) mod invalid_parent_ref_section_name_not_matching_port;
pub(crate) mod listener_port_matching;
pub(crate) mod multiple_gateways;
pub(crate) mod multiple_routes_attachment_same_hostname_intersection;
pub(crate) mod simple_same_namespace;
