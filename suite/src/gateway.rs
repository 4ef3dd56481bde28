//! Gateways: their listeners, certificates, attached routes and statuses.

pub(crate) mod invalid_route_kind;
pub(crate) mod invalid_tls_configuration;
pub(crate) mod listener_unsupported_protocol;
pub(crate) mod modify_listeners;
pub(crate) mod name_maximum_length;
pub(crate) mod observed_generation_bump;
pub(crate) mod preserve_foreign_conditions;
pub(crate) mod secret_invalid_reference_grant;
pub(crate) mod secret_missing_reference_grant;
pub(crate) mod secret_reference_grant_all_in_namespace;
pub(crate) mod secret_reference_grant_specific;
pub(crate) mod with_attached_routes;
