//! The HTTP mode: three ports, their connections, and which function answers a request.

use std::{io, net::SocketAddr, sync::Arc};

use http::{Method, Request, Response, StatusCode, Version, header};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use tokio::{io::AsyncWriteExt, task::JoinSet};
use tokio_rustls::TlsAcceptor;

use super::{
    Error, Identity, duration,
    identity::socket,
    pause::pause,
    reply,
    retry::{self, Retries},
    serve::{self, Answer, Body, Dropped, Versions},
    stream::{self, BoxStream, Reset, Stream},
    tls, websocket,
};
use crate::{logs::ContainerLog, process::Process};

/// Largest form that is searched for a delay, in bytes.
const FORM_LIMIT: usize = 64 * 1024;

/// What all ports of a process share.
struct Server {
    identity: Identity,
    http_port: String,
    log: ContainerLog,
    retries: Retries,
}

/// What a port demands of its requests.
#[derive(Clone, Copy, PartialEq)]
enum Port {
    /// HTTP/1 in plain text.
    Http,
    /// HTTP/2 in plain text, by prior knowledge, and only the echo.
    H2c,
    /// HTTP/1 or HTTP/2 within TLS.
    Https,
}

/// What a request's connection says about it.
struct Connection {
    peer: SocketAddr,
    tls: Option<tls::Session>,
    reset: Reset,
    upgrade: websocket::Pending,
}

pub(super) async fn start(process: &Process, tasks: &mut JoinSet<()>) -> Result<(), Error> {
    let http = socket(process, "HTTP_PORT", 3000)?;
    let server = Arc::new(Server {
        identity: Identity::of(process),
        http_port: http.port().to_string(),
        log: process.log.clone(),
        retries: Retries::default(),
    });
    let acceptor = tls::acceptor(process, "TLS_SERVER_PRIVKEY", &["h2", "http/1.1"])?;
    let mut ports = vec![(stream::listen(http).await?, Port::Http, None)];
    let h2c = socket(process, "H2C_PORT", 3001)?;
    ports.push((stream::listen(h2c).await?, Port::H2c, None));
    if acceptor.is_some() {
        let https = socket(process, "HTTPS_PORT", 8443)?;
        ports.push((stream::listen(https).await?, Port::Https, acceptor));
    }
    for (listener, port, acceptor) in ports {
        let server = Arc::clone(&server);
        let serve: stream::Serve = Box::new(move |stream, peer| {
            Box::pin(connected(Arc::clone(&server), port, acceptor.clone(), stream, peer))
        });
        tasks.spawn(stream::accept(listener, serve));
    }
    Ok(())
}

async fn connected(
    server: Arc<Server>,
    port: Port,
    acceptor: Option<TlsAcceptor>,
    stream: Stream,
    peer: SocketAddr,
) {
    let reset = stream.reset();
    if acceptor.is_some() && stream.begins_with_request().await.unwrap_or(false) {
        if let Err(error) = refuse_plain_text(stream).await {
            tracing::trace!(%peer, %error, "a request in plain text was not refused to its end");
        }
        return;
    }
    match tls::open(acceptor.as_ref(), stream).await {
        Ok((stream, tls)) => {
            let upgrade = websocket::Pending::default();
            serve(server, port, Connection { peer, tls, reset, upgrade }, stream).await;
        }
        Err(error) => tracing::trace!(%peer, %error, "TLS handshake with a backend failed"),
    }
}

/// Tells a client that it should have spoken TLS.
async fn refuse_plain_text(mut stream: Stream) -> io::Result<()> {
    let answer =
        "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    // What is left unread would reset the connection, and the answer with it.
    tokio::io::copy(&mut stream, &mut tokio::io::sink()).await.map(drop)
}

async fn serve(server: Arc<Server>, port: Port, connection: Connection, stream: BoxStream) {
    let connection = Arc::new(connection);
    let shared = Arc::clone(&connection);
    let answer = move |request| -> Answer {
        let (server, connection) = (Arc::clone(&server), Arc::clone(&shared));
        Box::pin(async move { answer(&server, port, &connection, request).await })
    };
    let versions = if port == Port::Http { Versions::Http1 } else { Versions::Both };
    if let Err(error) = serve::serve(stream, versions, Box::new(answer)).await {
        tracing::trace!(peer = %connection.peer, %error, "connection with a backend ended");
    }
    connection.upgrade.serve().await;
}

async fn answer(
    server: &Server,
    port: Port,
    connection: &Connection,
    mut request: Request<Incoming>,
) -> Result<Response<Body>, Dropped> {
    if port == Port::H2c {
        return Ok(if request.version() == Version::HTTP_2 {
            echo(server, connection, request).await
        } else {
            reply::status(StatusCode::BAD_REQUEST)
        });
    }
    let path = collapse_slashes(request.uri().path());
    if path == "/health" {
        return Ok(reply::text(StatusCode::OK, "OK"));
    }
    if path == "/ws" {
        return Ok(connection.upgrade.accept(&mut request));
    }
    if path.starts_with("/status/") {
        return Ok(reply::status(asked_status(&request).unwrap_or(StatusCode::BAD_REQUEST)));
    }
    if path.starts_with("/retry/") {
        return match retry::Order::of(request.uri().query().unwrap_or_default()) {
            Err(message) => Ok(reply::message(StatusCode::BAD_REQUEST, &message)),
            Ok(order) => {
                let mut retries = server.retries.lock().await;
                match retries.next(&order).await {
                    retry::Step::Succeed => Ok(echo(server, connection, request).await),
                    retry::Step::Fail(status) => Ok(reply::status(status)),
                    retry::Step::Drop => {
                        connection.reset.request();
                        Err(Dropped)
                    }
                }
            }
        };
    }
    Ok(echo(server, connection, request).await)
}

async fn echo(
    server: &Server,
    connection: &Connection,
    request: Request<Incoming>,
) -> Response<Body> {
    let target = reply::target(&request);
    server
        .log
        .print(format!("Echoing back request made to {target} to client ({})", connection.peer));
    let (head, body) = request.into_parts();
    if let Some(delay) = delay(&head, body).await {
        match duration::parse(&delay) {
            Ok(delay) => pause(delay).await,
            Err(message) => return reply::message(StatusCode::INTERNAL_SERVER_ERROR, &message),
        }
    }
    reply::echo(&server.identity, &server.http_port, connection.tls.as_ref(), &target, &head)
}

/// The value of the parameter `delay`, of a form before that of the query.
async fn delay(head: &http::request::Parts, body: Incoming) -> Option<String> {
    let find = |pairs: &[u8]| {
        let mut pairs = url::form_urlencoded::parse(pairs);
        pairs.find(|(name, _)| name == "delay").map(|(_, value)| value.into_owned())
    };
    let may_hold_form = [Method::POST, Method::PUT, Method::PATCH].contains(&head.method);
    let content_type = head.headers.get(header::CONTENT_TYPE).map_or(&[][..], |v| v.as_bytes());
    let mut delay = None;
    if may_hold_form && content_type.starts_with(b"application/x-www-form-urlencoded") {
        let form = Limited::new(body, FORM_LIMIT).collect().await;
        delay = form.ok().and_then(|form| find(&form.to_bytes()));
    }
    delay
        .or_else(|| find(head.uri.query().unwrap_or_default().as_bytes()))
        .filter(|v| !v.is_empty())
}

/// The status of a target that is exactly `/status/` and three digits.
fn asked_status<B>(request: &Request<B>) -> Option<StatusCode> {
    let digits = request.uri().path_and_query()?.as_str().strip_prefix("/status/")?;
    if digits.len() == 3 { StatusCode::from_bytes(digits.as_bytes()).ok() } else { None }
}

/// Routes are chosen as if runs of slashes were one; the echoed path keeps them.
fn collapse_slashes(path: &str) -> String {
    let mut collapsed = String::with_capacity(path.len());
    for character in path.chars() {
        if character != '/' || !collapsed.ends_with('/') {
            collapsed.push(character);
        }
    }
    collapsed
}
