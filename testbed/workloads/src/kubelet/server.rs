//! Where a real API server asks for what containers printed: the kubelet's own HTTPS server.

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc};

use bytes::Bytes;
use futures::StreamExt;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::{body::Frame, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use rustls::{ServerConfig, pki_types::PrivateKeyDer};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

use crate::Logs;

type Body = UnsyncBoxBody<Bytes, Infallible>;

/// Why it cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The socket.
    #[error("cannot listen on a loopback address: {0}")]
    Bind(#[from] io::Error),
    /// The certificate.
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The use of it.
    #[error("cannot set up TLS: {0}")]
    Tls(#[from] rustls::Error),
}

/// Serves the logs on a loopback port that the operating system chooses, in `tasks`, and gives it.
pub(crate) async fn serve(logs: Logs, tasks: &mut JoinSet<()>) -> Result<SocketAddr, ServerError> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let acceptor = TlsAcceptor::from(Arc::new(tls(address)?));
    tasks.spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                Ok((stream, _)) = listener.accept() => {
                    connections.spawn(connection(stream, acceptor.clone(), logs.clone()));
                }
                Some(_) = connections.join_next() => {}
            }
        }
    });
    Ok(address)
}

/// The API server checks no certificate unless it is told to.
fn tls(address: SocketAddr) -> Result<ServerConfig, ServerError> {
    let own = rcgen::generate_simple_self_signed([address.ip().to_string()])?;
    let key = PrivateKeyDer::Pkcs8(own.signing_key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    Ok(ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.into()], key)?)
}

async fn connection(stream: TcpStream, acceptor: TlsAcceptor, logs: Logs) {
    let served = async {
        let stream = TokioIo::new(acceptor.accept(stream).await?);
        let service = service_fn(|request| {
            let answer = answer(&logs, &request);
            async { Ok::<_, Infallible>(answer) }
        });
        http1::Builder::new().serve_connection(stream, service).await.map_err(io::Error::other)
    };
    if let Err(error) = served.await {
        tracing::debug!(%error, "a connection to the kubelet broke");
    }
}

fn answer<B>(logs: &Logs, request: &Request<B>) -> Response<Body> {
    let segments: Vec<_> = request.uri().path().split('/').skip(1).collect();
    let ["containerLogs", namespace, pod, container] = segments[..] else {
        return text(StatusCode::NOT_FOUND, "the testbed's kubelet has nothing but containerLogs");
    };
    match request.uri().query().unwrap_or_default().parse() {
        Err(error) => text(StatusCode::BAD_REQUEST, &format!("{error}")),
        Ok(asked) => match logs.read(namespace, pod, Some(container), asked) {
            None => text(StatusCode::NOT_FOUND, "no such container runs"),
            Some(lines) => {
                let lines = lines.map(|text| Ok(Frame::data(Bytes::from(text))));
                Response::new(BodyExt::boxed_unsync(StreamBody::new(lines)))
            }
        },
    }
}

fn text(status: StatusCode, text: &str) -> Response<Body> {
    let mut response = Response::new(Full::from(text.to_owned()).boxed_unsync());
    *response.status_mut() = status;
    response
}
