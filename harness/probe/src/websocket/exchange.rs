//! One WebSocket: how it is opened, and when what was sent over it came back.

use std::time::Duration;

use bytes::Bytes;
use futures::{SinkExt, StreamExt};
use http::{
    HeaderValue, StatusCode,
    header::{CONNECTION, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE},
};
use model::{exchange::Message, verdict::Mismatch};
use tokio::time::timeout;
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message as Frame, error::ProtocolError, handshake::client::generate_key},
};

use crate::{
    converge::repeatable::Repeatable,
    echo::Captured,
    http::{
        attempt::Attempt as Opening,
        comparison::describe,
        exchange::Wanted,
        outgoing::{Outgoing, value},
        response::Response,
        transcript::transcript,
    },
    wire::{dialer::Dialer, error::ProbeError, stream::Stream},
};

/// How much of a message is shown, in characters.
const SHOWN: usize = 80;

/// A WebSocket that is made ready.
pub(crate) struct WebSocketExchange<'a> {
    dialer: &'a Dialer,
    wanted: Wanted<'a>,
    messages: &'static [Message],
    outgoing: Outgoing,
    limit: Duration,
}

/// What came of a WebSocket.
pub(crate) struct Attempt {
    /// The request that was to open it, and the answer.
    opening: Opening,
    /// What went over it.
    log: String,
    /// Whether all came back, once it was open.
    returned: Result<(), ProbeError>,
}

impl<'a> WebSocketExchange<'a> {
    /// Makes a WebSocket ready, of which each attempt has this limit.
    ///
    /// # Errors
    ///
    /// Why its request cannot be sent.
    pub(crate) fn new(
        dialer: &'a Dialer,
        wanted: Wanted<'a>,
        messages: &'static [Message],
        user_agent: &str,
        limit: Duration,
    ) -> Result<Self, ProbeError> {
        let mut outgoing = Outgoing::new(wanted.target, &wanted.exchange.request, user_agent)?;
        for (name, value) in
            [(CONNECTION, "Upgrade"), (UPGRADE, "websocket"), (SEC_WEBSOCKET_VERSION, "13")]
        {
            outgoing.headers.insert(name, HeaderValue::from_static(value));
        }
        Ok(Self { dialer, wanted, messages, outgoing, limit })
    }

    async fn converse(&self, attempt: &mut Attempt) {
        let Attempt { opening, log, returned } = attempt;
        match self.open(&mut opening.asked).await {
            Ok((response, socket)) => {
                opening.answer = Ok(response);
                if let Some(socket) = socket {
                    *returned = self.send_all(socket, log).await;
                }
            }
            Err(error) => opening.answer = Err(error),
        }
    }

    /// The answer to the request, and the WebSocket if it opens one.
    async fn open(
        &self,
        asked: &mut Outgoing,
    ) -> Result<(Response, Option<WebSocketStream<Stream>>), ProbeError> {
        asked.headers.insert(SEC_WEBSOCKET_KEY, value(&generate_key())?);
        let stream = self.dialer.connect(&self.wanted.target.host, asked.port).await?;
        match client_async(asked.websocket_request()?, stream).await {
            Ok((socket, answer)) => Ok((response(answer), Some(socket))),
            Err(Error::Http(answer)) => Ok((response(*answer), None)),
            Err(error) => Err(broken(&error)),
        }
    }

    /// Sends each message and waits until it comes back.
    async fn send_all(
        &self,
        mut socket: WebSocketStream<Stream>,
        log: &mut String,
    ) -> Result<(), ProbeError> {
        for message in self.messages {
            log.extend(["> ", &message.to_string(), "\n"]);
            let frame = match *message {
                Message::Text(text) => Frame::text(text),
                Message::Binary(bytes) => Frame::binary(Bytes::from_static(bytes)),
            };
            socket.send(frame).await.map_err(|error| broken(&error))?;
            let returned = next(&mut socket).await?;
            let shown = shown(&returned);
            log.extend(["< ", &shown, "\n"]);
            // As in the Go suite: its echo backend answers in text frames, whatever came.
            if returned.into_data() != message.payload() {
                return Err(ProbeError::Malformed(format!("{shown} in place of {message}")));
            }
        }
        Ok(())
    }
}

/// The next message, of what came whole.
async fn next(socket: &mut WebSocketStream<Stream>) -> Result<Frame, ProbeError> {
    loop {
        match socket.next().await {
            Some(Ok(frame)) if frame.is_text() || frame.is_binary() => return Ok(frame),
            Some(Ok(frame)) if !frame.is_close() => {}
            Some(Err(error)) => return Err(broken(&error)),
            _ => return Err(closed()),
        }
    }
}

fn response(answer: http::Response<Option<Vec<u8>>>) -> Response {
    let (head, body) = answer.into_parts();
    Response {
        version: head.version,
        status: head.status,
        headers: head.headers,
        body: body.unwrap_or_default().into(),
        session: None,
    }
}

/// A message in a few words.
fn shown(frame: &Frame) -> String {
    let text = match frame {
        Frame::Text(text) => format!("text {:?}", text.as_str()),
        other => {
            let bytes = other.clone().into_data();
            bytes.iter().fold("binary".to_owned(), |text, byte| format!("{text} {byte:02x}"))
        }
    };
    text.chars().take(SHOWN).collect()
}

/// What a WebSocket is that ended before all came back.
fn closed() -> ProbeError {
    ProbeError::Connection("the WebSocket was closed".to_owned())
}

/// What ended a WebSocket, or its opening.
fn broken(error: &Error) -> ProbeError {
    match error {
        Error::Io(error) => ProbeError::io(error),
        Error::Protocol(ProtocolError::HandshakeIncomplete) => ProbeError::closed(),
        Error::ConnectionClosed
        | Error::AlreadyClosed
        | Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => closed(),
        error => ProbeError::Malformed(error.to_string()),
    }
}

impl Repeatable for WebSocketExchange<'_> {
    type Attempt = Attempt;

    async fn attempt(&self) -> Attempt {
        let over = ProbeError::TimedOut(self.limit);
        let asked = self.outgoing.clone();
        let opening = Opening { hops: Vec::new(), asked, answer: Err(over.clone()) };
        let mut attempt = Attempt { opening, log: String::new(), returned: Err(over) };
        // What came until then is kept, and that it took too long is what it holds already.
        _ = timeout(self.limit, self.converse(&mut attempt)).await;
        attempt
    }

    async fn varied_attempt(&self, _: u16) -> Attempt {
        // Each has a client port of its own, and nothing else to choose a backend by.
        self.attempt().await
    }

    fn judge(&self, Attempt { opening, returned, .. }: &Attempt) -> Result<Captured, String> {
        match &opening.answer {
            Err(error) => Err(error.to_string()),
            Ok(response) if response.status != StatusCode::SWITCHING_PROTOCOLS => {
                let captured = response.captured().ok().flatten();
                Err(describe(response, captured.as_ref()))
            }
            Ok(_) => returned.clone().map(|()| Captured::default()).map_err(|it| it.to_string()),
        }
    }

    fn is_definite(Attempt { opening, returned, .. }: &Attempt) -> bool {
        let is_open = opening.answer.as_ref().is_ok_and(|it| it.status.is_informational());
        if is_open { returned.is_ok() } else { opening.is_definite() }
    }

    fn transcript(Attempt { opening, log, returned }: &Attempt) -> String {
        let opened = transcript(opening);
        match (&opening.answer, returned) {
            (Ok(_), Err(error)) if !log.is_empty() => format!("{opened}{log}! {error}\n"),
            _ => opened + log,
        }
    }

    fn mismatch(&self, observed: String) -> Mismatch {
        self.wanted.mismatch(observed)
    }
}
