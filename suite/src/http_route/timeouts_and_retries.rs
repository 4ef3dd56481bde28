//! How long requests may take, and which are sent to a backend again.

pub(crate) mod retry;
pub(crate) mod retry_connection_error;
pub(crate) mod retry_with_backend_timeout;
pub(crate) mod retry_with_request_timeout;
pub(crate) mod timeout_backend_request;
pub(crate) mod timeout_request;
