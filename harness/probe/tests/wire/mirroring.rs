//! Which copies of requests are missed, and how it is counted how many there are.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use http::Request;
use hyper::body::Incoming;
use model::{
    exchange::{Exchange, get},
    verdict::Mismatch,
};
use probe::{Copies, Limits};
use tokio::time::{Instant, sleep_until};

use crate::server::{HANG, Server, V1, echo, prober, prober_with, serve, status};

const EXCHANGE: Exchange = get("/mirror?x=y").reaches(V1);
/// How late logs are.
const LATE: Duration = Duration::from_millis(30);

/// A Gateway that copies a request so often, by its number among all of those that are marked; and a mirror that
/// tells of each copy late.
async fn mirroring(
    copies: &Arc<Copies>,
    times: impl Fn(u32) -> usize + Send + Sync + 'static,
) -> Server {
    let (copies, marked) = (copies.clone(), AtomicU32::new(0));
    serve(move |_, request: &Request<Incoming>| {
        let path = request.uri().to_string();
        if path.contains("request-id") {
            let (copies, times) = (copies.clone(), times(marked.fetch_add(1, Ordering::SeqCst)));
            tokio::spawn(async move {
                sleep_until(Instant::now() + LATE).await;
                for _ in 0..times {
                    copies.told(0, &format!("Echoing back request made to {path} to client"));
                }
            });
        }
        echo(request)
    })
    .await
}

fn copies() -> Arc<Copies> {
    Arc::new(Copies::new(EXCHANGE.request, "an-id", 1))
}

async fn mirrored(
    is_copied: impl Fn(u32) -> bool + Send + Sync + 'static,
    limit: Duration,
) -> Result<(), Mismatch> {
    let copies = copies();
    let server = mirroring(&copies, move |number| usize::from(is_copied(number))).await;
    prober(limit).mirrored(&server.target(), &EXCHANGE, &["v2"], &copies).await
}

async fn share(times: impl Fn(u32) -> usize + Send + Sync + 'static) -> Result<String, Mismatch> {
    let copies = copies();
    let server = mirroring(&copies, times).await;
    let limits = Limits {
        request: HANG,
        consistency: Duration::from_millis(300),
        longest_pause: Duration::from_millis(5),
        successes: 3,
    };
    prober_with(limits).mirrored_share(&server.target(), &EXCHANGE, 0.2, &copies).await
}

#[tokio::test]
async fn a_gateway_that_learns_late_of_a_mirror_is_right() {
    mirrored(|number| number > 35, Duration::from_secs(30)).await.unwrap();
}

#[tokio::test]
async fn every_other_copy_is_not_enough() {
    let mismatch = mirrored(|number| number % 2 == 0, Duration::from_millis(500)).await;
    let Mismatch { expected, observed, .. } = mismatch.unwrap_err();
    assert!(expected.ends_with(", and a copy for v2"), "{expected}");
    let numbers: Vec<u32> = observed.split(' ').filter_map(|word| word.parse().ok()).collect();
    let [made, copied] = numbers[..] else { panic!("{observed}") };
    assert!(made % 10 == 0 && copied > 0 && copied <= made / 2, "{observed}");
}

#[tokio::test]
async fn a_gateway_that_answers_marked_requests_otherwise_is_wrong() {
    let server = serve(|_, request| {
        if request.uri().query().is_some_and(|query| query.contains("request-id")) {
            status(404, "")
        } else {
            echo(request)
        }
    })
    .await;
    let prober = prober(Duration::from_millis(300));
    let mismatch = prober.mirrored(&server.target(), &EXCHANGE, &["v2"], &copies()).await;
    assert_eq!(mismatch.unwrap_err().observed, "404 (no backend answered)");
}

#[tokio::test]
async fn copies_are_counted_until_it_is_clear_how_many_there_are() {
    let told = share(|number| usize::from(number % 5 == 0)).await.unwrap();
    let (_, told) = told.split_once("mirrored ").unwrap();
    let mirrored: f64 = told.split(' ').next().unwrap().parse().unwrap();
    // On a busy machine a copy can be later than is waited for.
    assert!((17.0..=20.0).contains(&mirrored), "{told}");
}

#[tokio::test]
async fn too_many_copies_are_as_wrong_as_too_few() {
    let too_many = share(|number| usize::from(number % 2 == 0));
    let too_few = share(|number| usize::from(number % 10 == 0));
    let (too_many, too_few) = tokio::join!(too_many, too_few);
    for (mismatch, by) in [(too_many, "mirrored 50.0 %"), (too_few, "mirrored 10.0 %")] {
        let Mismatch { observed, .. } = mismatch.unwrap_err();
        assert!(observed.contains(by), "{observed}");
    }
}

#[tokio::test]
async fn a_second_copy_of_a_request_is_one_too_many() {
    let twice = share(|number| if number % 5 == 0 { 2 } else { 0 }).await;
    let Mismatch { observed, .. } = twice.unwrap_err();
    assert!(observed.contains(" answers, mirrored "), "{observed}");
}
