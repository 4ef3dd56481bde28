//! The far end of a relay: an HTTP proxy for `CONNECT`, where Gateways can be reached.
//!
//! It speaks HTTP/2 with a [`Relay`](super::relay::Relay), and HTTP/1.1 with any client.

use std::{convert::Infallible, io};

use bytes::{Bytes, BytesMut};
use futures::{SinkExt, StreamExt};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Empty;
use hyper::{body::Incoming, service::service_fn, upgrade};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, copy_bidirectional},
    net::TcpListener,
};

use super::opened::{DATAGRAMS, REASON};
use crate::wire::{
    dialer::Dialer,
    error::ProbeError,
    stream::{Datagrams, Stream, frames},
};

/// The longest datagram there is, in bytes.
const LONGEST: usize = 1 << 16;

/// Serves whoever connects, until the process ends.
///
/// # Errors
///
/// When connections can be accepted no longer.
pub async fn serve(listener: TcpListener) -> io::Result<Infallible> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(serve_one(stream));
    }
}

/// Serves one connection to its end.
pub async fn serve_one(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) {
    let service = service_fn(|request| async { Ok::<_, Infallible>(answer(request).await) });
    let server = auto::Builder::new(TokioExecutor::new());
    // Who asked has seen how it ended.
    let _ = server.serve_connection_with_upgrades(TokioIo::new(stream), service).await;
}

/// What is at the other end.
enum Far {
    Stream(Stream),
    Datagrams(Datagrams),
}

async fn answer(request: Request<Incoming>) -> Response<Empty<Bytes>> {
    let mut response = Response::new(Empty::new());
    match open(&request).await {
        Ok(far) => {
            tokio::spawn(async move {
                if let Ok(near) = upgrade::on(request).await {
                    join(TokioIo::new(near), far).await;
                }
            });
        }
        Err((status, reason)) => {
            *response.status_mut() = status;
            if let Ok(reason) = HeaderValue::from_str(&reason) {
                response.headers_mut().insert(REASON, reason);
            }
        }
    }
    response
}

async fn open(request: &Request<Incoming>) -> Result<Far, (StatusCode, String)> {
    let place = request.uri().authority().filter(|_| request.method() == Method::CONNECT);
    let Some((place, port)) = place.and_then(|place| Some((place, place.port_u16()?))) else {
        return Err((StatusCode::BAD_REQUEST, "ask with CONNECT HOST:PORT".to_owned()));
    };
    let host = place.host().trim_start_matches('[').trim_end_matches(']');
    let dialer = Dialer::direct();
    let opened = if request.headers().contains_key(DATAGRAMS) {
        dialer.datagrams(host, port).await.map(Far::Datagrams)
    } else {
        dialer.connect(host, port).await.map(Far::Stream)
    };
    opened.map_err(|error: ProbeError| (StatusCode::BAD_GATEWAY, error.to_string()))
}

/// Carries what comes from either side to the other until one of them ends.
async fn join(mut near: impl AsyncRead + AsyncWrite + Unpin, far: Far) {
    match far {
        // One that breaks off breaks off the other: both are dropped.
        Far::Stream(mut far) => drop(copy_bidirectional(&mut near, &mut far).await),
        Far::Datagrams(far) => {
            let (mut back, mut out) = frames(near).split();
            let there = async {
                while let Some(datagram) = out.next().await {
                    let datagram: BytesMut = datagram?;
                    far.send(&datagram).await?;
                }
                Ok::<_, io::Error>(())
            };
            let here = async {
                loop {
                    let datagram = far.receive(LONGEST).await?;
                    back.send(Bytes::from(datagram)).await?;
                }
            };
            tokio::select! {
                _ = there => {}
                ended = here => { let _: io::Result<Infallible> = ended; }
            }
        }
    }
}
