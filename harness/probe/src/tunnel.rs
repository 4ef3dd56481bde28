//! Ways to Gateways whose addresses cannot be reached from here.
//!
//! A [`Relay`](relay::Relay) goes through a program of ours that can reach them ([`far_end`]), over one connection, and carries
//! datagrams too. The others go through what is there already.

pub mod far_end;
pub(crate) mod opened;
pub mod proxy;
pub mod relay;
pub mod socks;

use futures::future::BoxFuture;

use crate::wire::{
    error::ProbeError,
    stream::{Datagrams, Stream},
};

/// A way to addresses that does not begin with a socket of ours.
pub trait Tunnel: Send + Sync {
    /// A connection to a host, which is an IP address without brackets, or a name that is resolved at the other end.
    ///
    /// # Errors
    ///
    /// [`ProbeError::Tunnel`] if the way itself is not there, else why there is no connection.
    fn connect<'a>(&'a self, host: &'a str, port: u16)
    -> BoxFuture<'a, Result<Stream, ProbeError>>;

    /// Datagrams to and from a host alone. A way that does not say how has none.
    ///
    /// # Errors
    ///
    /// As [`Self::connect`].
    fn datagrams<'a>(&'a self, _: &'a str, _: u16) -> BoxFuture<'a, Result<Datagrams, ProbeError>> {
        Box::pin(async { Err(ProbeError::Tunnel("it does not carry UDP".to_owned())) })
    }
}
