//! An API server that is away for a moment does not end a run: it restarts, it throttles, a
//! proxy before it drops connections. What was asked of it is asked again until it answers.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::{Method, Request, Response, header::RETRY_AFTER, request::Parts};
use http_body_util::BodyExt;
use kube::{Client, client::Body};
use tokio::time::{Instant, timeout};

use crate::{refusal::Refusal, wait};

/// How long one answer may take. Admission may take 30 s of it.
const ANSWER: Duration = Duration::from_secs(40);

/// How an outage is ridden out.
#[derive(Clone, Copy)]
struct Patience {
    /// How long the API server may be away before what is asked of it fails.
    limit: Duration,
    /// How soon it is asked again where it does not say when.
    pause: Duration,
}

impl Patience {
    /// That of a run.
    const HALF_A_MINUTE: Self =
        Self { limit: Duration::from_secs(30), pause: Duration::from_millis(250) };
}

/// A client for which outages of up to half a minute are no errors.
///
/// Everything that the suite asks may be asked twice (it applies, patches, deletes by name), but for
/// a replacement: that the first one was done would be seen as a conflict, and as another writer's.
pub(crate) fn ride_out(client: Client) -> Client {
    ride_out_with(client, Patience::HALF_A_MINUTE)
}

fn ride_out_with(client: Client, patience: Patience) -> Client {
    let namespace = client.default_namespace().to_owned();
    let outage = Arc::new(Outage { patience, since: Mutex::default() });
    let service = tower::service_fn(move |request| {
        let (client, outage) = (client.clone(), outage.clone());
        async move { ask(&client, &outage, request).await }
    });
    Client::new(service, namespace)
}

/// What all requests know of an outage, so that not each of them waits anew for a server that does
/// not come back.
struct Outage {
    patience: Patience,
    since: Mutex<Option<Instant>>,
}

impl Outage {
    fn since(&self) -> Instant {
        *self.since.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(Instant::now)
    }

    fn is_over(&self) {
        *self.since.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

type Answer = Result<Response<Body>, kube::Error>;

async fn ask(client: &Client, outage: &Outage, request: Request<Body>) -> Answer {
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let mut since = None;
    loop {
        let answer = ask_once(client, head.clone(), body.clone()).await;
        let pause = match &answer {
            Ok(response) => told_to_wait(response, outage.patience.pause),
            Err(error) => {
                let is_away = matches!(Refusal::of(error), Refusal::Unreachable(_));
                if is_away && head.method == Method::PUT {
                    return answer;
                }
                is_away.then_some(outage.patience.pause)
            }
        };
        let Some(pause) = pause else {
            outage.is_over();
            return answer;
        };
        // Others may be answered between two failures of this one; it does not wait for ever.
        let since = *since.get_or_insert_with(|| outage.since());
        if since.elapsed() + pause > outage.patience.limit {
            return answer;
        }
        wait::pause(pause).await;
    }
}

/// Asks, and takes the whole answer, which may break off; but for a watch and a log that is followed, which
/// have no end.
async fn ask_once(client: &Client, head: Parts, body: Bytes) -> Answer {
    let query = head.uri.query().unwrap_or_default();
    let is_endless = ["watch=true", "follow=true"].iter().any(|it| query.contains(it));
    let answer = timeout(ANSWER, async {
        let response = client.send(Request::from_parts(head, Body::from(body))).await?;
        if is_endless && response.status().is_success() {
            return Ok(response);
        }
        let (head, body) = response.into_parts();
        Ok(Response::from_parts(head, Body::from(body.collect().await?.to_bytes())))
    });
    answer.await.unwrap_or_else(|_elapsed| {
        let text = format!("no answer within {} s", ANSWER.as_secs());
        Err(kube::Error::Service(text.into()))
    })
}

/// How long to wait before the same is asked again, if the server is to be asked again.
fn told_to_wait(response: &Response<Body>, pause: Duration) -> Option<Duration> {
    let told =
        response.headers().get(RETRY_AFTER).and_then(|after| after.to_str().ok()?.parse().ok());
    let told = told.map(Duration::from_secs);
    match response.status().as_u16() {
        429 | 503 | 504 => Some(told.unwrap_or(pause)),
        500.. => told,
        _ => None,
    }
}

#[cfg(test)]
mod tests;
