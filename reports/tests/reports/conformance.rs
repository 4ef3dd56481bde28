use model::{feature::Feature, plan::Decision, profile::Profile};
use reports::{
    conformance::{report, to_yaml},
    summary::Ending,
};

use crate::run::{Run, at, core, extended, failure, finding, fold, provisional};

fn http() -> Run {
    Run::of(&[Profile::GatewayHttp])
}

fn yaml(run: Run) -> String {
    to_yaml(&report(&run.summary(), at(4210)).unwrap()).unwrap()
}

/// The part that depends on what was run.
fn profiles(run: Run) -> String {
    let yaml = yaml(run);
    let (_, profiles) = yaml.split_once("mode: default\n").unwrap();
    profiles.to_owned()
}

#[test]
fn everything_passed() {
    let run = http().passes(core("HTTPRouteMatching")).passes(core("HTTPRouteWeight"));
    insta::assert_snapshot!(yaml(run), @r#"
    apiVersion: gateway.networking.k8s.io/v1
    date: "2026-11-23T10:00:04Z"
    gatewayAPIChannel: standard
    gatewayAPIVersion: v1.7.0
    implementation:
      contact:
      - '@example/maintainers'
      organization: example
      project: gateway
      url: https://example.com
      version: v1.2.3
    kind: ConformanceReport
    mode: default
    profiles:
    - core:
        result: success
        statistics:
          Failed: 0
          Passed: 2
          Skipped: 0
      name: GATEWAY-HTTP
      summary: Core tests succeeded.
    "#);
}

#[test]
fn what_was_red_in_company_and_green_alone_passed() {
    let green = || http().passes(core("HTTPRouteMatching"));
    let red = green().red_in_company("HTTPRouteMatching", failure(), &["HTTPRouteWeight"]);
    assert_eq!(red.summary().ending(), Ending::Passed);
    let red = green().red_in_company("HTTPRouteMatching", failure(), &["HTTPRouteWeight"]);
    assert_eq!(yaml(red), yaml(green()));
}

#[test]
fn of_a_test_that_is_not_claimed_the_failure_alone_counts() {
    let cors = || provisional(extended("HTTPRouteCORS", Feature::HttpRouteCors));
    let brings_its_profile_only = "profiles:
- core:
    result: success
    statistics:
      Failed: 0
      Passed: 0
      Skipped: 0
  name: GATEWAY-HTTP
  summary: Core tests succeeded.
";
    assert_eq!(profiles(http().passes(cors())), brings_its_profile_only);
    let skipped = Decision::Skip("named by --skip-tests".into());
    assert_eq!(profiles(http().left_out(cors(), skipped)), brings_its_profile_only);
    let failed = profiles(http().fails(cors(), failure()));
    assert!(failed.contains("Extended tests failed with 1 test failures."), "{failed}");
}

#[test]
fn what_fail_fast_leaves_is_not_in_the_report() {
    let mut grpc = core("GRPCRouteWeight");
    grpc.info.features = vec![Feature::Gateway, Feature::GrpcRoute];
    let run = Run::of(&[Profile::GatewayHttp, Profile::GatewayGrpc])
        .supports(&[Feature::HttpRouteCors])
        .passes(extended("HTTPRouteCORS", Feature::HttpRouteCors))
        .fails(core("HTTPRouteMatching"), failure())
        .leaves(core("HTTPRouteWeight"))
        .leaves(grpc);
    let yaml = yaml(run);
    assert!(
        yaml.starts_with("# incomplete: 2 tests were not run; 2 of 4 tests judged\n"),
        "{yaml}"
    );
    assert!(!yaml.contains("HTTPRouteWeight") && !yaml.contains("GATEWAY-GRPC"), "{yaml}");
    assert!(
        yaml.contains("Core tests failed with 1 test failures. Extended tests partially"),
        "{yaml}"
    );
}

#[test]
fn a_version_that_looks_like_a_date_stays_a_text() {
    let mut run = http();
    run.started.implementation.version = "2026-11-23".into();
    run.started.implementation.project = "on".into();
    run.started.mode = "1.28".into();
    let yaml = yaml(run);
    assert!(yaml.contains("\n  version: \"2026-11-23\"\n"), "{yaml}");
    assert!(yaml.contains("\n  project: \"on\"\n"), "{yaml}");
    assert!(yaml.contains("\nmode: '1.28'\n"), "{yaml}");
}

#[test]
fn failures_outweigh_skips_and_are_named_sorted() {
    let run = http()
        .fails(core("HTTPRouteWeight"), failure())
        .fails(core("HTTPRouteMatching"), failure())
        .left_out(core("HTTPRouteCrossNamespace"), Decision::Skip("named by --skip-tests".into()))
        .passes(core("HTTPRouteReferenceGrant"));
    insta::assert_snapshot!(profiles(run), @"
    profiles:
    - core:
        failedTests:
        - HTTPRouteMatching
        - HTTPRouteWeight
        result: failure
        skippedTests:
        - HTTPRouteCrossNamespace
        statistics:
          Failed: 2
          Passed: 1
          Skipped: 1
      name: GATEWAY-HTTP
      summary: Core tests failed with 2 test failures.
    ");
}

#[test]
fn skips_alone_are_partial() {
    let run = http()
        .passes(core("HTTPRouteWeight"))
        .left_out(core("HTTPRouteMatching"), Decision::Skip("named by --skip-tests".into()));
    insta::assert_snapshot!(profiles(run), @"
    profiles:
    - core:
        result: partial
        skippedTests:
        - HTTPRouteMatching
        statistics:
          Failed: 0
          Passed: 1
          Skipped: 1
      name: GATEWAY-HTTP
      summary: Core tests partially succeeded with 1 test skips.
    ");
}

#[test]
fn extended_features_are_listed_with_those_that_are_not_claimed() {
    let run = http()
        .supports(&[Feature::HttpRouteMethodMatching, Feature::GatewayPort8080])
        .passes(core("HTTPRouteWeight"))
        .passes(extended("HTTPRouteMethodMatching", Feature::HttpRouteMethodMatching))
        .left_out(
            extended("HTTPRouteCORS", Feature::HttpRouteCors),
            Decision::NotSupported(vec![Feature::HttpRouteCors]),
        );
    insta::assert_snapshot!(profiles(run), @"
    profiles:
    - core:
        result: success
        statistics:
          Failed: 0
          Passed: 1
          Skipped: 0
      extended:
        result: success
        statistics:
          Failed: 0
          Passed: 1
          Skipped: 0
        supportedFeatures:
        - GatewayPort8080
        - HTTPRouteMethodMatching
        unsupportedFeatures:
        - BackendTLSPolicy
        - BackendTLSPolicySANValidation
        - ClusterTrustBundle
        - GatewayAddressEmpty
        - GatewayAddressRoutability
        - GatewayAddressRoutabilityCluster
        - GatewayBackendClientCertificate
        - GatewayFrontendClientCertificateValidation
        - GatewayFrontendClientCertificateValidationInsecureFallback
        - GatewayHTTPListenerIsolation
        - GatewayHTTPSListenerDetectMisdirectedRequests
        - GatewayInfrastructure
        - GatewayListenerFilters
        - GatewayRouteHostnameIntersectionPrecedence
        - GatewayStaticAddresses
        - HTTPRoute303RedirectStatusCode
        - HTTPRoute307RedirectStatusCode
        - HTTPRoute308RedirectStatusCode
        - HTTPRouteBackendProtocolH2C
        - HTTPRouteBackendProtocolWebSocket
        - HTTPRouteBackendRequestHeaderModification
        - HTTPRouteBackendTimeout
        - HTTPRouteBackendURLRewrite
        - HTTPRouteCORS
        - HTTPRouteDestinationPortMatching
        - HTTPRouteHostRewrite
        - HTTPRouteNamedRouteRule
        - HTTPRouteParentRefPort
        - HTTPRoutePathRedirect
        - HTTPRoutePathRewrite
        - HTTPRoutePortRedirect
        - HTTPRouteQueryParamMatching
        - HTTPRouteRequestMirror
        - HTTPRouteRequestMultipleMirrors
        - HTTPRouteRequestPercentageMirror
        - HTTPRouteRequestTimeout
        - HTTPRouteResponseHeaderModification
        - HTTPRouteRetryCodes
        - HTTPRouteRetryConnectionError
        - HTTPRouteSchemeRedirect
        - ListenerSet
      name: GATEWAY-HTTP
      summary: Core tests succeeded. Extended tests succeeded.
    ");
}

#[test]
fn what_is_not_supported_counts_nowhere_but_brings_its_profile() {
    let mut grpc = core("GRPCRouteWeight");
    grpc.info.features = vec![Feature::Gateway, Feature::GrpcRoute];
    let run = Run::of(&[Profile::GatewayHttp, Profile::GatewayGrpc, Profile::MeshHttp])
        .left_out(grpc, Decision::NotSupported(vec![Feature::GrpcRoute]))
        .passes(core("HTTPRouteWeight"));
    insta::assert_snapshot!(profiles(run), @"
    profiles:
    - core:
        result: success
        statistics:
          Failed: 0
          Passed: 0
          Skipped: 0
      name: GATEWAY-GRPC
      summary: Core tests succeeded.
    - core:
        result: success
        statistics:
          Failed: 0
          Passed: 1
          Skipped: 0
      name: GATEWAY-HTTP
      summary: Core tests succeeded.
    ");
}

#[test]
fn a_test_counts_in_each_profile_that_holds_its_features() {
    let mut policy = core("BackendTLSPolicyX");
    policy.info.features = vec![Feature::Gateway, Feature::BackendTlsPolicy];
    let run = Run::of(&[Profile::GatewayTls, Profile::GatewayHttp])
        .supports(&[Feature::BackendTlsPolicy])
        .passes(core("HTTPRouteWeight"))
        .passes(policy);
    let report = report(&run.summary(), at(0)).unwrap();
    let names: Vec<_> = report.profiles.iter().map(|profile| profile.name.name()).collect();
    assert_eq!(names, ["GATEWAY-HTTP", "GATEWAY-TLS"]);
    for profile in report.profiles {
        assert_eq!(profile.extended.unwrap().section.statistics.passed, 1);
    }
}

#[test]
fn provisional_tests_are_listed_when_they_passed_and_vanish_when_left_out() {
    let run = http()
        .passes(provisional(core("HTTPRouteWeight")))
        .fails(provisional(core("HTTPRouteMatching")), failure())
        .left_out(provisional(core("HTTPRouteRetry")), Decision::SkipProvisional);
    insta::assert_snapshot!(profiles(run), @"
    profiles:
    - core:
        failedTests:
        - HTTPRouteMatching
        result: failure
        statistics:
          Failed: 1
          Passed: 1
          Skipped: 0
      name: GATEWAY-HTTP
      summary: Core tests failed with 1 test failures.
    succeededProvisionalTests:
    - HTTPRouteWeight
    ");
}

#[test]
fn an_interrupted_run_says_so_first_and_succeeds_nowhere() {
    let run = http()
        .supports(&[Feature::HttpRouteMethodMatching])
        .passes(core("HTTPRouteWeight"))
        .passes(extended("HTTPRouteMethodMatching", Feature::HttpRouteMethodMatching))
        .leaves(core("HTTPRouteMatching"))
        .interrupted("interrupted\nby Ctrl-C");
    let summary = run.summary();
    assert_eq!(summary.ending(), Ending::NotJudged);
    let yaml = to_yaml(&report(&summary, at(0)).unwrap()).unwrap();
    assert!(!yaml.contains("success\n"), "{yaml}");
    insta::assert_snapshot!(
        yaml.lines().filter(|l| l.contains("incomplete") || l.contains("summary")).collect::<Vec<_>>().join("\n"),
        @"
    # incomplete: interrupted by Ctrl-C; 2 of 3 tests judged
      summary: Core tests partially succeeded with 1 test skips. Extended tests partially succeeded with 0 test skips.
    "
    );
}

#[test]
fn a_run_without_its_last_event_is_incomplete_though_all_passed() {
    let summary = fold(&http().passes(core("HTTPRouteWeight")).unfinished());
    let report = report(&summary, at(0)).unwrap();
    assert_eq!(report.incomplete.unwrap(), "the run did not end; 1 of 1 tests judged");
    assert_eq!(report.profiles[0].core.result.name(), "partial");
    assert_eq!(summary.exit_code(), 3);
}

#[test]
fn an_error_is_neither_success_nor_failure() {
    let run = http().passes(core("HTTPRouteWeight")).errs(core("HTTPRouteMatching"), "forbidden");
    let summary = run.summary();
    assert_eq!(summary.exit_code(), 3);
    let report = report(&summary, at(0)).unwrap();
    assert_eq!(report.profiles[0].core.result.name(), "partial");
    assert_eq!(report.profiles[0].core.skipped_tests, ["HTTPRouteMatching"]);
    assert_eq!(report.incomplete.unwrap(), "1 test ended in an error; 1 of 2 tests judged");
}

#[test]
fn a_failure_outweighs_an_error_and_an_interrupt_outweighs_both() {
    let run = || http().fails(core("A"), failure()).errs(core("B"), "forbidden");
    assert_eq!(run().summary().exit_code(), 1);
    assert_eq!(run().interrupted("interrupted").summary().exit_code(), 3);
}

#[test]
fn findings_are_failures_only_when_asked() {
    let run = || http().passes_with(core("HTTPRouteWeight"), vec![finding()]);
    assert_eq!(run().summary().exit_code(), 0);
    let strict = run().strictly().summary();
    assert_eq!(strict.exit_code(), 1);
    let report = report(&strict, at(0)).unwrap();
    assert_eq!(report.profiles[0].core.failed_tests, ["HTTPRouteWeight"]);
}

#[test]
fn the_same_tests_give_the_same_bytes_in_any_order_of_ending() {
    let ab = http().passes(core("A")).fails(core("B"), failure());
    let ba = http().fails(core("B"), failure()).passes(core("A"));
    assert_eq!(yaml(ab), yaml(ba));
}
