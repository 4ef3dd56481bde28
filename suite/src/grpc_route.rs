//! GRPCRoutes.

pub(crate) mod grpc_exact_method_matching;
pub(crate) mod header_matching;
pub(crate) mod multiple_gateways;
pub(crate) mod multiple_routes_attachment_same_hostname_intersection;
pub(crate) mod named_rule;
pub(crate) mod request_header_modifier;
pub(crate) mod weight;
