//! Conversations with echo backends in TCP, TLS and UDP: one attempt of each, and what is wrong with it.

mod datagram;
mod lines;
mod question;
mod report;

pub(crate) mod exchange;
pub(crate) mod place;
