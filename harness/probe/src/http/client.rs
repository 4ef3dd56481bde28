//! One request, one connection, one answer.
//!
//! Plain HTTP to one address goes through reqwest. hyper on a stream of the dialer serves where reqwest
//! cannot: TLS with a verifier of our own, names with several addresses, and request lines that a URL
//! would change; h2 serves where a request wants HTTP/2. Nothing is spawned for these two, and reqwest's
//! connection ends with its request, so that dropping the future of a probe leaves nothing behind.

use std::{
    collections::HashMap,
    error::Error,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use futures::future::{Either, select};
use http::response::Parts;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::{
    body::Body,
    client::conn::http1,
    rt::{Read, Write},
};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};
use tokio_rustls::TlsConnector;

use crate::{
    http::{outgoing::Outgoing, response::Response},
    wire::{
        dialer::{Dialer, HANGS},
        error::{LONGEST_BODY, ProbeError},
        http2,
        identity::{Identity, Shown},
        pinning,
        stream::Stream,
        target::{Scheme, Target},
    },
};

/// On what terms TLS is spoken: which certificates (PEM) are trusted, and whether HTTP/2 is wanted.
type Terms = (Arc<Vec<u8>>, bool);

/// HTTP/2, as the TLS handshake calls it.
const HTTP2: &[u8] = b"h2";

/// Sends requests, each on a connection of its own.
pub(crate) struct Client {
    dialer: Dialer,
    plain: Option<reqwest::Client>,
    configs: Mutex<HashMap<Terms, Arc<ClientConfig>>>,
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
            .connect_timeout(HANGS)
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
        if let Some((client, address)) = self.plain.as_ref().zip(address) {
            while let Some(request) = outgoing.by_url(address) {
                match client.execute(request).await {
                    // The connection hung, so that nothing was sent.
                    Err(error) if error.is_connect() && error.is_timeout() => {}
                    answer => {
                        return read(answer.map_err(|error| ProbeError::of(&error))?.into()).await;
                    }
                }
            }
        }
        let stream = self.dialer.connect(&target.host, outgoing.port).await;
        let stream = stream.map_err(|error| match error {
            // Whoever is to be refused for a certificate has to be asked for it.
            ProbeError::Connection(why) if outgoing.identity.is_some() => ProbeError::Unasked(why),
            error => error,
        })?;
        match (&target.scheme, &outgoing.server_name) {
            (Scheme::Https { roots_pem }, Some(name)) if outgoing.is_secure => {
                let config = self.config(roots_pem, outgoing.is_http2)?;
                match &outgoing.identity {
                    None => exchange_over_tls(config, name, stream, outgoing).await,
                    Some(identity) => {
                        exchange_showing(identity, config, name, stream, outgoing).await
                    }
                }
            }
            _ => exchange(stream, outgoing).await,
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

    fn config(
        &self,
        roots_pem: &Arc<Vec<u8>>,
        is_http2: bool,
    ) -> Result<Arc<ClientConfig>, ProbeError> {
        let mut configs = self.configs.lock().unwrap_or_else(PoisonError::into_inner);
        let terms = (roots_pem.clone(), is_http2);
        if let Some(config) = configs.get(&terms) {
            return Ok(config.clone());
        }
        let mut config = pinning::client_config(roots_pem)?;
        config.alpn_protocols.extend(is_http2.then(|| HTTP2.to_vec()));
        let config = Arc::new(config);
        configs.insert(terms, config.clone());
        Ok(config)
    }
}

/// Begins a TLS session on a stream, sends a request in it, and reads the answer.
async fn exchange_over_tls(
    config: Arc<ClientConfig>,
    server_name: &ServerName<'static>,
    stream: Stream,
    outgoing: &Outgoing,
) -> Result<Response, ProbeError> {
    let stream = TlsConnector::from(config).connect(server_name.clone(), stream).await;
    let stream = stream.map_err(|error| ProbeError::handshake(&error))?;
    if outgoing.is_http2 && stream.get_ref().1.alpn_protocol() != Some(HTTP2) {
        return Err(ProbeError::Tls("the Gateway does not agree to HTTP/2".into()));
    }
    let session = pinning::described(stream.get_ref().1);
    let response = exchange(stream, outgoing).await?;
    Ok(Response { session: Some(session), ..response })
}

/// As [`exchange_over_tls`], with a certificate that the Gateway must ask for. What it says of it may come
/// after the handshake: since TLS 1.3 the client has finished that before.
async fn exchange_showing(
    identity: &Identity,
    config: Arc<ClientConfig>,
    server_name: &ServerName<'static>,
    stream: Stream,
    outgoing: &Outgoing,
) -> Result<Response, ProbeError> {
    let shown = Arc::new(Shown::new(identity));
    let mut config = Arc::unwrap_or_clone(config);
    config.client_auth_cert_resolver = shown.clone();
    let answer = exchange_over_tls(Arc::new(config), server_name, stream, outgoing).await;
    match answer {
        answer if shown.is_asked() => answer,
        Ok(response) => Err(ProbeError::Unasked(response.status.as_str().to_owned())),
        Err(error) => Err(ProbeError::Unasked(error.to_string())),
    }
}

/// Sends a request on a stream, and reads the answer.
async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    outgoing: &Outgoing,
) -> Result<Response, ProbeError> {
    if outgoing.is_http2 {
        let received = http2::exchange(stream, outgoing.http2_request()?, None).await?;
        let Parts { version, status, headers, .. } = received.head;
        return Ok(Response { version, status, headers, body: received.body, session: None });
    }
    exchange_http1(TokioIo::new(stream), outgoing.request()).await
}

/// The connection is driven here, and closed at the end.
async fn exchange_http1(
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
    match select(answer, connection).await {
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
        session: None,
    })
}
