//! The listeners that a route is attached to: its parentRefs and hostnames, and what listeners allow.

pub(crate) mod cross_namespace;
pub(crate) mod hostname_intersection;
pub(crate) mod invalid_cross_namespace_parent_ref;
pub(crate) mod invalid_parent_ref_not_matching_section_name;
pub(crate) mod multiple_gateways;
pub(crate) mod simple_same_namespace;
