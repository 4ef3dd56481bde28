use model::{
    expectation::{Expect, Expectation, Expected},
    plan::{Decision, PlannedTest},
    profile::Profile,
};
use reports::{conformance, junit, sidecar, summary::Ending};

use crate::run::{Run, at, core, failure};

pub fn expecting(expect: Expect, pattern: &str, test: PlannedTest) -> PlannedTest {
    let expectation = Expectation {
        test: pattern.into(),
        expect,
        reason: "no routes by header yet".into(),
        link: Some("https://example.com/issues/7".into()),
        expires: None,
    };
    PlannedTest { expected: Expected::of(&test.info.name, &[expectation]), ..test }
}

pub fn as_expected() -> Run {
    Run::of(&[Profile::GatewayHttp])
        .passes(core("HTTPRouteExactPathMatching"))
        .passes(expecting(Expect::Flaky, "HTTPRouteWeight", core("HTTPRouteWeight")))
        .fails(expecting(Expect::Flaky, "*Busy", core("HTTPRouteBusy")), failure())
        .fails(
            expecting(Expect::Xfail, "HTTPRouteMatching/GET /two*", core("HTTPRouteMatching")),
            failure(),
        )
}

#[test]
fn failures_that_are_expected_fail_the_report_and_not_the_run() {
    let summary = as_expected().summary();
    assert_eq!(summary.ending(), Ending::Passed);
    let report = conformance::report(&summary, at(0)).unwrap();
    assert_eq!(report.profiles[0].core.failed_tests, ["HTTPRouteBusy", "HTTPRouteMatching"]);
    let xml = junit::to_xml(&summary).unwrap().unwrap();
    assert!(xml.contains(r#"failures="0""#), "{xml}");
    assert!(xml.contains("failed as expected: no routes by header yet (https://"), "{xml}");
    assert!(xml.contains("404 without a body"), "{xml}");
}

#[test]
fn what_is_not_expected_fails_the_run() {
    let elsewhere = expecting(Expect::Xfail, "HTTPRouteA/GET /one*", core("HTTPRouteA"));
    let elsewhere = Run::of(&[]).fails(elsewhere, failure()).summary();
    assert_eq!((elsewhere.ending(), elsewhere.counts().failed), (Ending::Failed, 1));

    let passed = expecting(Expect::Xfail, "HTTPRouteA", core("HTTPRouteA"));
    let passed = Run::of(&[Profile::GatewayHttp]).passes(passed).summary();
    assert_eq!((passed.ending(), passed.counts().unexpected_passes), (Ending::Failed, 1));
    let report = conformance::report(&passed, at(0)).unwrap();
    assert_eq!(report.profiles[0].core.statistics.passed, 1);
    let xml = junit::to_xml(&passed).unwrap().unwrap();
    assert!(xml.contains("passed, though it was expected to fail: no routes by"), "{xml}");
}

#[test]
fn the_sidecar_says_why() {
    let mut run = as_expected()
        .passes(expecting(Expect::Xfail, "HTTPRouteA", core("HTTPRouteA")))
        .errs(core("HTTPRouteB"), "no connection")
        .left_out(core("HTTPRouteC"), Decision::Skip("crashes (https://example.com/1)".into()))
        .leaves(core("HTTPRouteD"))
        .red_in_company("HTTPRouteA", failure(), &["HTTPRouteB"]);
    run.started.timeouts = vec![("GatewayMustHaveAddress".into(), "60s".into())];
    insta::assert_snapshot!(sidecar::to_yaml(&run.summary()).unwrap().unwrap());
}
