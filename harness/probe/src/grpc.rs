//! Unary calls in gRPC, over HTTP/2 in the clear: what goes out, what comes back, and what is wrong with
//! it.

mod answer;
mod client;
mod comparison;
mod message;
mod transcript;

pub(crate) mod exchange;
pub(crate) mod outgoing;
