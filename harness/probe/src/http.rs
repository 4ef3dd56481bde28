//! Exchanges in HTTP/1.1: what goes out, what comes back, and what is wrong with it.

mod client_error;
mod redirect;

pub(crate) mod attempt;
pub(crate) mod client;
pub(crate) mod comparison;
pub(crate) mod exchange;
pub(crate) mod outgoing;
pub(crate) mod response;
pub(crate) mod transcript;
