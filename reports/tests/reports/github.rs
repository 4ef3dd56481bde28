use model::{
    expectation::Expect,
    profile::Profile,
    verdict::{Failure, Mismatch},
};
use reports::github::{annotations, job_summary};

use crate::{
    expectations::{as_expected, expecting},
    run::{Run, core, failure},
};

fn mixed() -> Run {
    as_expected()
        .fails(core("HTTPRouteCORS"), failure())
        .errs(core("HTTPRouteB"), "no connection:\n100 % loss")
        .passes(expecting(Expect::Xfail, "HTTPRouteA", core("HTTPRouteA")))
}

#[test]
fn each_test_that_fails_the_run_is_an_error() {
    insta::assert_snapshot!(annotations(&mixed().summary()));
}

#[test]
fn a_job_is_summed_up() {
    insta::assert_snapshot!(job_summary(&mixed().summary()).unwrap());
    assert_eq!(job_summary(&reports::summary::Summary::default()), None);
}

#[test]
fn what_a_gateway_says_ends_no_block_and_no_command() {
    let run = Run::of(&[Profile::GatewayHttp]);
    let wrong = Mismatch::new("GET /", "200", "```\n::error::\n````");
    let run = run.fails(core("A"), Failure::of(wrong)).summary();
    assert_eq!(annotations(&run).lines().count(), 1);
    let text = job_summary(&run).unwrap();
    let fences = text.lines().filter(|line| line.starts_with("````")).count();
    assert_eq!(fences, 2, "{text}");
}
