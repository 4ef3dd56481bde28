//! What a run comes to, whatever the subject is: the same verdicts each time, nothing left behind,
//! and no success that was not seen.

#[path = "common/costly.rs"]
mod costly;
#[expect(dead_code, reason = "these runs may have a client of their own")]
#[path = "common/subject.rs"]
mod subject;

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use gateway_conformance::SUITE;
use harness::{
    Connection, Ended, Error, Options, Suite, Test,
    model::{
        event::EventKind,
        exchange::{call::call, calls_through, get, through},
        expectation::{Expect, Expectation},
        feature::Feature,
        timeouts::Limit,
        timing::SpanKind,
        verdict::Outcome,
        version::SuiteVersion,
    },
    prelude::{GRPC_V1, INFRA_V1},
};
use http::{Method, Request, Response};
use kube::{Client, client::Body};
use reports::summary::{Ending, Standing, Summary};
use testbed::{Lag, Testbed};
use tokio_util::sync::CancellationToken;

use self::{costly::COSTLY, subject::Subject};

/// Faults that these tests see beside their verdict, and whether a second is enough to: the specification wants
/// another reason than the one gives, and that nothing is forwarded by the other, and the Go suite does not ask for it.
const SEEN_AS_FINDINGS: [(&str, &[&str], bool); 2] = [
    ("refused-backend-reason-is-backend-not-found", &["HTTPRouteReferenceGrant"], true),
    (
        "refused-backend-forwarded",
        // Not those where nothing was forwarded before: a data plane that comes late refuses, as it must.
        &["TCPRouteReferenceGrant", "UDPRouteReferenceGrant"],
        // It may be late to end what was allowed before.
        false,
    ),
];

/// Runs the suite until it ends or an event comes that is the last one wanted.
async fn judge(
    subject: &Subject,
    options: Options,
    last: impl Fn(&EventKind) -> bool + Send + Sync + 'static,
) -> (Result<Ended, Error>, Summary) {
    judge_through(subject.connection().client, subject, options, last).await
}

/// Judges through another client than the testbed's own.
async fn judge_through(
    client: Client,
    subject: &Subject,
    options: Options,
    last: impl Fn(&EventKind) -> bool + Send + Sync + 'static,
) -> (Result<Ended, Error>, Summary) {
    let summary = Arc::new(Mutex::new(Summary::default()));
    let interrupt = CancellationToken::new();
    let events = {
        let (summary, interrupt) = (summary.clone(), interrupt.clone());
        move |event: harness::model::event::Event| {
            summary.lock().unwrap().fold(&event);
            if last(&event.kind) {
                interrupt.cancel();
            }
        }
    };
    let connection = Connection { client, ..subject.connection() };
    let ended = harness::run(connection, &SUITE, options, events, interrupt).await;
    let summary = summary.lock().unwrap().clone();
    (ended, summary)
}

/// A test's end without times and texts.
fn verdict(standing: Standing<'_>) -> &'static str {
    match standing {
        Standing::Passed => "passed",
        Standing::Failed(_) | Standing::FailedStrictly => "failed",
        Standing::Excused(_) => "failed as expected",
        Standing::PassedUnexpectedly(_) => "passed unexpectedly",
        Standing::Error(_) => "error",
        _ => "not judged",
    }
}

/// What a run has left of the Gateway API's objects. Its namespaces are still on their way out, with
/// the workloads in them.
async fn left_by_a_run(subject: &Subject) -> Vec<String> {
    let mut left = harness::clean(&subject.connection()).await.unwrap();
    left.retain(|object| {
        let kind = object.split(' ').next().unwrap_or_default();
        matches!(kind, "GatewayClass" | "Gateway" | "HTTPRoute" | "ReferenceGrant")
    });
    left
}

#[tokio::test(flavor = "multi_thread")]
async fn in_lanes_and_rounds_every_test_passes_each_time() {
    let subject = Subject::start(SuiteVersion::NEWEST, &[]).await.unwrap();
    let mut options = Options { rounds: 2, lanes: Some(2), ..subject.options() };
    options.selection.skip = COSTLY.map(Into::into).into();
    let notices = Arc::new(Mutex::new(Vec::new()));
    let heard = notices.clone();
    let (ended, summary) = judge(&subject, options, move |kind| {
        if let EventKind::Notice { text } = kind {
            heard.lock().unwrap().push(text.clone());
        }
        false
    })
    .await;
    let all = SUITE.tests.len() - COSTLY.len();
    assert_eq!(ended.unwrap(), Ended { passed: 2 * all, ..Ended::default() });
    assert_eq!(summary.counts().passed, all, "a test counts once");
    let uneven: Vec<_> = summary.rounds().filter(|(_, r)| (r.total, r.bad) != (2, 0)).collect();
    assert!(uneven.is_empty() && summary.rounds().count() == all, "{uneven:#?}");
    assert!(notices.lock().unwrap().is_empty(), "{notices:?}");
    let left = left_by_a_run(&subject).await;
    assert!(left.is_empty(), "{left:#?}");
}

/// The tests of the core features: enough for what is about none of them.
fn core() -> Vec<String> {
    let features = [Feature::Gateway, Feature::HttpRoute, Feature::ReferenceGrant];
    let is_core = |test: &&&Test| {
        test.extension.is_none() && test.features.iter().all(|feature| features.contains(feature))
    };
    SUITE.tests.iter().filter(is_core).map(|test| test.name.to_owned()).collect()
}

/// What a run of the core tests on such a testbed says beside them; every one of them passes.
async fn notices_of_a_run(lags: &[&str], max_parallel: usize) -> Vec<String> {
    let mut lag = Lag::default();
    for mode in lags {
        lag.set(mode.parse().unwrap());
    }
    let options = testbed::Options { lag, ..testbed::Options::default() };
    let subject = Subject::from(Testbed::start(options).await.unwrap());
    let mut options = Options { max_parallel, ..subject.options() };
    options.selection.filters = core();
    let notices = Arc::new(Mutex::new(Vec::new()));
    let heard = notices.clone();
    let (ended, _) = judge(&subject, options, move |kind| {
        if let EventKind::Notice { text } = kind {
            heard.lock().unwrap().push(text.clone());
        }
        false
    })
    .await;
    assert_eq!(ended.unwrap(), Ended { passed: core().len(), ..Ended::default() });
    let left = left_by_a_run(&subject).await;
    assert!(left.is_empty(), "{left:#?}");
    notices.lock().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_run_goes_on_in_copies_of_the_base_environment() {
    let notices = notices_of_a_run(&["configuration=1s"], 8).await;
    let [notice] = notices.as_slice() else { panic!("{notices:?}") };
    assert!(notice.contains("3 further copies"), "{notice}");
}

/// Their Gateways have used up the addresses that tests need.
#[tokio::test(flavor = "multi_thread")]
async fn copies_are_given_up_where_a_gateway_under_test_waits_for_an_address() {
    // Two tests at a time have enough, whatever either of them holds while it waits for more.
    let notices = notices_of_a_run(&["configuration=500ms", "address-pool=10"], 2).await;
    assert!(notices.iter().any(|it| it.contains("there is one lane from now on")), "{notices:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_fails_fails_in_the_table_of_its_rounds() {
    let fault = "exact-path-matches-prefix";
    let subject = Subject::start(SuiteVersion::NEWEST, &[fault]).await.unwrap();
    let mut options = Options { rounds: 2, ..subject.options() };
    options.selection.only = Some("HTTPRouteExactPathMatching".into());
    options.timeouts.scale(0.05).unwrap();
    let (ended, summary) = judge(&subject, options, |_| false).await;
    assert_eq!(ended.unwrap(), Ended { failed: 2, ..Ended::default() });
    assert_eq!(summary.counts().failed, 1);
    let rounds: Vec<_> = summary.rounds().map(|(_, rounds)| (rounds.total, rounds.bad)).collect();
    assert_eq!(rounds, [(2, 2)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_that_is_expected_fails_no_run_and_a_pass_that_is_not_does() {
    let subject =
        Subject::start(SuiteVersion::NEWEST, &["exact-path-matches-prefix"]).await.unwrap();
    let mut options = Options { fail_fast: true, ..subject.options() };
    options.selection.filters =
        vec!["HTTPRouteExactPathMatching".into(), "HTTPRouteRuleOrder".into()];
    options.selection.expectations = vec![Expectation {
        test: "HTTPRoute*/GET *".into(),
        expect: Expect::Xfail,
        reason: "prefixes".into(),
        link: None,
        expires: None,
    }];
    options.timeouts.scale(0.05).unwrap();
    let (ended, summary) = judge(&subject, options, |_| false).await;
    assert_eq!(ended.unwrap(), Ended { failed: 1, excused: 1, ..Ended::default() });
    let ends = |test| verdict(summary.test(test).unwrap().standing);
    assert_eq!(ends("HTTPRouteExactPathMatching"), "failed as expected");
    assert_eq!(ends("HTTPRouteRuleOrder"), "passed unexpectedly");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_run_after_the_other_gives_the_same_verdicts_and_leaves_nothing() {
    let subject = Subject::start(SuiteVersion::NEWEST, &[]).await.unwrap();
    for left_out in [&[][..], &COSTLY] {
        let mut options = subject.options();
        options.selection.skip = left_out.iter().map(|&test| test.into()).collect();
        let (ended, summary) = judge(&subject, options, |_| false).await;
        let others: BTreeMap<_, _> = summary
            .tests()
            .map(|result| (&result.test.info.name, (verdict(result.standing), result.findings)))
            .filter(|(name, end)| !left_out.contains(&name.as_str()) && *end != ("passed", &[]))
            .collect();
        assert!(others.is_empty(), "{others:#?}");
        let passed = SUITE.tests.len() - left_out.len();
        assert_eq!(ended.unwrap(), Ended { passed, ..Ended::default() });
        assert_eq!(left_by_a_run(&subject).await, [""; 0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_run_says_so_and_leaves_nothing() {
    let moments: [fn(&EventKind) -> bool; 4] = [
        |kind| matches!(kind, EventKind::RunStarted(_)),
        |kind| matches!(kind, EventKind::SetUp { .. }),
        |kind| matches!(kind, EventKind::TestStarted { .. }),
        |kind| matches!(kind, EventKind::TestFinished(_)),
    ];
    let subject = Subject::start(SuiteVersion::NEWEST, &[]).await.unwrap();
    for (index, last) in moments.into_iter().enumerate() {
        let (ended, summary) = judge(&subject, subject.options(), last).await;
        assert!(ended.map_or(true, |ended| ended.interrupted), "moment {index}");
        assert_eq!(summary.ending(), Ending::NotJudged, "moment {index}");
        assert!(summary.has_ended() && summary.incomplete().is_some(), "moment {index}");
        assert_eq!(left_by_a_run(&subject).await, [""; 0], "moment {index}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_off_outside_of_a_test_ends_the_run() {
    // For the end of the first round, and for its silence, the second would wait.
    let moments: [fn(&EventKind) -> bool; 2] = [
        |kind| matches!(kind, EventKind::TestFinished(_)),
        |kind| matches!(kind, EventKind::TestDrained { .. }),
    ];
    for (index, breaks) in moments.into_iter().enumerate() {
        let subject = Subject::start(SuiteVersion::NEWEST, &[]).await.unwrap();
        let mut options = Options { rounds: 2, ..subject.options() };
        options.selection.only = Some("HTTPRouteExactPathMatching".into());
        let last = move |kind: &EventKind| {
            assert!(!breaks(kind), "nobody listens");
            false
        };
        let (ended, summary) = judge(&subject, options, last).await;
        let error = ended.unwrap_err().to_string();
        assert!(error.contains("defect of the suite"), "moment {index}: {error}");
        assert!(error.contains("nobody listens"), "moment {index}: {error}");
        assert!(summary.has_ended() && summary.incomplete().is_some(), "moment {index}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_test_says_what_it_waited_for() {
    let subject = Subject::start(SuiteVersion::NEWEST, &["target-port-ignored"]).await.unwrap();
    let mut options = subject.options();
    options.selection.filters = vec!["HTTPRouteExactPathMatching".into()];
    let notices = Arc::new(Mutex::new(Vec::new()));
    let heard = notices.clone();
    let (ended, _) = judge(&subject, options, move |kind| {
        if let EventKind::Notice { text } = kind {
            heard.lock().unwrap().push(text.clone());
        }
        matches!(kind, EventKind::TestStep { step, .. } if step.contains("exchanges at"))
    })
    .await;
    assert!(ended.unwrap().interrupted);
    let notices = notices.lock().unwrap().join("\n");
    let told = "HTTPRouteExactPathMatching: interrupted, last at: ";
    assert!(notices.contains(told) && notices.contains(" exchanges at "), "{notices}");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_first_failure_no_test_begins_where_that_is_asked_for() {
    let subject = Subject::start(SuiteVersion::NEWEST, &["target-port-ignored"]).await.unwrap();
    let mut options = Options { fail_fast: true, max_parallel: 1, ..subject.options() };
    options.timeouts.scale(0.05).unwrap();
    let seen = Arc::new(Mutex::new((false, Vec::new())));
    let watching = {
        let seen = seen.clone();
        move |kind: &EventKind| {
            let (failed, begun_after) = &mut *seen.lock().unwrap();
            match kind {
                EventKind::TestFinished(end) => {
                    *failed |= matches!(end.outcome, Outcome::Failed { .. });
                }
                EventKind::TestStarted { test } if *failed => begun_after.push(test.clone()),
                _ => {}
            }
            false
        }
    };
    let (ended, summary) = judge(&subject, options, watching).await;
    assert_eq!(ended.unwrap().failed, 1);
    assert_eq!(*seen.lock().unwrap(), (true, vec![]));
    assert_eq!(summary.ending(), Ending::Failed);
    assert!(summary.incomplete().is_some(), "a report must say that tests were not run");
}

static UNDECLARED: Test = Test {
    name: "Undeclared",
    manifests: &["http-route/attachment/simple-same-namespace.yaml"],
    sends: &[through("same-namespace", &[get("/declared").reaches(INFRA_V1)])],
    run: |subject| {
        Box::pin(async {
            let gateway = subject.gateway("same-namespace").await?;
            gateway.http().must_give(&[get("/").reaches(INFRA_V1)]).await
        })
    },
    ..Test::DEFAULT
};

static UNDECLARED_CALL: Test = Test {
    name: "UndeclaredCall",
    manifests: &["http-route/attachment/simple-same-namespace.yaml"],
    sends: &[calls_through("same-namespace", &[call("a.B", "Get").reaches(GRPC_V1)])],
    run: |subject| {
        Box::pin(async {
            let gateway = subject.gateway("same-namespace").await?;
            gateway.grpc().must_give(&[call("a.B", "Put").reaches(GRPC_V1)]).await
        })
    },
    ..Test::DEFAULT
};

/// Who may run beside a test is read from what it declares.
#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_sends_what_it_does_not_declare_cannot_judge() {
    let subject = Subject::start(SuiteVersion::NEWEST, &[]).await.unwrap();
    let suite = Suite { tests: const { &[&UNDECLARED, &UNDECLARED_CALL] }, ..SUITE };
    let (options, connection) = (subject.options(), subject.connection());
    let errors = Arc::new(Mutex::new(Vec::new()));
    let told = errors.clone();
    let events = move |event: harness::model::event::Event| {
        if let EventKind::TestFinished(finished) = event.kind {
            told.lock().unwrap().push(finished.outcome);
        }
    };
    let ended = harness::run(connection, &suite, options, events, CancellationToken::new()).await;
    assert_eq!(ended.unwrap(), Ended { errors: 2, ..Ended::default() });
    let errors = format!("{:?}", errors.lock().unwrap());
    assert!(errors.contains("sends GET / to Gateway same-namespace"), "{errors}");
    assert!(errors.contains("calls a.B/Put of Gateway same-namespace"), "{errors}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finding_is_a_failure_only_where_that_is_asked_for() {
    for (fault, tests, is_told_soon) in SEEN_AS_FINDINGS {
        for strict in [false, true] {
            let subject = Subject::start(SuiteVersion::NEWEST, &[fault]).await.unwrap();
            let mut options = Options { strict, ..subject.options() };
            options.selection.filters = tests.iter().map(|&test| test.into()).collect();
            options.timeouts.scale(0.1).unwrap();
            let (ended, summary) = judge(&subject, options, |_| false).await;
            let (passed, failed) = if strict { (0, tests.len()) } else { (tests.len(), 0) };
            assert_eq!(ended.unwrap(), Ended { passed, failed, ..Ended::default() }, "{fault}");
            for test in tests {
                let result = summary.test(test).unwrap();
                assert_eq!(!result.findings.is_empty(), strict || is_told_soon, "{test}");
                assert_eq!(verdict(result.standing), if strict { "failed" } else { "passed" });
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_that_broke_and_went_on_leaves_a_failure_one() {
    let mut lag = Lag::default();
    lag.set("watches=20ms..60ms".parse().unwrap());
    let options = testbed::Options {
        faults: vec!["gateway-observed-generation-stale".into()],
        lag,
        ..testbed::Options::default()
    };
    let subject = Subject::from(Testbed::start(options).await.unwrap());
    let mut options = subject.options();
    let tests = ["GatewayModifyListeners", "GatewayObservedGenerationBump"];
    options.selection.filters = tests.map(str::to_owned).into();
    options.timeouts.scale(0.1).unwrap();
    let (ended, _) = judge(&subject, options, |_| false).await;
    assert_eq!(ended.unwrap(), Ended { failed: 2, ..Ended::default() });
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_support_a_mode_of_tls_and_refuses_it_passes() {
    const MIXED: &str = "TLSRouteModeMixed";
    for (without, test) in [
        (vec![MIXED], "TLSRouteListenerMixedTerminationNotSupported"),
        (vec![MIXED, "TLSRouteModeTerminate"], "TLSRouteListenerTerminateNotSupported"),
    ] {
        let without = without.into_iter().map(Into::into).collect();
        // Late enough for a test that looks to have to wait, however long it took to get there.
        let mut lag = Lag::default();
        lag.set("status=500ms".parse().unwrap());
        let options = testbed::Options { without, lag, ..testbed::Options::default() };
        let subject = Subject::from(Testbed::start(options).await.unwrap());
        let mut options = subject.options();
        options.selection.filters = vec![test.into()];
        let has_looked = Arc::new(AtomicBool::new(false));
        let heard = has_looked.clone();
        let (ended, _) = judge(&subject, options, move |kind| {
            if let EventKind::TestFinished(finished) = kind {
                let looked = finished.spans.iter().any(|span| span.kind == SpanKind::Status);
                heard.store(looked, Ordering::Relaxed);
            }
            false
        })
        .await;
        assert_eq!(ended.unwrap(), Ended { passed: 1, ..Ended::default() }, "{test}");
        assert!(has_looked.load(Ordering::Relaxed), "{test} looked at no status");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_beside_the_verdict_delays_no_test() {
    let subject = Subject::start(SuiteVersion::NEWEST, &[]).await.unwrap();
    let nobody: SocketAddr = (Ipv4Addr::LOCALHOST, 1).into();
    let mut options = Options { address_map: Some(Arc::new(move |_| nobody)), ..subject.options() };
    options.selection.only = Some("HTTPRouteInvalidCrossNamespaceParentRef".into());
    let (ended, summary) = judge(&subject, options, |_| false).await;
    assert_eq!(ended.unwrap(), Ended { passed: 1, ..Ended::default() });
    let result = summary.test("HTTPRouteInvalidCrossNamespaceParentRef").unwrap();
    let took = result.took.expect("it was judged");
    assert!(took < Duration::from_secs(15), "{took:?} of the 30 s that a verdict may take");
}

/// A client whose requests may be answered by somebody else than the API server.
fn with<F>(
    client: Client,
    answer: impl Fn(Client, Request<Body>) -> F + Send + Sync + 'static,
) -> Client
where
    F: Future<Output = Result<Response<Body>, kube::Error>> + Send + 'static,
{
    let namespace = client.default_namespace().to_owned();
    Client::new(tower::service_fn(move |request| answer(client.clone(), request)), namespace)
}

/// As an admission webhook of the implementation refuses this HTTPRoute.
async fn refused(
    client: Client,
    request: Request<Body>,
    route: &str,
) -> Result<Response<Body>, kube::Error> {
    let is_route = request.uri().path().ends_with(&format!("/httproutes/{route}"));
    if !is_route || request.method() == Method::DELETE {
        return client.send(request).await;
    }
    let status = serde_json::json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 403,
        "reason": "Forbidden",
        "message": "admission webhook \"routes.example.com\" denied the request: no",
    });
    let body = Body::from(status.to_string().into_bytes());
    Ok(Response::builder().status(403).body(body).expect("a response"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_admission_refuses_is_the_subjects_failure() {
    let subject = Subject::start(SuiteVersion::NEWEST, &[]).await.unwrap();
    let mut options = subject.options();
    options.selection.only = Some("HTTPRoutePathMatchOrder".into());
    let client = with(subject.connection().client, |client, request| {
        refused(client, request, "path-matching-order")
    });
    let (ended, summary) = judge_through(client, &subject, options, |_| false).await;
    assert_eq!(ended.unwrap(), Ended { failed: 1, ..Ended::default() });
    let result = summary.test("HTTPRoutePathMatchOrder").unwrap();
    let Standing::Failed(failure) = result.standing else { panic!("{:?}", result.standing) };
    let observed = &failure.mismatches[0].observed;
    assert_eq!(observed, "admission webhook \"routes.example.com\" refused it: no");
}

/// As the API server answers who asks for the log of a container that has not begun.
fn without_log() -> Response<Body> {
    let status = serde_json::json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 400,
        "reason": "BadRequest", "message": "the container is waiting to start: ContainerCreating",
    });
    let body = Body::from(status.to_string().into_bytes());
    Response::builder().status(400).body(body).expect("a response")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_without_a_log_is_left_out_as_long_as_there_is_another() {
    for (without, passed, errors) in [(1, 1, 0), (usize::MAX, 0, 1)] {
        let subject = Subject::start(SuiteVersion::NEWEST, &[]).await.unwrap();
        let mut options = subject.options();
        options.selection.only = Some("HTTPRouteRequestMirror".into());
        let asked = AtomicUsize::new(0);
        let client = with(subject.connection().client, move |client, request| {
            let is_log = request.uri().path().ends_with("/log");
            let is_left_out = is_log && asked.fetch_add(1, Ordering::Relaxed) < without;
            async move {
                if is_left_out {
                    return Ok(without_log());
                }
                client.send(request).await
            }
        });
        let (ended, _) = judge_through(client, &subject, options, |_| false).await;
        assert_eq!(ended.unwrap(), Ended { passed, errors, ..Ended::default() });
    }
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "stands for certificates that take long to make")]
async fn no_gateway_of_a_test_comes_before_its_certificate() {
    // With this fault it would never be right. All tests that it leaves green leave time to err.
    let subject = Subject::start(SuiteVersion::NEWEST, &["new-secret-ignored"]).await.unwrap();
    let mut options = subject.options();
    let fault = testbed::faults().iter().find(|fault| fault.name == "new-secret-ignored").unwrap();
    options.selection.skip = fault.tests.iter().map(|test| (*test).to_owned()).collect();
    options.timeouts.set(Limit::GatewayStatusMustHaveListeners, Duration::from_secs(5));
    options.timeouts.set(Limit::GatewayMustHaveCondition, Duration::from_secs(5));
    options.timeouts.set(Limit::NamespacesMustBeReady, Duration::from_secs(60));
    let client = with(subject.connection().client, |client, request| async move {
        if request.uri().path().contains("/secrets/") {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        client.send(request).await
    });
    let (ended, summary) = judge_through(client, &subject, options, |_| false).await;
    let red: Vec<_> = summary
        .tests()
        .filter(|result| matches!(verdict(result.standing), "failed" | "error"))
        .map(|result| &result.test.info.name)
        .collect();
    assert_eq!(red, [""; 0]);
    ended.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_red_in_company_and_green_alone_passes_and_is_told() {
    // Gateways queue, and the limit leaves time for one: of two tests whose Gateways come at once one is
    // late, whichever it is.
    let mut lag = Lag::default();
    lag.set("provisioning=3s,1".parse().unwrap());
    let options = testbed::Options { lag, ..testbed::Options::default() };
    let subject = Subject::from(Testbed::start(options).await.unwrap());
    let mut options = Options { gateways_ahead: 0, ..subject.options() };
    let tests = ["GatewayObservedGenerationBump", "GatewayPreserveForeignConditions"];
    options.selection.filters = tests.map(str::to_owned).into();
    options.timeouts.set(Limit::NamespacesMustBeReady, Duration::from_secs(5));
    let (ended, summary) = judge(&subject, options, |_| false).await;
    assert_eq!(ended.unwrap(), Ended { passed: 2, ..Ended::default() });
    let red: Vec<_> = summary.tests().filter_map(|result| result.in_company).collect();
    assert!(!red.is_empty() && red.iter().all(|red| !red.beside.is_empty()), "{red:#?}");
}
