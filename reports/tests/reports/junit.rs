use model::{
    extension::Extension,
    feature::Feature,
    plan::Decision,
    profile::Profile,
    verdict::{Failure, Mismatch},
};
use reports::junit::to_xml;

use crate::run::{Run, core, extended, failure, finding, provisional};

#[test]
fn each_test_of_the_plan_is_a_case() {
    let run = Run::of(&[Profile::GatewayHttp])
        .passes(core("HTTPRouteExactPathMatching"))
        .fails(core("HTTPRouteMatching"), failure())
        .errs(core("HTTPRouteHTTPSListener"), "failed to apply Secret tls: forbidden; grant create")
        .passes_with(core("HTTPRouteReferenceGrant"), vec![finding()])
        .leaves(core("HTTPRouteWeight"))
        .left_out(core("HTTPRouteRuleOrder"), Decision::Skip("named by --skip-tests".into()))
        .left_out(provisional(core("HTTPRouteRetry")), Decision::SkipProvisional)
        .left_out(
            extended("HTTPRouteCORS", Feature::HttpRouteCors),
            Decision::NotSupported(vec![Feature::HttpRouteCors]),
        );
    insta::assert_snapshot!(to_xml(&run.summary()).unwrap().unwrap());
}

#[test]
fn an_extension_has_a_suite_of_its_own() {
    let mut policy = core("PolicyAttachmentGateway");
    policy.info.extension = Some(Extension::PolicyAttachment);
    let run = Run::of(&[]).passes(core("HTTPRouteMatching")).fails(policy, failure());
    let xml = to_xml(&run.summary()).unwrap().unwrap();
    let (plain, extension) = xml.split_once("<testsuite name=\"POLICY-ATTACHMENT\"").unwrap();
    assert!(plain.contains("HTTPRouteMatching") && !plain.contains("PolicyAttachment"), "{plain}");
    assert!(extension.contains("PolicyAttachmentGateway"), "{extension}");
    assert!(!extension.contains("ROUTE-DELEGATION"), "{extension}");
}

#[test]
fn a_failure_in_company_is_a_flaky_pass_or_a_rerun_of_a_failure() {
    let run = Run::of(&[])
        .red_in_company("A", failure(), &["C", "D"])
        .red_in_company("B", failure(), &["C"])
        .passes(core("A"))
        .fails(core("B"), failure());
    let xml = to_xml(&run.summary()).unwrap().unwrap();
    let (passed, failed) = xml.split_once("name=\"B\"").unwrap();
    assert!(passed.contains("failures=\"1\""), "{passed}");
    for (case, element, beside) in
        [(passed, "flakyFailure", "beside C, D"), (failed, "rerunFailure", "beside C")]
    {
        assert!(case.contains(&format!("<{element} ")), "{case}");
        assert!(case.contains("404 without a body") && case.contains(beside), "{case}");
    }
    assert!(!passed.contains("<failure"), "{passed}");
}

#[test]
fn what_the_subject_says_cannot_break_the_file() {
    let mismatch = Mismatch::new("GET /", "200", "\u{1b}[31m<b>]]>&\u{0}");
    let run = Run::of(&[]).fails(core("A"), Failure::of(mismatch));
    let xml = to_xml(&run.summary()).unwrap().unwrap();
    assert!(!xml.contains('\u{1b}') && !xml.contains('\u{0}'), "{xml}");
    assert!(xml.contains("&lt;b&gt;"), "{xml}");
}
