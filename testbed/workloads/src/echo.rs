//! The backends of the conformance fixtures: what the image `echo-basic` does.
//!
//! One process has one mode, chosen by its environment as the image does it: `GRPC_ECHO_SERVER`,
//! `TCP_ECHO_SERVER` or `UDP_ECHO_SERVER` where not empty, HTTP otherwise. All ports are bound
//! before the first is served, so that a Pod that is ready answers on each of them.

mod duration;
mod error;
mod grpc;
mod http;
mod identity;
mod pause;
mod reply;
mod retry;
mod serve;
mod stream;
mod tcp;
mod tls;
mod udp;
mod websocket;

use tokio::task::JoinSet;

use crate::process::Process;

pub(crate) use error::Error;
pub(crate) use identity::Identity;

/// Binds the ports of `process` and serves them in tasks of `tasks`, which end with it.
pub(crate) async fn start(process: &Process, tasks: &mut JoinSet<()>) -> Result<(), Error> {
    let mode = ["GRPC_ECHO_SERVER", "TCP_ECHO_SERVER", "UDP_ECHO_SERVER"]
        .into_iter()
        .find(|name| process.variable(name).is_some());
    match mode {
        Some("GRPC_ECHO_SERVER") => grpc::start(process, tasks).await,
        Some("TCP_ECHO_SERVER") => tcp::start(process, tasks).await,
        Some(_) => udp::start(process, tasks).await,
        None => http::start(process, tasks).await,
    }
}

#[cfg(test)]
mod tests;
