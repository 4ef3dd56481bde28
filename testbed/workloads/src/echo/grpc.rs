//! The gRPC mode: the service `GrpcEcho`.
//!
//! The message has five kinds of strings and no request fields, so it is encoded here and no code
//! is generated for it. Server reflection is not offered.

use std::{net::SocketAddr, sync::Arc};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, header};
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Incoming;
use tokio::task::JoinSet;

use super::{
    Error, Identity,
    identity::socket,
    serve::{self, Answer, Body, Versions},
    stream::{self, BoxStream},
    tls,
};
use crate::process::Process;

const SERVICE: &str = "/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/";
/// gRPC status 12, UNIMPLEMENTED.
const UNIMPLEMENTED: &str = "12";

pub(super) async fn start(process: &Process, tasks: &mut JoinSet<()>) -> Result<(), Error> {
    let identity = Arc::new(Identity::of(process));
    let acceptor = tls::acceptor(process, "TLS_SERVER_PRIV_KEY", &["h2"])?;
    let mut ports = vec![(stream::listen(socket(process, "HTTP_PORT", 3000)?).await?, None)];
    if acceptor.is_some() {
        ports.push((stream::listen(socket(process, "HTTPS_PORT", 8443)?).await?, acceptor));
    }
    for (listener, acceptor) in ports {
        let identity = Arc::clone(&identity);
        let serve: stream::Serve = Box::new(move |stream, peer| {
            let (identity, acceptor) = (Arc::clone(&identity), acceptor.clone());
            Box::pin(async move {
                if let Ok((stream, session)) = tls::open(acceptor.as_ref(), stream).await {
                    serve(identity, session, stream, peer).await;
                }
            })
        });
        tasks.spawn(stream::accept(listener, serve));
    }
    Ok(())
}

async fn serve(
    identity: Arc<Identity>,
    tls: Option<tls::Session>,
    stream: BoxStream,
    peer: SocketAddr,
) {
    let answer = move |request: Request<Incoming>| -> Answer {
        let response = answer(&identity, tls.as_ref(), &request);
        Box::pin(async move {
            // The flow-control window that the message took is given back by reading it.
            let _ = request.into_body().collect().await;
            Ok(response)
        })
    };
    if let Err(error) = serve::serve(stream, Versions::Http2, Box::new(answer)).await {
        tracing::trace!(%peer, %error, "connection with a gRPC backend ended");
    }
}

fn answer<B>(
    identity: &Identity,
    tls: Option<&tls::Session>,
    request: &Request<B>,
) -> Response<Body> {
    let method = request.uri().path();
    if !matches!(method.strip_prefix(SERVICE), Some("Echo" | "EchoTwo")) {
        let mut response = Response::new(Empty::new().boxed());
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        headers.insert("grpc-status", HeaderValue::from_static(UNIMPLEMENTED));
        headers.insert("grpc-message", HeaderValue::from_static("method is not implemented"));
        return response;
    }
    let message = echo_response(identity, tls, request);
    let mut frame = vec![0];
    frame.extend_from_slice(&(message.len() as u32).to_be_bytes());
    frame.extend_from_slice(&message);
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    let body = Full::new(Bytes::from(frame)).with_trailers(std::future::ready(Some(Ok(trailers))));
    let mut response = Response::new(body.boxed());
    let grpc = HeaderValue::from_static("application/grpc");
    response.headers_mut().insert(header::CONTENT_TYPE, grpc);
    response
}

/// `EchoResponse { assertions: Assertions { … } }`.
fn echo_response<B>(
    identity: &Identity,
    tls: Option<&tls::Session>,
    request: &Request<B>,
) -> Vec<u8> {
    let authority = request.uri().authority().map_or("", |authority| authority.as_str());
    let mut assertions = Message::default();
    assertions.string(1, request.uri().path());
    let metadata = request.headers().iter().filter(|(name, _)| !is_transport(name.as_str()));
    let values =
        metadata.map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes())));
    for (key, value) in values.chain([(":authority", authority.into())]) {
        let mut entry = Message::default();
        entry.string(1, key);
        entry.string(2, &value);
        assertions.message(2, &entry);
    }
    assertions.string(3, authority);
    let mut context = Message::default();
    for (field, value) in [&identity.namespace, &identity.ingress, &identity.service, &identity.pod]
        .iter()
        .enumerate()
    {
        context.string(field as u8 + 1, value);
    }
    assertions.message(4, &context);
    if let Some(session) = tls {
        let mut tls = Message::default();
        tls.string(1, session.version);
        tls.string(2, &session.negotiated_protocol);
        tls.string(3, &session.server_name);
        tls.string(4, &session.cipher_suite);
        for certificate in &session.peer_certificates {
            tls.string(5, certificate);
        }
        assertions.message(5, &tls);
    }
    let mut response = Message::default();
    response.message(1, &assertions);
    response.0
}

/// Headers that gRPC keeps for itself.
fn is_transport(name: &str) -> bool {
    name == "te" || (name.starts_with("grpc-") && !name.ends_with("-bin"))
}

/// A protobuf message of strings and messages, the fields in the order of their numbers.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    /// An empty string is the default and not written.
    fn string(&mut self, field: u8, value: &str) {
        if !value.is_empty() {
            self.bytes(field, value.as_bytes());
        }
    }

    fn message(&mut self, field: u8, value: &Self) {
        self.bytes(field, &value.0);
    }

    fn bytes(&mut self, field: u8, value: &[u8]) {
        const LENGTH_DELIMITED: u8 = 2;
        self.0.push(field << 3 | LENGTH_DELIMITED);
        let mut length = value.len();
        while length > 0x7f {
            self.0.push(length as u8 | 0x80);
            length >>= 7;
        }
        self.0.push(length as u8);
        self.0.extend_from_slice(value);
    }
}
