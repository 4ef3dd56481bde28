//! What a run asks of the cluster's API server.

#[expect(dead_code, reason = "what is counted here is asked through a client of its own")]
#[path = "common/subject.rs"]
mod subject;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use gateway_conformance::SUITE;
use harness::{Connection, Ended, Options};
use kube::Client;
use testbed::{Lag, Testbed};
use tokio_util::sync::CancellationToken;

use self::subject::Subject;

/// The requests of a run of one test whose statuses come that late.
async fn requests_with(late: &str) -> usize {
    let mut lag = Lag::default();
    lag.set(format!("status={late}").parse().unwrap());
    let testbed = Testbed::start(testbed::Options { lag, ..testbed::Options::default() });
    let testbed = testbed.await.unwrap();

    let asked = Arc::new(AtomicUsize::new(0));
    let (client, count) = (testbed.client(), asked.clone());
    let counting = tower::service_fn(move |request| {
        count.fetch_add(1, Ordering::Relaxed);
        let client = client.clone();
        async move { client.send(request).await }
    });
    let client = Client::new(counting, "default");
    let connection = Connection { client, description: "the embedded testbed".into() };

    let subject = Subject::from(testbed);
    let mut options: Options = subject.options();
    options.selection.only = Some("GatewayInvalidRouteKind".into());
    let ended = harness::run(connection, &SUITE, options, |_| {}, CancellationToken::new()).await;
    assert_eq!(ended.unwrap(), Ended { passed: 1, ..Ended::default() });
    asked.load(Ordering::Relaxed)
}

#[tokio::test(start_paused = true)]
async fn a_minute_of_waiting_costs_no_more_than_three_requests() {
    let (at_once, after_a_minute) = (requests_with("0s").await, requests_with("58s").await);
    assert!(after_a_minute <= at_once + 3, "{at_once} requests at once, {after_a_minute} later");
}
