//! A way through a SOCKS5 proxy, such as `ssh -D` opens.

use std::net::IpAddr;

use fast_socks5::{
    ReplyError, Socks5Command, SocksError,
    client::{Config, Socks5Stream},
    util::target_addr::TargetAddr,
};
use futures::future::BoxFuture;
use tokio::net::TcpStream;

use super::Tunnel;
use crate::wire::{error::ProbeError, stream::Stream};

/// A way through a SOCKS5 proxy. Names are resolved by the proxy. It carries no datagrams.
pub struct Socks(String);

impl Socks {
    /// Through the proxy at `HOST:PORT`.
    pub fn at(place: impl Into<String>) -> Self {
        Self(place.into())
    }

    async fn ask(&self, host: &str, port: u16) -> Result<Stream, ProbeError> {
        let broken = |why: String| ProbeError::Tunnel(format!("the proxy {}: {why}", self.0));
        let stream =
            TcpStream::connect(&self.0).await.map_err(|error| broken(error.to_string()))?;
        let shaken = Socks5Stream::use_stream(stream, None, Config::default()).await;
        let mut stream = shaken.map_err(|error| broken(error.to_string()))?;
        let to = match host.parse::<IpAddr>() {
            Ok(address) => TargetAddr::Ip((address, port).into()),
            Err(_) => TargetAddr::Domain(host.to_owned(), port),
        };
        match stream.request(Socks5Command::TCPConnect, to).await {
            Ok(_) => Ok(Box::new(stream)),
            Err(SocksError::ReplyError(reply)) if is_of_target(reply) => {
                Err(ProbeError::Connection(reply.to_string().to_lowercase()))
            }
            Err(error) => Err(broken(error.to_string())),
        }
    }
}

/// Whether a proxy speaks of where it was to connect to.
fn is_of_target(reply: ReplyError) -> bool {
    matches!(
        reply,
        ReplyError::GeneralFailure
            | ReplyError::NetworkUnreachable
            | ReplyError::HostUnreachable
            | ReplyError::ConnectionRefused
            | ReplyError::ConnectionTimeout
            | ReplyError::TtlExpired
    )
}

impl Tunnel for Socks {
    fn connect<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, Result<Stream, ProbeError>> {
        Box::pin(self.ask(host, port))
    }
}
