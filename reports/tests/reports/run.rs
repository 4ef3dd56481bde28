//! Made-up runs, event by event.

use std::{collections::BTreeSet, time::Duration};

use jiff::Timestamp;
use model::{
    event::{Event, EventKind, RedInCompany, RunStarted, TestFinished},
    expectation::Expected,
    feature::Feature,
    implementation::Implementation,
    plan::{Decision, PlannedTest, TestInfo},
    profile::Profile,
    timing::{Answers, Settling},
    verdict::{Failure, Finding, JudgeError, Mismatch, Moment, Outcome},
    version::SuiteVersion,
};
use reports::{Reporter, summary::Summary};

/// 2026-11-23T10:00:00Z.
pub const START: i64 = 1_795_428_000;

pub fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(START * 1000 + milliseconds).unwrap()
}

/// A test whose features are GATEWAY-HTTP's core.
pub fn core(name: &str) -> PlannedTest {
    PlannedTest {
        info: TestInfo {
            name: name.into(),
            features: vec![Feature::Gateway, Feature::HttpRoute],
            extension: None,
            since: SuiteVersion::V1_6_3,
            provisional: false,
            manifests: vec![format!("http-route/{name}.yaml")],
            requirement: format!("What {name} is about MUST be so."),
            spec: "apis/v1/httproute_types.go#HTTPRouteRule".into(),
        },
        decision: Decision::Run,
        expected: Expected::default(),
    }
}

/// A test that needs this feature too.
pub fn extended(name: &str, feature: Feature) -> PlannedTest {
    let mut test = core(name);
    test.info.features.push(feature);
    test
}

pub fn provisional(test: PlannedTest) -> PlannedTest {
    PlannedTest { info: TestInfo { provisional: true, ..test.info }, ..test }
}

pub fn failure() -> Failure {
    Failure {
        timeline: vec![
            Moment {
                at: at(0),
                what: "HTTPRoute gateway-conformance-infra/matching applied".into(),
            },
            Moment {
                at: at(520),
                what: "HTTPRoute gateway-conformance-infra/matching: Accepted=True/Accepted".into(),
            },
            Moment { at: at(1740), what: "GET /two: 404 without a body".into() },
        ],
        ..Failure::of(Mismatch {
            since: Some(Duration::from_millis(28_260)),
            waited: Some(Duration::from_secs(30)),
            wire: Some(
                "> GET /two HTTP/1.1\r\n> host: 10.0.0.2\r\n\r\n< HTTP/1.1 404 Not Found".into(),
            ),
            ..Mismatch::new(
                "GET /two at Gateway same-namespace",
                "200 from infra-backend-v2 in gateway-conformance-infra",
                "404 without a body",
            )
        })
    }
    .because("no listener of the Gateway is programmed: Programmed=False/AddressNotAssigned")
}

pub fn finding() -> Finding {
    Finding {
        rule: "A refused backendRef SHOULD be named in the condition's message.".into(),
        spec: "apis/v1/shared_types.go#RouteReasonRefNotPermitted".into(),
        mismatch: Mismatch::new(
            "HTTPRoute gateway-conformance-infra/reference-grant",
            "a message that names web-backend",
            "\"not permitted\"",
        ),
    }
}

/// A run to be; tests come in any order, and the plan sorts them.
pub struct Run {
    pub started: RunStarted,
    ends: Vec<TestFinished>,
    in_company: Vec<RedInCompany>,
    incomplete: Option<String>,
}

pub fn fold(events: &[Event]) -> Summary {
    let mut summary = Summary::default();
    for event in events {
        summary.fold(event);
    }
    summary
}

/// Tells a reporter of these events.
pub fn tell(reporter: &mut impl Reporter, events: &[Event]) {
    for event in events {
        reporter.event(event);
    }
}

impl Run {
    pub fn of(profiles: &[Profile]) -> Self {
        Self {
            started: RunStarted {
                run: "7c1f0a52-2f4e-4b9a-9f53-0d6c3b1f8a11".into(),
                subject: "GatewayClass example in context kind".into(),
                suite_version: SuiteVersion::V1_7_0,
                gateway_api_version: "v1.7.0".into(),
                gateway_api_channel: "standard".into(),
                mode: "default".into(),
                implementation: Implementation {
                    contact: vec!["@example/maintainers".into()],
                    organization: "example".into(),
                    project: "gateway".into(),
                    url: "https://example.com".into(),
                    version: "v1.2.3".into(),
                },
                profiles: profiles.to_vec(),
                supported_features: profiles.iter().flat_map(|p| p.core()).collect::<BTreeSet<_>>(),
                untested_features: BTreeSet::new(),
                tests: vec![],
                timeouts: vec![],
                strict: false,
                rounds: 1,
            },
            ends: vec![],
            in_company: vec![],
            incomplete: None,
        }
    }

    pub fn supports(mut self, features: &[Feature]) -> Self {
        self.started.supported_features.extend(features);
        self
    }

    pub fn strictly(mut self) -> Self {
        self.started.strict = true;
        self
    }

    pub fn interrupted(mut self, why: &str) -> Self {
        self.incomplete = Some(why.into());
        self
    }

    pub fn left_out(mut self, test: PlannedTest, decision: Decision) -> Self {
        self.started.tests.push(PlannedTest { decision, ..test });
        self
    }

    /// Planned, and without an end.
    pub fn leaves(self, test: PlannedTest) -> Self {
        self.left_out(test, Decision::Run)
    }

    pub fn passes(self, test: PlannedTest) -> Self {
        self.ends(test, Outcome::Passed, vec![])
    }

    /// Passes after so long, in which an exchange came to be right after so long.
    pub fn passes_after(self, test: PlannedTest, took: Duration, settled: Duration) -> Self {
        let mut run = self.passes(test);
        let end = run.ends.last_mut().expect("it was added");
        end.took = took;
        end.settling.push(Settling {
            exchange: "GET /one at Gateway same-namespace".into(),
            first: "404 (no backend answered)".into(),
            attempts: 5,
            took: settled,
        });
        run
    }

    /// Passes with so many wrong ones of so many answers.
    pub fn passes_at_last(self, test: PlannedTest, wrong: u32, total: u32) -> Self {
        let mut run = self.passes(test);
        run.ends.last_mut().expect("it was added").answers = Answers { total, wrong };
        run
    }

    pub fn passes_with(self, test: PlannedTest, findings: Vec<Finding>) -> Self {
        self.ends(test, Outcome::Passed, findings)
    }

    pub fn fails(self, test: PlannedTest, failure: Failure) -> Self {
        self.ends(test, Outcome::Failed { failure }, vec![])
    }

    pub fn errs(self, test: PlannedTest, message: &str) -> Self {
        self.ends(test, Outcome::Error { error: JudgeError::new(message) }, vec![])
    }

    /// A test that ends otherwise here failed before, beside these.
    pub fn red_in_company(mut self, test: &str, failure: Failure, beside: &[&str]) -> Self {
        self.in_company.push(RedInCompany {
            test: test.into(),
            round: 1,
            failure,
            beside: beside.iter().map(ToString::to_string).collect(),
            took: Duration::from_secs(60),
        });
        self
    }

    fn ends(self, test: PlannedTest, outcome: Outcome, findings: Vec<Finding>) -> Self {
        self.ends_each_round(test, [(outcome, findings)])
    }

    /// Ends so round after round.
    pub fn ends_each_round(
        mut self,
        test: PlannedTest,
        ends: impl IntoIterator<Item = (Outcome, Vec<Finding>)>,
    ) -> Self {
        for (round, (outcome, findings)) in (1..).zip(ends) {
            self.started.rounds = self.started.rounds.max(round);
            self.ends.push(TestFinished {
                test: test.info.name.clone(),
                round,
                outcome,
                findings,
                settling: Vec::new(),
                answers: Answers::default(),
                spans: Vec::new(),
                took: Duration::from_millis(120),
            });
        }
        self.leaves(test)
    }

    /// Every event but the last.
    pub fn unfinished(mut self) -> Vec<Event> {
        self.started.tests.sort_by(|a, b| a.info.name.cmp(&b.info.name));
        let mut kinds = vec![
            EventKind::RunStarted(Box::new(self.started)),
            EventKind::SetUp { stage: "waiting for Gateway same-namespace: no address yet".into() },
            EventKind::SetUpDone { took: Duration::from_millis(1210) },
        ];
        for red in self.in_company {
            kinds.push(EventKind::TestStarted { test: red.test.clone() });
            kinds.push(EventKind::RedInCompany(Box::new(red)));
        }
        for end in self.ends {
            kinds.push(EventKind::TestStarted { test: end.test.clone() });
            kinds.push(EventKind::TestStep { test: end.test.clone(), step: "waits".into() });
            kinds.push(EventKind::TestFinished(Box::new(end)));
        }
        let times = (0..).map(|index| at(index * 100));
        kinds.into_iter().zip(times).map(|(kind, at)| Event { at, kind }).collect()
    }

    pub fn events(mut self) -> Vec<Event> {
        let incomplete = self.incomplete.take();
        let mut events = self.unfinished();
        let kind = EventKind::RunFinished { incomplete, took: Duration::from_millis(4210) };
        events.push(Event { at: at(4210), kind });
        events
    }

    pub fn summary(self) -> Summary {
        fold(&self.events())
    }
}
