//! Connections that go over to another protocol.

use http::header::UPGRADE;
use http::{Request, Response, Version};
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tracing::debug;

use super::super::body::{Body, passed_on};
use crate::faults::{self, Faults};

/// Whether a client asks for it.
pub fn wants_upgrade(request: &Request<Incoming>, faults: &Faults) -> bool {
    request.version() == Version::HTTP_11
        && request.headers().contains_key(UPGRADE)
        && !faults.has(faults::UPGRADE_NOT_FORWARDED)
}

/// Ties the client's and the backend's connection together once both speak the new protocol.
pub fn switch_protocols(
    client: OnUpgrade,
    mut response: Response<Incoming>,
    faults: &Faults,
) -> Response<Body> {
    let backend = hyper::upgrade::on(&mut response);
    let ends_early = faults.has(faults::UPGRADED_CONNECTION_ENDS_EARLY);
    tokio::spawn(async move {
        let (client, backend) = match tokio::try_join!(client, backend) {
            Ok(upgraded) => upgraded,
            Err(error) => return debug!(%error, "an upgrade was not completed"),
        };
        let (mut client, mut backend) = (TokioIo::new(client), TokioIo::new(backend));
        if ends_early {
            return one_answer(&mut client, &mut backend).await;
        }
        if let Err(error) = tokio::io::copy_bidirectional(&mut client, &mut backend).await {
            debug!(%error, "an upgraded connection ended early");
        }
    });
    response.map(|body| passed_on(body, faults))
}

/// Hands on what a client says first and what a backend answers, and no more.
async fn one_answer(
    client: &mut (impl AsyncRead + AsyncWrite + Unpin),
    backend: &mut (impl AsyncRead + AsyncWrite + Unpin),
) {
    let mut heard = [0; 1024];
    if let Ok(length) = client.read(&mut heard).await
        && backend.write_all(&heard[..length]).await.is_ok()
        && let Ok(length) = backend.read(&mut heard).await
    {
        _ = client.write_all(&heard[..length]).await;
    }
}
