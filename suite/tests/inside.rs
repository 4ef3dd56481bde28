//! What makes a run part of something larger: commands at its moments, a Job in the cluster, a plugin of Sonobuoy.

#[path = "common/program.rs"]
mod program;

use std::{fs, path::Path, process::Output};

use serde::Deserialize;
use serde_json::Value;

fn answer(folder: &Path, arguments: &[&str]) -> (String, String, Option<i32>) {
    let Output { status, stdout, stderr } =
        program::program(folder, "").args(arguments).env("PATH", "/usr/bin:/bin").output().unwrap();
    let [stdout, stderr] = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (stdout, stderr, status.code())
}

const ONE: [&str; 3] = ["run", "--filter", "HTTPRouteExactPathMatching"];

#[test]
fn hooks_are_run_at_their_moments() {
    let folder = tempfile::tempdir().unwrap();
    let noted = "echo $GATEWAY_CONFORMANCE_PHASE $GATEWAY_CONFORMANCE_TEST >> moments";
    let hooks = ["after-setup", "before-test", "on-failure", "after-test"];
    let hooks = hooks.map(|phase| format!("--hook={phase}={noted}"));
    let arguments: Vec<_> = ONE.into_iter().chain(hooks.iter().map(String::as_str)).collect();
    let (out, err, code) = answer(folder.path(), &arguments);
    assert_eq!(code, Some(0), "{out}{err}");
    let moments = fs::read_to_string(folder.path().join("moments")).unwrap();
    let test = "HTTPRouteExactPathMatching";
    assert_eq!(moments, format!("after-setup\nbefore-test {test}\nafter-test {test}\n"));
}

#[test]
fn a_hook_that_fails_is_no_verdict() {
    let folder = tempfile::tempdir().unwrap();
    for (hook, code, told) in [
        ("after-setup=echo no waypoint; false", 3, "no waypoint"),
        ("before-test=echo no mesh; exit 7", 3, "no mesh"),
        ("after-test=exit 7", 0, "`exit 7` ended with"),
        ("before=true", 2, "is not PHASE=COMMAND"),
    ] {
        let arguments: Vec<_> = ONE.into_iter().chain(["--hook", hook]).collect();
        let (out, err, ended) = answer(folder.path(), &arguments);
        assert_eq!(ended, Some(code), "{hook}: {out}{err}");
        assert!(format!("{out}{err}").contains(told), "{hook}: {out}{err}");
    }
}

#[test]
fn events_alone_are_on_standard_output_if_they_are_wanted_there() {
    let folder = tempfile::tempdir().unwrap();
    let arguments: Vec<_> = ONE.into_iter().chain(["--events", "-"]).collect();
    let (out, err, code) = answer(folder.path(), &arguments);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    fs::write(folder.path().join("log"), out).unwrap();
    let line = "report merge - --report-output merged.yaml --junit merged.xml";
    let log = fs::File::open(folder.path().join("log")).unwrap();
    let output = program::program(folder.path(), line).stdin(log).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(read("merged.xml"), read("junit.xml"));
}

#[test]
fn sonobuoy_finds_what_a_plugin_found() {
    let folder = tempfile::tempdir().unwrap();
    let arguments: Vec<_> = ONE.into_iter().chain(["--sonobuoy", "."]).collect();
    let (out, err, code) = answer(folder.path(), &arguments);
    assert_eq!(code, Some(0), "{out}{err}");
    assert_eq!(fs::read_to_string(folder.path().join("done")).unwrap(), "./junit.xml");
    assert!(folder.path().join("junit.xml").exists());

    let plugin = ["job", "--image", "i", "--sonobuoy", "--", "--gateway-class", "c"];
    let (out, err, code) = answer(folder.path(), &plugin);
    assert_eq!(code, Some(0), "{out}{err}");
    let plugin = Value::deserialize(serde_yaml::Deserializer::from_str(&out)).unwrap();
    assert_eq!(plugin["spec"]["args"][1], "--gateway-class");
    assert_eq!(plugin["sonobuoy-config"]["result-format"], "junit");
}

#[test]
fn a_job_has_the_files_that_its_flags_name() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("expected.yaml"), "- {test: UDPRoute, expect: skip, reason: r}")
        .unwrap();
    let tests = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/own-tests");
    let flags = ["--gateway-class", "c", "--expectations=expected.yaml", "--tests", tests];
    let sonobuoy = ["job", "--image", "i", "--sonobuoy", "--"].into_iter().chain(flags);
    let (_, err, code) = answer(folder.path(), &sonobuoy.collect::<Vec<_>>());
    assert_eq!(code, Some(2), "{err}");
    assert!(err.contains("brings no files"), "{err}");
}

#[test]
fn a_job_that_could_not_be_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (flags, told) in [
        (&["--timeout-scale", "2"][..], "name the GatewayClass"),
        (&["--gateway-class", "c", "--kubeconfig", "k"], "no kubeconfig"),
        (&["--gateway-class", "c", "--junit", "j"], "report merge"),
        (&["--gateway-clas", "c"], "--gateway-class"),
    ] {
        let arguments: Vec<_> =
            ["job", "--image", "i", "--"].iter().chain(flags).copied().collect();
        let (out, err, code) = answer(folder.path(), &arguments);
        assert_eq!(code, Some(2), "{flags:?}: {out}{err}");
        assert!(err.contains(told), "{flags:?}: {err}");
    }
}

#[test]
fn github_shows_annotations_and_a_summary() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("expected.yaml"),
        "- {test: HTTPRoute303Redirect, expect: xfail, reason: no 303}",
    )
    .unwrap();
    let run = "run --filter HTTPRoute30* --events events.jsonl --expectations expected.yaml";
    let (out, err, code) = answer(folder.path(), &run.split(' ').collect::<Vec<_>>());
    assert_eq!(code, Some(1), "{out}{err}");
    let mut github = program::program(folder.path(), "report github events.jsonl");
    let output = github.env("GITHUB_STEP_SUMMARY", "summary.md").output().unwrap();
    let annotations = String::from_utf8(output.stdout).unwrap();
    let told = "::error title=HTTPRoute303Redirect::passed, though it was expected to fail: no 303";
    assert!(output.status.success() && annotations.starts_with(told), "{annotations}");
    let summary = fs::read_to_string(folder.path().join("summary.md")).unwrap();
    assert!(summary.contains("2 passed, 1 passed unexpectedly"), "{summary}");
}

#[test]
fn a_package_has_completions_and_pages() {
    let folder = tempfile::tempdir().unwrap();
    let (script, _, code) = answer(folder.path(), &["completions", "bash"]);
    assert!(code == Some(0) && script.contains("--timeout-scale"), "{script}");
    let (out, err, code) = answer(folder.path(), &["man", "pages"]);
    assert_eq!(code, Some(0), "{out}{err}");
    let page = fs::read_to_string(folder.path().join("pages/gateway-conformance-run.1")).unwrap();
    assert!(page.contains("timeout\\-scale"), "{page}");
}
