//! Tests of the user's own, as files: the example in `docs/own-tests`, and what is wrong in one.

#[path = "common/program.rs"]
mod program;
#[expect(dead_code, reason = "these runs have a suite of their own")]
#[path = "common/subject.rs"]
mod subject;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
    sync::{Arc, Mutex, PoisonError},
};

use gateway_conformance::SUITE;
use harness::{
    Ended, Options, OwnTests,
    model::{
        event::{Event, EventKind},
        feature::Feature,
        verdict::Outcome,
        version::SuiteVersion,
    },
};
use tokio_util::sync::CancellationToken;

use self::subject::Subject;

const FEATURE: &str = "testbed.gateway-conformance.dev/TimeoutPolicy";

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/own-tests")
}

/// What the program says, and its exit code.
fn answer(line: &str) -> (String, Option<i32>) {
    let folder = tempfile::tempdir().unwrap();
    let Output { status, stdout, stderr } = program::program(folder.path(), line).output().unwrap();
    let text = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    (text, status.code())
}

/// The example's tests, as the program reads them.
fn own() -> OwnTests {
    let read = |name: &str| (name.to_owned(), fs::read_to_string(example().join(name)).unwrap());
    let tests = ["target-not-found.yaml", "timeout-of-a-route.yaml"].map(read);
    OwnTests::read(&read("profile.yaml"), &tests).unwrap()
}

/// How the example's tests end on a testbed with these faults, and the events of that.
async fn judged(faults: &[&str]) -> (Ended, Vec<Event>) {
    let own = own();
    let suite = SUITE.with(std::slice::from_ref(&own)).unwrap();
    let subject = Subject::start(SuiteVersion::NEWEST, faults).await.unwrap();
    let mut options: Options = subject.options();
    options.selection.filters = vec!["Testbed*".to_owned()];
    options.selection.extensions = [own.extension].into();
    options.selection.also = [FEATURE.parse::<Feature>().unwrap()].into();
    options.timeouts.scale(0.05).unwrap();
    let events = Arc::new(Mutex::new(Vec::new()));
    let heard = events.clone();
    let hear = move |event| heard.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    let (connection, interrupt) = (subject.connection(), CancellationToken::new());
    let ended = harness::run(connection, suite, options, hear, interrupt).await.unwrap();
    let events = events.lock().unwrap().clone();
    (ended, events)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_passes_on_the_reference_and_fails_with_a_fault() {
    assert_eq!(judged(&[]).await.0, Ended { passed: 2, ..Ended::default() });

    let (ended, events) = judged(&["timeout-policy-ignored"]).await;
    assert_eq!((ended.passed, ended.failed), (1, 1));
    let failure = events.into_iter().find_map(|event| match event.kind {
        EventKind::TestFinished(test) => match test.outcome {
            Outcome::Failed { failure } => Some(failure.headline()),
            _ => None,
        },
        _ => None,
    });
    let failure = failure.unwrap();
    assert!(failure.starts_with("step 2: GET /?delay=250ms"), "{failure}");
}

#[test]
fn they_have_a_section_of_their_own() {
    let example = example().display().to_string();
    let tests = format!("--tests {example} --filter Testbed*");
    let (text, code) =
        answer(&format!("run {tests} --supported-features +{FEATURE} --tap /dev/stdout"));
    assert_eq!(code, Some(2), "a device is no file: {text}");

    let folder = tempfile::tempdir().unwrap();
    let line =
        format!("run {tests} --supported-features +{FEATURE} --tap tests.tap --sidecar run.yaml");
    let output = program::program(folder.path(), &line).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("TESTBED-TIMEOUTS extension: success (2 passed)"), "{text}");
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(read("junit.xml").contains("<testsuite name=\"TESTBED-TIMEOUTS\" tests=\"2\""));
    assert!(read("run.yaml").contains("extension: TESTBED-TIMEOUTS"));
    assert!(read("tests.tap").contains(" - TestbedTimeoutOfRoute\n"), "{}", read("tests.tap"));
    let report = read("report.yaml");
    assert!(!report.contains("TestbedTimeout") && !report.contains("testbed.gateway"), "{report}");
}

#[test]
fn one_whose_feature_is_not_claimed_is_not_run() {
    let example = example().display().to_string();
    let (text, code) = answer(&format!("plan --tests {example} --filter Testbed*"));
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("run   TestbedTimeoutOfRoute\n"), "{text}");
    assert!(text.contains(&format!("not claimed: {FEATURE}")), "{text}");

    let flags = "--supported-features +testbed.gateway-conformance.dev/TimeoutPolice";
    let (text, code) = answer(&format!("plan --tests {example} {flags}"));
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains(&format!("did you mean \"{FEATURE}\"?")), "{text}");
}

#[test]
fn what_one_checks_is_explained() {
    let example = example().display().to_string();
    let (text, code) = answer(&format!("explain TestbedTimeoutOfRoute --tests {example}"));
    assert_eq!(code, Some(0), "{text}");
    for expected in [
        "of TESTBED-TIMEOUTS, with --tests",
        "TimeoutPolicy gateway-conformance-infra/own-timeout-newer",
        "GET /?delay=250ms (Host: own-timeout.example.com) must give 504 from the Gateway itself",
        "reason: Conflicted",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
}

/// What the program says to a folder with this file beside the example's profile.
fn said_of(file: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(example().join("profile.yaml"), folder.path().join("profile.yaml")).unwrap();
    fs::write(folder.path().join("a.yaml"), file).unwrap();
    let output = program::program(folder.path(), "list --tests .").output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{file}");
    let text = String::from_utf8(output.stderr).unwrap();
    text.lines()
        .next()
        .unwrap_or_default()
        .replace("error: invalid value '.' for '--tests <DIR>': ", "")
}

#[test]
fn what_is_wrong_in_a_file_is_told_with_its_place() {
    let head = "test: A\nrequirement: r\nspec: s\nsteps:\n";
    let expects =
        format!("{head}- expect: {{object: {{kind: HTTPRoute, name: a}}, has: {{spec: {{}}}}}}\n");
    let sends = |text: &str| format!("{head}- send: {{gateway: same-namespace, {text}}}\n");
    let wrong = [
        String::new(),
        "test: A\nrequirement: r\nspec: s\nsteps: []\n".to_owned(),
        "test: A\nrequirement: r\nspec: s\nstep: []\n".to_owned(),
        format!("{head}- expects: {{}}\n"),
        format!("{head}- {{}}\n"),
        format!("{head}- delete: {{kind: HTTPRoute, name: a}}\n"),
        expects.clone(),
        expects.replace("test: A", "test: A/b"),
        expects.replace("test: A", "test: HTTPRouteMatching"),
        expects.replace("HTTPRoute,", "HTTPRout,"),
        expects.replace("spec: s", "spec: ' '"),
        expects.replace("spec: s", "spec: s\nfeatures: [HTTPRout]"),
        format!("{expects}---\napiVersion: v1\nkind: Service\nmetadata: {{}}\n"),
        format!("{expects}---\napiVersion: v1\nkind: Service\nmetadata: {{name: a}}\n"),
        format!("{expects}---\napiVersion: example.com/v1\nkind: Limit\nmetadata: {{name: a}}\n"),
        format!("{expects}---\napiVersion: [\n"),
        sends("requests: []"),
        sends("requests: [{path: a, answer: {status: 200}}]"),
        sends("requests: [{path: /, answer: {}}]"),
        sends("requests: [{path: /, answer: {status: 200, backend: b}}]"),
        sends("requests: [{path: /, answer: {status: 200, sees: {host: b}}}]"),
        sends("calls: [{service: a.B, method: C, status: UNAVAILABL}]"),
        sends("streams: [{listener: l, protocol: TLS, backend: b}]"),
    ];
    let told = wrong.map(|file| format!("{file}>>> {}", said_of(&file)));
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn the_schemas_name_every_field() {
    for (name, field) in [
        ("test", "requirement"),
        ("profile", "kinds"),
        ("expectations", "expires"),
        ("policy", "targetRefs"),
        ("delegation", "childLabel"),
        ("patch", "target"),
        ("events", "suiteVersion"),
        ("sidecar", "redInCompany"),
    ] {
        let (text, code) = answer(&format!("schema {name}"));
        assert_eq!(code, Some(0), "{text}");
        let schema: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(schema["$schema"].as_str().unwrap().contains("2020-12"), "{text}");
        assert!(text.contains(&format!("\"{field}\": {{")), "{text}");
    }
    let (text, code) = answer("schema tests");
    assert_eq!(code, Some(2));
    assert!(text.contains("did you mean \"test\"?"), "{text}");
}
