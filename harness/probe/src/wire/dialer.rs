//! The one place where the address of a Gateway becomes a socket, for every protocol.

use std::{
    fmt, io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use futures::{StreamExt, stream::FuturesUnordered};
use tokio::{
    net::{TcpStream, UdpSocket, lookup_host},
    time::timeout,
};

use crate::{
    tunnel::Tunnel,
    wire::{
        error::ProbeError,
        stream::{Datagrams, Stream},
    },
};

/// Where to go for an address that a Gateway's status names.
pub type AddressMap = Arc<dyn Fn(SocketAddr) -> SocketAddr + Send + Sync>;

/// How long an address of a name is waited for before the next one is tried beside it; Go's dialer
/// gives the other family so much of a start.
const HEAD_START: Duration = Duration::from_millis(300);

/// After so long a connection is begun anew, from another port. One that was begun before the cluster had rules for
/// the address of a Gateway would hang for as long as its packets are sent again. It is more than the second after
/// which the kernel does that first.
pub(crate) const HANGS: Duration = Duration::from_millis(1500);

/// Turns addresses into connections.
#[derive(Clone, Default)]
pub struct Dialer {
    map: Option<AddressMap>,
    tunnel: Option<Arc<dyn Tunnel>>,
}

impl Dialer {
    /// A dialer that goes to the addresses as they are.
    pub fn direct() -> Self {
        Self::default()
    }

    /// A dialer that goes where `map` says.
    pub fn mapped(map: AddressMap) -> Self {
        Self { map: Some(map), tunnel: None }
    }

    /// The same by another way. What a map says is where the way leads to; a name goes its way as it is.
    #[must_use]
    pub fn through(self, tunnel: Arc<dyn Tunnel>) -> Self {
        Self { tunnel: Some(tunnel), ..self }
    }

    /// The one address to connect a socket to for a host that is an IP address; none for a name, and none where the way is
    /// another one.
    pub(crate) fn address(&self, host: &str, port: u16) -> Option<SocketAddr> {
        self.tunnel.is_none().then(|| self.mapped_address(host, port))?
    }

    fn mapped_address(&self, host: &str, port: u16) -> Option<SocketAddr> {
        let address = SocketAddr::new(host.parse().ok()?, port);
        Some(self.map.as_ref().map_or(address, |map| map(address)))
    }

    /// Where a way is to lead.
    fn end(&self, host: &str, port: u16) -> (String, u16) {
        match self.mapped_address(host, port) {
            Some(address) => (address.ip().to_string(), address.port()),
            None => (host.to_owned(), port),
        }
    }

    /// A new connection to a host, which is an IP address without brackets or a name. A name
    /// stands for all its addresses, IPv4 and IPv6, in the order of the system's resolver.
    ///
    /// # Errors
    ///
    /// Why none of the addresses could be connected to.
    pub async fn connect(&self, host: &str, port: u16) -> Result<Stream, ProbeError> {
        if let Some(tunnel) = &self.tunnel {
            let (host, port) = self.end(host, port);
            return tunnel.connect(&host, port).await;
        }
        Ok(Box::new(first(self.addresses(host, port).await?).await?))
    }

    /// Datagrams to and from a host alone, which is an IP address without brackets or a name.
    /// Of a name that is the first address to which there is a way.
    ///
    /// # Errors
    ///
    /// Why there is no way to any of the addresses.
    pub async fn datagrams(&self, host: &str, port: u16) -> Result<Datagrams, ProbeError> {
        if let Some(tunnel) = &self.tunnel {
            let (host, port) = self.end(host, port);
            return tunnel.datagrams(&host, port).await;
        }
        let mut failed = Vec::new();
        for address in self.addresses(host, port).await? {
            match towards(address).await {
                Ok(socket) => return Ok(Datagrams::Socket(socket)),
                Err(error) => failed.push(format!("{} at {address}", ProbeError::io(&error))),
            }
        }
        Err(ProbeError::Connection(failed.join(", ")))
    }

    async fn addresses(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, ProbeError> {
        if let Some(address) = self.address(host, port) {
            return Ok(vec![address]);
        }
        let map = |address| self.map.as_ref().map_or(address, |map| map(address));
        Ok(resolve(host, port).await?.into_iter().map(map).collect())
    }
}

async fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, ProbeError> {
    let unresolved = |reason| ProbeError::Resolve { host: host.to_owned(), reason };
    let found = lookup_host((host, port)).await.map_err(|error| unresolved(error.to_string()))?;
    let mut addresses = Vec::new();
    for address in found {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    if addresses.is_empty() { Err(unresolved("it has no address".into())) } else { Ok(addresses) }
}

/// The first connection that comes about. An address gets its turn when one before it failed, or did
/// not answer at once.
async fn first(addresses: Vec<SocketAddr>) -> Result<TcpStream, ProbeError> {
    let is_one = addresses.len() == 1;
    let mut waiting = addresses.into_iter();
    let (mut dials, mut failed) = (FuturesUnordered::new(), Vec::new());
    loop {
        match waiting.next() {
            Some(address) => dials.push(async move { (address, open(address).await) }),
            None if dials.is_empty() => return Err(ProbeError::Connection(failed.join(", "))),
            None => {}
        }
        let ended = match waiting.len() {
            0 => dials.next().await,
            _ => timeout(HEAD_START, dials.next()).await.unwrap_or(None),
        };
        match ended {
            Some((_, Ok(stream))) => return Ok(stream),
            Some((_, Err(error))) if is_one => return Err(ProbeError::io(&error)),
            Some((address, Err(error))) => {
                failed.push(format!("{} at {address}", ProbeError::io(&error)));
            }
            None => {}
        }
    }
}

async fn towards(address: SocketAddr) -> io::Result<UdpSocket> {
    let any: IpAddr = match address {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).await?;
    socket.connect(address).await?;
    Ok(socket)
}

async fn open(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = anew(|| TcpStream::connect(address)).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// What comes of a connection, which is begun again and again where it hangs.
async fn anew<F: Future>(begin: impl Fn() -> F) -> F::Output {
    loop {
        if let Ok(ended) = timeout(HANGS, begin()).await {
            return ended;
        }
    }
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { map, tunnel } = self;
        let mut text = f.debug_struct("Dialer");
        text.field("mapped", &map.is_some()).field("tunnelled", &tunnel.is_some()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        cell::Cell,
        future::{pending, ready},
    };

    use futures::future::Either;
    use tokio::net::{TcpListener, TcpSocket};

    use super::*;

    /// An address where nothing listens.
    async fn closed() -> SocketAddr {
        TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
    }

    #[tokio::test]
    async fn every_address_of_a_name_is_tried() {
        let open = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (a, b, there) = (closed().await, closed().await, open.local_addr().unwrap());
        let stream = first(vec![a, b, there]).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), there);

        let error = first(vec![a, b]).await.unwrap_err().to_string();
        assert_eq!(error, format!("connection refused at {a}, connection refused at {b}"));
        let error = first(vec![a]).await.unwrap_err().to_string();
        assert_eq!(error, "connection refused");
    }

    #[tokio::test]
    async fn an_address_that_does_not_answer_holds_up_no_other() {
        // One whose queue is full drops what comes.
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let full = socket.listen(1).unwrap();
        let silent = full.local_addr().unwrap();
        let mut queued = Vec::new();
        while let Ok(stream) = timeout(HEAD_START, TcpStream::connect(silent)).await {
            queued.push(stream.unwrap());
        }
        let open = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = first(vec![silent, open.local_addr().unwrap()]).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), open.local_addr().unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn what_hangs_is_begun_anew() {
        let begun = Cell::new(0);
        let third = anew(|| {
            begun.set(begun.get() + 1);
            if begun.get() < 3 {
                Either::Left(pending())
            } else {
                Either::Right(ready(begun.get()))
            }
        });
        assert_eq!(third.await, 3);
    }

    #[tokio::test]
    async fn each_address_of_a_name_is_mapped() {
        let open = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let there = open.local_addr().unwrap();
        let dialer = Dialer::mapped(Arc::new(move |asked| {
            assert!(asked.ip().is_loopback() && asked.port() == 1, "{asked}");
            there
        }));
        let _stream = dialer.connect("localhost", 1).await.unwrap();
        open.accept().await.unwrap();
    }
}
