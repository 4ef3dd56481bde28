//! What the filters of a rule do to requests and answers.

pub(crate) mod backend_request_header_modifier;
pub(crate) mod backend_url_rewrite;
pub(crate) mod cors;
pub(crate) mod http_route_303_redirect;
pub(crate) mod http_route_307_redirect;
pub(crate) mod http_route_308_redirect;
pub(crate) mod redirect_host_and_status;
pub(crate) mod redirect_path;
pub(crate) mod redirect_port;
pub(crate) mod redirect_port_and_scheme;
pub(crate) mod redirect_scheme;
pub(crate) mod request_header_modifier;
pub(crate) mod request_header_modifier_backend_weights;
pub(crate) mod request_mirror;
pub(crate) mod request_multiple_mirrors;
pub(crate) mod request_percentage_mirror;
pub(crate) mod response_header_modifier;
pub(crate) mod rewrite_host;
pub(crate) mod rewrite_path;
