//! Tests that judge the listeners that ListenerSets add to a Gateway.

pub(crate) mod allowed_namespace_none;
pub(crate) mod allowed_namespace_same;
pub(crate) mod allowed_namespace_selector;
pub(crate) mod allowed_routes_namespaces;
pub(crate) mod allowed_routes_supported_kinds;
pub(crate) mod default_not_allowed;
pub(crate) mod dual_parent_ref_independence;
pub(crate) mod gateway_parent_section_name_not_found;
pub(crate) mod hostname_conflict;
pub(crate) mod http_routing;
pub(crate) mod protocol_conflict;
pub(crate) mod route_status_scoped_to_parent_ref;
