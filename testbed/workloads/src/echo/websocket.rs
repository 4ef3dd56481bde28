//! `/ws`: a WebSocket that returns what it gets.

use std::sync::{Mutex, PoisonError};

use futures::{SinkExt, StreamExt};
use http::{HeaderValue, Request, Response, StatusCode, header};
use hyper::{body::Incoming, upgrade::OnUpgrade};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, Utf8Bytes, handshake::derive_accept_key, protocol::Role},
};

use super::{reply, serve::Body};

/// The upgrade that a connection promised, if any.
///
/// It is served by the connection's own task once HTTP is done with it, so that it ends with the
/// backend.
#[derive(Default)]
pub(super) struct Pending(Mutex<Option<OnUpgrade>>);

impl Pending {
    /// Answers an opening handshake: 101, or what is wrong with it.
    pub(super) fn accept(&self, request: &mut Request<Incoming>) -> Response<Body> {
        let headers = request.headers();
        let is_websocket = headers
            .get(header::UPGRADE)
            .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"));
        let Some(key) = headers.get(header::SEC_WEBSOCKET_KEY).filter(|_| is_websocket) else {
            return reply::text(StatusCode::BAD_REQUEST, "not a WebSocket handshake");
        };
        // Browsers send it always, and the image refuses who does not.
        if !headers.contains_key(header::ORIGIN) {
            return reply::text(StatusCode::FORBIDDEN, "a WebSocket handshake needs an Origin");
        }
        let Ok(accept) = HeaderValue::try_from(derive_accept_key(key.as_bytes())) else {
            return reply::status(StatusCode::BAD_REQUEST);
        };
        let upgrade = hyper::upgrade::on(request);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(upgrade);
        let mut response = reply::status(StatusCode::SWITCHING_PROTOCOLS);
        let headers = response.headers_mut();
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
        response
    }

    /// Returns each message until the peer closes; at once where no upgrade is due.
    pub(super) async fn serve(&self) {
        let upgrade = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Ok(upgraded)) = (match upgrade {
            Some(upgrade) => Some(upgrade.await),
            None => None,
        }) else {
            return;
        };
        let stream = TokioIo::new(upgraded);
        let mut socket = WebSocketStream::from_raw_socket(stream, Role::Server, None).await;
        while let Some(Ok(message)) = socket.next().await {
            let echoed = match message {
                Message::Text(_) => message,
                // The image answers with text frames whatever came; what is no text has to stay as
                // it is.
                Message::Binary(bytes) => {
                    Utf8Bytes::try_from(bytes.clone()).map_or(Message::Binary(bytes), Message::Text)
                }
                _ => continue,
            };
            if socket.send(echoed).await.is_err() {
                return;
            }
        }
    }
}
