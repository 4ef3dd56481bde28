use model::{
    feature::Feature,
    plan::Decision,
    verdict::{Failure, Mismatch},
};
use reports::tap::to_tap;

use crate::run::{Run, core, extended, failure, finding};

#[test]
fn each_test_of_the_plan_is_a_point() {
    let run = Run::of(&[])
        .passes(core("HTTPRouteExactPathMatching"))
        .fails(core("HTTPRouteMatching"), failure())
        .errs(core("HTTPRouteHTTPSListener"), "failed to apply Secret tls: forbidden")
        .passes_with(core("HTTPRouteReferenceGrant"), vec![finding()])
        .left_out(core("HTTPRouteRuleOrder"), Decision::Skip("see issue #12".into()))
        .left_out(
            extended("HTTPRouteCORS", Feature::HttpRouteCors),
            Decision::NotSupported(vec![Feature::HttpRouteCors]),
        );
    insta::assert_snapshot!(to_tap(&run.summary()).unwrap().unwrap());
}

#[test]
fn a_run_that_did_not_end_is_bailed_out_of() {
    let run = Run::of(&[]).passes(core("A")).leaves(core("B"));
    let tap = to_tap(&run.interrupted("interrupted").summary()).unwrap().unwrap();
    assert!(tap.contains("not ok 2 - B\n") && tap.contains("\nBail out! "), "{tap}");
}

#[test]
fn what_the_subject_says_is_no_point() {
    let mismatch = Mismatch::new("GET /", "200", "404\nok 7 - all is well # SKIP");
    let tap = to_tap(&Run::of(&[]).fails(core("A"), Failure::of(mismatch)).summary());
    let tap = tap.unwrap().unwrap();
    let points = tap.lines().filter(|line| line.starts_with("ok") || line.starts_with("not ok"));
    assert_eq!(points.count(), 1, "{tap}");
}
