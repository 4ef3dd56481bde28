//! What the command line prints where nothing is wrong.

#[path = "common/program.rs"]
mod program;

use std::{fs, path::Path, process::Output};

use gateway_conformance::SUITE;
use serde_json::{Value, json};
use tempfile::TempDir;

fn program(folder: &Path, line: &str) -> Output {
    program::program(folder, line).output().unwrap()
}

/// The output of a command that must end well.
fn output(line: &str) -> String {
    let Output { status, stdout, stderr } = program(&std::env::temp_dir(), line);
    assert_eq!(String::from_utf8(stderr).unwrap(), "", "{line}");
    assert_eq!(status.code(), Some(0), "{line}");
    String::from_utf8(stdout).unwrap()
}

fn keys(object: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = object.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn a_version_has_its_own_list() {
    let list: Vec<Value> =
        serde_json::from_str(&output("list --format json --suite-version v1.6.3")).unwrap();
    assert!(list.len() < SUITE.tests.len() && list.iter().all(|test| test["since"] == "v1.6.3"));
    let retry = list.iter().find(|test| test["name"] == "HTTPRouteRetry").unwrap();
    assert_eq!(retry["features"], serde_json::json!(["Gateway", "HTTPRoute", "HTTPRouteRetry"]));
}

#[test]
fn list_is_an_array_of_tests() {
    let list: Vec<Value> = serde_json::from_str(&output("list --format json")).unwrap();
    assert_eq!(list.len(), SUITE.tests.len());
    let names: Vec<_> = list.iter().map(|test| test["name"].as_str().unwrap()).collect();
    assert!(names.is_sorted(), "{names:?}");
    for test in &list {
        let always: Vec<_> = keys(test).into_iter().filter(|key| *key != "extension").collect();
        assert_eq!(
            always,
            ["features", "manifests", "name", "provisional", "requirement", "since", "spec"]
        );
    }
    let text = output("list");
    assert_eq!(text.lines().count(), list.len());
}

#[test]
fn faults_is_an_array_of_faults_with_tests_that_there_are() {
    let tests: Vec<Value> = serde_json::from_str(&output("list --format json")).unwrap();
    let faults: Vec<Value> = serde_json::from_str(&output("faults -format=json")).unwrap();
    assert!(faults.len() >= 60, "{}", faults.len());
    for fault in &faults {
        assert_eq!(keys(fault), ["name", "rule", "tests"]);
        for test in fault["tests"].as_array().unwrap() {
            assert!(tests.iter().any(|known| known["name"] == *test), "{fault}");
        }
    }
}

#[test]
fn a_test_is_explained() {
    insta::assert_snapshot!(output("explain HTTPRouteExactPathMatching"), @r#"
        HTTPRouteExactPathMatching

        Rule
          An exact path match on /abc MUST match requests to /abc only: not /abc/, not /Abc, not /abcd.

        Specification
          apis/v1/httproute_types.go#PathMatchExact

        Run for
          Gateway, HTTPRoute; in the suite since v1.6.3

        Applied
          http-route/matching/exact-path-matching.yaml
            HTTPRoute gateway-conformance-infra/exact-matching

        Sent
          through Gateway same-namespace
            GET /one must give 200 from infra-backend-v1 in gateway-conformance-infra
            GET /two must give 200 from infra-backend-v2 in gateway-conformance-infra
            GET / must give 404
            GET /one/example must give 404
            GET /two/ must give 404
            GET /Two must give 404
          through Gateway same-namespace
            GET /ones must give 404

        Judged, as suite/src/http_route/matching/exact_path_matching.rs says it
          async fn run(subject: &Subject) -> Verdict {
              let gateway = subject.gateway("same-namespace").await?;
              let route = subject.http_route("exact-matching").under(&gateway);

              route.must_be(&[Accepted.yes(), ResolvedRefs.yes()]).await?;
              gateway.http().must_give(EXCHANGES).await?;
              gateway.http().should_give(TEST.requirement, TEST.spec, LONGER).await
          }
        "#);
}

#[test]
fn every_test_can_be_explained() {
    let list: Vec<Value> = serde_json::from_str(&output("list --format json")).unwrap();
    for test in &list {
        let page = output(&format!("explain {}", test["name"].as_str().unwrap()));
        assert!(page.contains("\n  async fn run("), "{page}");
        let lines: Vec<_> = page.lines().collect();
        for manifest in test["manifests"].as_array().unwrap() {
            let path = format!("  {}", manifest.as_str().unwrap());
            let place = lines.iter().position(|line| *line == path).unwrap();
            assert!(lines[place + 1].starts_with("    "), "{path} has no object: {page}");
        }
    }
}

#[test]
fn help_and_version_end_well() {
    let help = output("--help");
    for command in ["run", "list", "testbed", "faults", "explain", "clean"] {
        assert!(help.contains(&format!("\n  {command} ")), "{help}");
    }
    assert!(output("run -help").contains("--gateway-class"));
    assert_eq!(output("-V"), concat!("gateway-conformance ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn a_feature_that_is_claimed_and_that_no_test_covers_is_said_to_be_so() {
    let folder = TempDir::new().unwrap();
    let claimed =
        "Gateway,HTTPRoute,ReferenceGrant,GatewayAddressRoutability,GatewayListenerFilters";
    let line = format!(
        "--supported-features {claimed} --filter HTTPRouteExactPathMatching --events events.jsonl"
    );
    let Output { status, stdout, stderr } = program(folder.path(), &line);
    let text = [stdout, stderr].map(|text| String::from_utf8(text).unwrap()).concat();
    assert_eq!(status.code(), Some(0), "{text}");
    let told =
        "claimed, and covered by no test: GatewayAddressRoutability, GatewayListenerFilters\n";
    assert_eq!(text.matches(told).count(), 2, "at the beginning and at the end: {text}");
    let events = fs::read_to_string(folder.path().join("events.jsonl")).unwrap();
    let started = events.lines().find(|line| line.contains("\"runStarted\"")).unwrap();
    let started: Value = serde_json::from_str(started).unwrap();
    assert_eq!(
        started["untestedFeatures"],
        json!(["GatewayAddressRoutability", "GatewayListenerFilters"])
    );
}

#[test]
fn a_run_on_the_testbed_writes_its_reports_in_the_working_folder() {
    let folder = TempDir::new().unwrap();
    let Output { status, stdout, stderr } =
        program(folder.path(), "--filter HTTPRouteExactPathMatching --events events.jsonl");
    let texts = [stdout, stderr].map(|text| String::from_utf8(text).unwrap()).concat();
    assert_eq!(status.code(), Some(0), "{texts}");
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(read("report.yaml").contains("organization: gateway-conformance"));
    assert!(read("junit.xml").contains("HTTPRouteExactPathMatching"));
    assert!(read("events.jsonl").lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
}
