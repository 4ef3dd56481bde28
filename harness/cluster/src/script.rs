//! An API server that answers as a test tells it to.

use std::{
    collections::VecDeque,
    convert::Infallible,
    io,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use futures::{StreamExt, channel::mpsc};
use http::{Request, Response};
use http_body_util::{BodyExt, Full, StreamBody, combinators::BoxBody};
use hyper::body::Frame;
use kube::{
    Client,
    client::Body,
    core::{Status, response::StatusSummary},
};
use serde_json::{Value, json};

use crate::object::Object;

/// Answers requests in the order that the test gives, by method and path.
#[derive(Clone, Default)]
pub(crate) struct Script(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    answers: VecDeque<(String, Answer)>,
    asked: Vec<String>,
}

enum Answer {
    Broken,
    Json(u16, Value),
    Stream(mpsc::UnboundedReceiver<String>),
}

/// The server's side of a watch.
pub(crate) struct Feed(mpsc::UnboundedSender<String>);

impl Feed {
    pub fn send(&self, kind: &str, object: &Value) {
        self.0.unbounded_send(format!("{}\n", json!({ "type": kind, "object": object }))).unwrap();
    }

    /// Waits until the client has hung up.
    pub async fn closed(&self) {
        while !self.0.is_closed() {
            tokio::task::yield_now().await;
        }
    }
}

impl Script {
    /// Answers the next request that begins so (`GET /api/v1/pods`) with this.
    pub fn answers(self, request: &str, code: u16, body: Value) -> Self {
        self.push(request, Answer::Json(code, body));
        self
    }

    /// Refuses the next request that begins so.
    pub fn refuses(self, request: &str, code: u16, reason: &str, message: &str) -> Self {
        let status = Status {
            status: Some(StatusSummary::Failure),
            ..Status::failure(message, reason).with_code(code)
        };
        self.answers(request, code, serde_json::to_value(status).unwrap())
    }

    /// Breaks the connection instead of answering the next request that begins so.
    pub fn breaks(self, request: &str) -> Self {
        self.push(request, Answer::Broken);
        self
    }

    /// Answers the next request that begins so with this text.
    pub fn prints(self, request: &str, text: &str) -> Self {
        let (sender, receiver) = mpsc::unbounded();
        sender.unbounded_send(text.to_owned()).unwrap();
        self.push(request, Answer::Stream(receiver));
        self
    }

    /// Answers the next list of this path with these objects, and the watch after it with what is
    /// fed.
    pub fn watched(&self, path: &str, objects: &[Value]) -> Feed {
        let list = json!({
            "kind": "List", "apiVersion": "v1",
            "metadata": { "resourceVersion": "100" }, "items": objects,
        });
        let (sender, receiver) = mpsc::unbounded();
        self.push(&format!("GET {path}"), Answer::Json(200, list));
        self.push(&format!("GET {path}"), Answer::Stream(receiver));
        Feed(sender)
    }

    /// The requests so far, with method, path and query.
    pub fn asked(&self) -> Vec<String> {
        self.0.lock().unwrap().asked.clone()
    }

    pub fn client(&self) -> Client {
        let script = self.clone();
        let service = tower::service_fn(move |request: Request<Body>| {
            let response = script.respond(&request);
            async move { response }
        });
        Client::new(service, "default")
    }

    fn push(&self, request: &str, answer: Answer) {
        self.0.lock().unwrap().answers.push_back((request.to_owned(), answer));
    }

    fn respond(&self, request: &Request<Body>) -> io::Result<Response<BoxBody<Bytes, Infallible>>> {
        let mut inner = self.0.lock().unwrap();
        let line = format!("{} {}", request.method(), request.uri());
        inner.asked.push(line.clone());
        let next = inner.answers.iter().position(|(asked, _)| {
            line.strip_prefix(asked.as_str())
                .is_some_and(|rest| rest.starts_with(['?', '/']) || rest.is_empty())
        });
        let Some((_, answer)) = next.and_then(|index| inner.answers.remove(index)) else {
            let body = Full::new(Bytes::from(format!("no answer for {line}"))).boxed();
            return Ok(Response::builder().status(500).body(body).unwrap());
        };
        Ok(match answer {
            Answer::Broken => return Err(io::ErrorKind::ConnectionReset.into()),
            Answer::Json(code, body) => {
                let body = Full::new(Bytes::from(body.to_string())).boxed();
                Response::builder().status(code).body(body).unwrap()
            }
            Answer::Stream(lines) => {
                let frames = lines.map(|line| Ok(Frame::data(Bytes::from(line))));
                Response::new(BodyExt::boxed(StreamBody::new(frames)))
            }
        })
    }
}

/// A Gateway in namespace `infra`.
pub(crate) fn gateway(name: &str, version: u64, status: &Value) -> Value {
    json!({
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway",
        "metadata": {
            "name": name, "namespace": "infra", "uid": format!("uid-of-{name}"),
            "resourceVersion": version.to_string(), "generation": 1,
        },
        "spec": {}, "status": status,
    })
}

pub(crate) fn object(value: &Value) -> Object {
    serde_json::from_value(value.clone()).unwrap()
}
