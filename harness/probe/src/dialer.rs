//! The one place where the address of a Gateway becomes a socket, for every protocol.

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use tokio::net::{TcpStream, lookup_host};

/// Where to go for an address that a Gateway's status names.
pub type AddressMap = Arc<dyn Fn(SocketAddr) -> SocketAddr + Send + Sync>;

/// Turns addresses into sockets.
#[derive(Clone)]
pub struct Dialer {
    map: Option<AddressMap>,
}

impl Dialer {
    /// A dialer that goes to the addresses as they are.
    pub fn direct() -> Self {
        Self { map: None }
    }

    /// A dialer that goes where `map` says.
    pub fn mapped(map: AddressMap) -> Self {
        Self { map: Some(map) }
    }

    /// The addresses to connect to for a host, which is an IP address without brackets or a name:
    /// one at least, in the order of the system's resolver.
    pub async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        let addresses: Vec<_> = match host.parse::<IpAddr>() {
            Ok(ip) => vec![SocketAddr::new(ip, port)],
            Err(_) => lookup_host((host, port)).await?.collect(),
        };
        if addresses.is_empty() {
            return Err(io::Error::new(io::ErrorKind::NotFound, format!("{host} has no address")));
        }
        let mapped = |address| self.map.as_ref().map_or(address, |map| map(address));
        Ok(addresses.into_iter().map(mapped).collect())
    }

    /// A new TCP connection to a host, see [`Dialer::resolve`].
    pub async fn connect(&self, host: &str, port: u16) -> io::Result<TcpStream> {
        Self::open(&self.resolve(host, port).await?).await
    }

    /// A new TCP connection to the first of these addresses that takes one.
    pub(crate) async fn open(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(addresses).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialer").field("mapped", &self.map.is_some()).finish()
    }
}
