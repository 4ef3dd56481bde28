//! What the filters of a rule do to requests and answers.

pub(crate) mod redirect_host_and_status;
pub(crate) mod request_header_modifier;
