//! The gRPC mode: the service `GrpcEcho`.
//!
//! Server reflection is not offered.

use std::{net::SocketAddr, sync::Arc};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, header};
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Incoming;
use prost::Message;
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
    let message = echo_response(identity, tls, request).encode_to_vec();
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

fn echo_response<B>(
    identity: &Identity,
    tls: Option<&tls::Session>,
    request: &Request<B>,
) -> EchoResponse {
    let authority = request.uri().authority().map_or("", |authority| authority.as_str());
    let header = |key: &str, value: &str| Header { key: key.to_owned(), value: value.to_owned() };
    let metadata = request.headers().iter().filter(|(name, _)| !is_transport(name.as_str()));
    let metadata = metadata
        .map(|(name, value)| header(name.as_str(), &String::from_utf8_lossy(value.as_bytes())));
    let assertions = Assertions {
        fully_qualified_method: request.uri().path().to_owned(),
        headers: metadata.chain([header(":authority", authority)]).collect(),
        authority: authority.to_owned(),
        context: Some(Context {
            namespace: identity.namespace.clone(),
            ingress: identity.ingress.clone(),
            service_name: identity.service.clone(),
            pod: identity.pod.clone(),
        }),
        tls: tls.map(|session| TlsAssertions {
            version: session.version.to_owned(),
            negotiated_protocol: session.negotiated_protocol.clone(),
            server_name: session.server_name.clone(),
            cipher_suite: session.cipher_suite.clone(),
            peer_certificates: session.peer_certificates.clone(),
        }),
    };
    EchoResponse { assertions: Some(assertions) }
}

/// Headers that gRPC keeps for itself.
fn is_transport(name: &str) -> bool {
    name == "te" || (name.starts_with("grpc-") && !name.ends_with("-bin"))
}

/// What the service answers.
#[derive(Clone, PartialEq, Message)]
struct EchoResponse {
    #[prost(message, tag = "1")]
    assertions: Option<Assertions>,
}

#[derive(Clone, PartialEq, Message)]
struct Assertions {
    #[prost(string, tag = "1")]
    fully_qualified_method: String,
    #[prost(message, repeated, tag = "2")]
    headers: Vec<Header>,
    #[prost(string, tag = "3")]
    authority: String,
    #[prost(message, tag = "4")]
    context: Option<Context>,
    #[prost(message, tag = "5")]
    tls: Option<TlsAssertions>,
}

#[derive(Clone, PartialEq, Message)]
struct Header {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(string, tag = "2")]
    value: String,
}

#[derive(Clone, PartialEq, Message)]
struct Context {
    #[prost(string, tag = "1")]
    namespace: String,
    #[prost(string, tag = "2")]
    ingress: String,
    #[prost(string, tag = "3")]
    service_name: String,
    #[prost(string, tag = "4")]
    pod: String,
}

#[derive(Clone, PartialEq, Message)]
struct TlsAssertions {
    #[prost(string, tag = "1")]
    version: String,
    #[prost(string, tag = "2")]
    negotiated_protocol: String,
    #[prost(string, tag = "3")]
    server_name: String,
    #[prost(string, tag = "4")]
    cipher_suite: String,
    #[prost(string, repeated, tag = "5")]
    peer_certificates: Vec<String>,
}
