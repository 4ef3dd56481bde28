//! Exchanges in HTTP/1.1: what goes out, what comes back, and what is wrong with it.

mod attempt;
mod client_error;
mod comparison;
mod redirect;
mod transcript;

pub(crate) mod client;
pub(crate) mod exchange;
pub(crate) mod outgoing;
pub(crate) mod response;
pub(crate) mod unbroken;
