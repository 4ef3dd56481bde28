//! What stands in the way of a run is told within 15 s, with what to do about it.

#[expect(dead_code, reason = "no run is made")]
#[path = "common/subject.rs"]
mod subject;

use std::time::Instant;

use gateway_conformance::SUITE;
use harness::{
    Check, Health, Options, Via,
    model::{fixtures::Images, version::SuiteVersion},
};

use self::subject::Subject;

/// What is found, in lines, without what differs each time.
fn told(checks: &[Check]) -> String {
    let lines = checks.iter().map(|Check { what, health, found, remedy }| {
        // Names of Pods are made up.
        let found = match found.split_once(": ") {
            Some((_, rest)) if found.starts_with("Pod ") => rest,
            _ => found,
        };
        let found: String = found.chars().filter(|c| !c.is_ascii_digit()).collect();
        let remedy = remedy.as_ref().map(|it| format!("\n    {it}")).unwrap_or_default();
        format!("{health:?} {what}: {found}{remedy}")
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_stands_in_the_way_on_the_testbed() {
    let subject = Subject::start(SuiteVersion::NEWEST, &[]).await.unwrap();
    let checks = harness::doctor(&subject.connection(), &SUITE, &subject.options()).await;
    let bad: Vec<_> = checks.iter().filter(|it| it.health == Health::Bad).collect();
    assert!(bad.is_empty() && checks.len() == 9, "{checks:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_wrong_is_told_at_once() {
    let subject = Subject::start(SuiteVersion::NEWEST, &[]).await.unwrap();
    let map = "registry.k8s.io/gateway-api/conformance/echo-basic=mirror.example/nothing:v1";
    let mut options = Options { gateway_class: "nobodys".into(), ..subject.options() };
    options.fixtures.images = Images { map: vec![map.parse().unwrap()], registry: None };
    let began = Instant::now();
    let checks = harness::doctor(&subject.connection(), &SUITE, &options).await;
    assert!(began.elapsed().as_secs() < 15, "{:?}", began.elapsed());
    insta::assert_snapshot!(told(&checks));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_cannot_be_reached_is_told_with_other_ways() {
    let subject = Subject::start(SuiteVersion::NEWEST, &[]).await.unwrap();
    let options = Options { via: Via::Relay("127.0.0.1:1".into()), ..subject.options() };
    let checks = harness::doctor(&subject.connection(), &SUITE, &options).await;
    let last = checks.last().unwrap();
    assert_eq!((last.what, last.health), ("reachability", Health::Bad), "{checks:#?}");
    assert!(last.remedy.as_ref().unwrap().contains("--via prober"), "{last:?}");
}
