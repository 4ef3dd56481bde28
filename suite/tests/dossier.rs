//! What is kept of a test that failed, to be read where the cluster is no more.

#[path = "common/subject.rs"]
mod subject;

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex},
};

use harness::{
    Options,
    model::{event::Event, version::SuiteVersion},
};
use reports::{
    Reporter,
    dossier::{DossierWriter, check_empty, explain},
};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use self::subject::Subject;

/// Runs these tests on a reference Gateway with this fault, and keeps a dossier of what fails. The limits are as many times what
/// they are.
async fn keep(folder: &Path, fault: &str, tests: &[&str], times: f64) {
    let subject = Subject::start(SuiteVersion::NEWEST, &[fault]).await.unwrap();
    let mut options = Options { captures: Some(vec![]), ..subject.options() };
    options.selection.filters = tests.iter().map(|&test| test.into()).collect();
    options.timeouts.scale(times).unwrap();
    let writer = Arc::new(Mutex::new(DossierWriter::new(folder)));
    let told = writer.clone();
    let events = move |event: Event| told.lock().unwrap().event(&event);
    subject.judge(options, events, CancellationToken::new()).await.unwrap();
    writer.lock().unwrap().finish().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("dossiers");
    check_empty(&folder).unwrap();
    let tests = ["HTTPRouteExactPathMatching", "HTTPRouteSimpleSameNamespace"];
    keep(&folder, "exact-path-matches-prefix", &tests, 0.1).await;
    assert!(check_empty(&folder).is_err());
    let all: Vec<_> = fs::read_dir(&folder).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(all, ["HTTPRouteExactPathMatching"], "of what passed there is none");

    let index = explain(&folder).unwrap();
    assert!(index.contains("HTTPRouteExactPathMatching\n  GET /one/example"), "{index}");
    let folder = folder.join("HTTPRouteExactPathMatching");
    let text = explain(&folder).unwrap();
    for part in [
        "FAIL  HTTPRouteExactPathMatching",
        "> GET /one/example",
        "HTTPRoute gateway-conformance-infra/exact-matching, generation 1\n",
        "      same-namespace: Accepted=True/Accepted of generation 1",
        "Gateway gateway-conformance-infra/same-namespace, generation 1\n",
        "Deployment gateway-conformance-infra/infra-backend-v1",
        "log of ",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(fs::read_to_string(folder.join("explanation.txt")).unwrap(), text);
    let applied = fs::read_to_string(folder.join("applied.yaml")).unwrap();
    assert!(applied.contains("name: exact-matching"), "{applied}");
    let live = fs::read_to_string(folder.join("live.yaml")).unwrap();
    assert!(live.contains("uid: ") && live.contains("phase: Running"), "{live}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_leaves_the_cluster() {
    let folder = tempfile::tempdir().unwrap();
    keep(folder.path(), "new-secret-ignored", &["HTTPRouteHTTPSListener"], 0.01).await;
    let mut certificates = 0;
    for dossier in fs::read_dir(folder.path()).unwrap() {
        for file in ["dossier.json", "applied.yaml", "live.yaml", "explanation.txt"] {
            let text = fs::read_to_string(dossier.as_ref().unwrap().path().join(file)).unwrap();
            assert!(!text.contains("PRIVATE KEY"), "{file}: {text}");
        }
        let text = fs::read(dossier.unwrap().path().join("dossier.json")).unwrap();
        let whole: Value = serde_json::from_slice(&text).unwrap();
        for live in whole["captured"]["live"].as_array().unwrap() {
            let data = &live["object"]["data"];
            assert!(data["tls.key"].is_null() || data["tls.key"] == "(left out)", "{data}");
            certificates += usize::from(data["tls.crt"].as_str().is_some_and(|it| it.len() > 100));
        }
    }
    assert!(certificates > 0);
}
