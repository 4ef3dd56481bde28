//! What must come back on a WebSocket, and how one that goes wrong is told.

use futures::{SinkExt, StreamExt};
use model::exchange::{Exchange, Message, get};
use tokio::net::TcpStream;
use tokio_tungstenite::{WebSocketStream, accept_async, tungstenite::Message as Frame};

use crate::server::{HANG, Server, accept, echo, prober, serve, single, status};

const WANTED: Exchange =
    get("/ws").opens_websocket(&[Message::Text("hi"), Message::Binary(&[1, 2])]);

/// Opens a WebSocket for each client, and has `speak` do the rest.
async fn websockets<F>(
    speak: impl Fn(WebSocketStream<TcpStream>) -> F + Send + Sync + Clone + 'static,
) -> Server
where
    F: Future<Output = ()> + Send + 'static,
{
    accept(move |_, stream| {
        let speak = speak.clone();
        async move { speak(accept_async(stream).await.unwrap()).await }
    })
    .await
}

/// Returns each message in a text frame.
async fn return_all(mut socket: WebSocketStream<TcpStream>) {
    while let Some(Ok(frame)) = socket.next().await {
        let text = String::from_utf8(frame.into_data().to_vec()).unwrap();
        _ = socket.send(Frame::text(text)).await;
    }
}

/// What a single attempt observes in place of what is wanted, and its transcript.
async fn once(server: &Server) -> (String, String) {
    let mismatch = single().converge(&server.target(), &WANTED).await.unwrap_err();
    (mismatch.observed, mismatch.wire.unwrap())
}

#[tokio::test]
async fn what_is_sent_comes_back_three_times_in_a_row() {
    let server = websockets(return_all).await;
    let converged = prober(HANG).converge(&server.target(), &WANTED).await.unwrap();
    assert_eq!((converged.attempts, converged.first_error), (3, None));
}

#[tokio::test]
async fn an_answer_that_opens_none_is_told() {
    let server = serve(|_, _| status(404, "")).await;
    let (observed, wire) = once(&server).await;
    assert_eq!(observed, "404 (no backend answered)");
    assert!(wire.contains("> Upgrade: websocket") && wire.contains("< HTTP/1.1 404"), "{wire}");
    let server = serve(|_, request| echo(request)).await;
    assert!(once(&server).await.0.starts_with("200 from infra-backend-v1 in "));
}

#[tokio::test]
async fn a_message_that_does_not_come_back_is_told() {
    let server = websockets(|mut socket| async move {
        _ = socket.send(Frame::text("ho")).await;
        _ = socket.next().await;
    })
    .await;
    let (observed, wire) = once(&server).await;
    assert_eq!(observed, "the answer is malformed: text \"ho\" in place of text \"hi\"");
    assert!(wire.contains("\n> text \"hi\"\n< text \"ho\"\n! "), "{wire}");

    let server = websockets(|mut socket| async move {
        let first = socket.next().await.unwrap().unwrap();
        _ = socket.send(first).await;
        _ = socket.close(None).await;
    })
    .await;
    let (observed, wire) = once(&server).await;
    assert_eq!(observed, "the WebSocket was closed");
    assert!(wire.ends_with("> binary 01 02\n! the WebSocket was closed\n"), "{wire}");
}
