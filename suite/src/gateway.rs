//! Gateways: their own fields and statuses.

pub(crate) mod frontend_client_certificate_validation;
pub(crate) mod frontend_client_certificate_validation_insecure_fallback;
pub(crate) mod frontend_invalid_default_client_certificate_validation;
pub(crate) mod infrastructure_metadata;
pub(crate) mod invalid_frontend_client_certificate_validation;
pub(crate) mod invalid_parameters_ref;
pub(crate) mod invalid_tls_backend_configuration;
pub(crate) mod name_maximum_length;
pub(crate) mod observed_generation_bump;
pub(crate) mod optional_address_value;
pub(crate) mod preserve_foreign_conditions;
pub(crate) mod static_addresses;
pub(crate) mod tls_backend_client_certificate;
