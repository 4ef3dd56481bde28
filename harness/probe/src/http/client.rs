//! One request, one connection, one answer.
//!
//! Plain HTTP to one address goes through reqwest. hyper on a stream of the dialer serves where reqwest
//! cannot: TLS with a verifier of our own, names with several addresses, and request lines that a URL
//! would change. Nothing is spawned for the latter, and the former's connection ends with its request,
//! so that dropping the future of a probe leaves nothing behind.

use std::{
    collections::HashMap,
    error::Error,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
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
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::{
    http::{outgoing::Outgoing, response::Response},
    wire::{
        dialer::Dialer,
        error::{LONGEST_BODY, ProbeError},
        pinning,
        target::{Scheme, Target},
    },
};

/// Sends requests, each on a connection of its own.
pub(crate) struct Client {
    dialer: Dialer,
    plain: Option<reqwest::Client>,
    configs: Mutex<HashMap<Arc<Vec<u8>>, Arc<ClientConfig>>>,
}

impl Client {
    pub(crate) fn new(dialer: Dialer) -> Self {
        // Where another crate of the build turns reqwest's TLS on, it wants a provider although
        // nothing here uses it; an error says that there is one already.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let plain = reqwest::Client::builder()
            .http1_only()
            .http1_title_case_headers()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(0)
            .tcp_nodelay(true);
        // Should it ever not be built, hyper serves everything.
        Self { dialer, plain: plain.build().ok(), configs: Mutex::default() }
    }

    /// Sends a request and reads the answer to its end, however long that takes.
    pub(crate) async fn send(
        &self,
        target: &Target,
        outgoing: &Outgoing,
    ) -> Result<Response, ProbeError> {
        let address = self.dialer.address(&target.host, outgoing.port);
        let by_url = address.and_then(|address| outgoing.by_url(address));
        if let Some((client, request)) = self.plain.as_ref().zip(by_url) {
            let answer = client.execute(request).await;
            return read(answer.map_err(|error| ProbeError::of(&error))?.into()).await;
        }
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

    /// Sends a request and reads the answer to its end, within a limit.
    pub(crate) async fn send_within(
        &self,
        limit: Duration,
        target: &Target,
        outgoing: &Outgoing,
    ) -> Result<Response, ProbeError> {
        let answer = timeout(limit, self.send(target, outgoing)).await;
        answer.unwrap_or(Err(ProbeError::TimedOut(limit)))
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
