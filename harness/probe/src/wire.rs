//! One request, one connection, one answer.
//!
//! hyper on a stream of the dialer, for plain HTTP and inside TLS: the request line goes out as it is
//! written, which a client of URLs would change, and a name has all its addresses. Nothing is
//! spawned, so that dropping the future of a probe leaves nothing behind.

use std::{
    collections::HashMap,
    error::Error,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use futures::future::{Either, select};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::{
    body::Body,
    client::conn::http1,
    rt::{Read, Write},
};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio_rustls::TlsConnector;

use crate::{
    dialer::Dialer,
    error::ProbeError,
    outgoing::Outgoing,
    pinning,
    response::Response,
    target::{Scheme, Target},
};

/// An echo is about a kilobyte. What is longer than this is none, and is not worth the memory.
pub(crate) const LONGEST_BODY: usize = 1 << 20;

/// Sends requests, each on a connection of its own.
pub(crate) struct Wire {
    dialer: Dialer,
    configs: Mutex<HashMap<Arc<Vec<u8>>, Arc<ClientConfig>>>,
}

impl Wire {
    pub(crate) fn new(dialer: Dialer) -> Self {
        Self { dialer, configs: Mutex::default() }
    }

    /// Sends a request and reads the answer to its end, however long that takes.
    pub(crate) async fn send(
        &self,
        target: &Target,
        outgoing: &Outgoing,
    ) -> Result<Response, ProbeError> {
        let stream = self.dialer.connect(&target.host, outgoing.port).await?;
        let request = outgoing.request();
        match (&target.scheme, &outgoing.server_name) {
            (Scheme::Https { roots_pem }, Some(name)) if outgoing.is_secure => {
                let tls = TlsConnector::from(self.config(roots_pem)?);
                let stream = tls.connect(name.clone(), stream).await;
                let stream = stream.map_err(|error| ProbeError::handshake(&error))?;
                exchange(TokioIo::new(stream), request).await
            }
            _ => exchange(TokioIo::new(stream), request).await,
        }
    }

    fn config(&self, roots_pem: &Arc<Vec<u8>>) -> Result<Arc<ClientConfig>, ProbeError> {
        let mut configs = self.configs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(config) = configs.get(roots_pem) {
            return Ok(config.clone());
        }
        let config = Arc::new(pinning::client_config(roots_pem)?);
        configs.insert(roots_pem.clone(), config.clone());
        Ok(config)
    }
}

/// Sends a request on a stream. The connection is driven here, and closed at the end.
async fn exchange(
    stream: impl Read + Write + Unpin,
    request: http::Request<Empty<Bytes>>,
) -> Result<Response, ProbeError> {
    // As Go's client writes the names of headers: `Version`, where a rule may say `version`.
    let handshake = http1::Builder::new().title_case_headers(true).handshake(stream).await;
    let (mut sender, connection) = handshake.map_err(|error| ProbeError::of(&error))?;
    let answer = pin!(async move {
        let answer = sender.send_request(request).await;
        read(answer.map_err(|error| ProbeError::of(&error))?).await
    });
    match select(answer, pin!(connection)).await {
        Either::Left((answer, _)) => answer,
        // All that came before the end is in the answer's buffers, its error too.
        Either::Right((_, answer)) => answer.await,
    }
}

async fn read<B>(answer: http::Response<B>) -> Result<Response, ProbeError>
where
    B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>>,
{
    let (head, body) = answer.into_parts();
    let body = Limited::new(body, LONGEST_BODY).collect().await;
    Ok(Response {
        version: head.version,
        status: head.status,
        headers: head.headers,
        body: body.map_err(|error| ProbeError::of(&*error))?.to_bytes(),
    })
}
