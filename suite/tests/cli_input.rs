//! What the command line says to input that is wrong: one clear text, exit code 2 or 3, and nothing
//! left behind.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;

/// The program in an empty folder, far from any cluster of whoever runs the tests.
fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gateway-conformance"));
    command.current_dir(folder).env_clear().env("HOME", folder).env("NO_COLOR", "1");
    command
}

/// The command line, the exit code and the texts, as a script would see them.
fn answer(line: &str, files: &[(&str, &str)]) -> String {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let Output { status, stdout, stderr } =
        program(folder.path()).args(line.split_whitespace()).output().unwrap();
    let mut left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.retain(|name| files.iter().all(|(file, _)| file != name));
    assert_eq!(left, [""; 0], "{line}");
    let text = [stdout, stderr].map(|text| String::from_utf8(text).unwrap()).concat();
    let text = text.replace(folder.path().to_str().unwrap(), "[folder]");
    format!("$ {line}\n[{}] {}\n", status.code().unwrap(), text.trim())
}

fn answers(lines: &[&str]) -> String {
    lines.iter().map(|line| answer(line, &[])).collect::<Vec<_>>().join("\n")
}

#[test]
fn unknown_names_are_answered_with_the_nearest() {
    insta::assert_snapshot!(
        answers(&[
            "--gateway-clas mine",
            "-gateway-clas=mine",
            "lst",
            "run --run-test HTTPRouteWait",
            "--skip-tests HTTPRouteWeight,HTTPRouteWeigth",
            "--supported-features Gateway,HTTPRout",
            "--conformance-profiles GATEWAY-HTP",
            "--timeout-config-overrides RequestTimout:5",
            "--suite-version v1.7.1",
            "--filter HTTPRoutte*",
            "explain HTTPRouteWait",
            "faults --run path-prefix-matches-substrings",
            "testbed --fault path-prefix-matches-substrings",
        ]),
        @""
    );
}

#[test]
fn values_that_make_no_sense_are_refused() {
    insta::assert_snapshot!(
        answers(&[
            "--debug=maybe",
            "--debug true",
            "--version",
            "--max-parallel 0",
            "--timeout-scale 3x",
            "--address-map 10.0.0.1=127.0.0.1:80 --gateway-class mine",
            "--namespace-labels a --gateway-class mine",
            "list --format yaml",
            "testbed --channel stable",
            "testbed --address-range 127.0.0.0",
        ]),
        @""
    );
}

#[test]
fn what_contradicts_or_comes_later_is_refused() {
    insta::assert_snapshot!(
        answers(&[
            "--organization me --contact @me",
            "--gateway-class= --organization me",
            "--gateway-class mine --report-output report.yaml",
            "--mesh-name istio",
            "--usable-address 10.0.0.1",
            "--conformance-profiles MESH-HTTP",
            "clean",
        ]),
        @""
    );
}

#[test]
fn places_that_cannot_be_written_are_found_before_the_run() {
    insta::assert_snapshot!(
        answers(&["--report-output absent/report.yaml", "--junit .", "--events /proc/events.jsonl"]),
        @""
    );
}

#[test]
fn an_options_file_is_read_strictly() {
    let malformed = "gatewayClassName: mine\nimplementation:\n  organisation: me\n";
    insta::assert_snapshot!(
        [
            answer("--conformance-options-file options.yaml", &[("options.yaml", malformed)]),
            answer("--conformance-options-file options.yaml", &[("options.yaml", "debug: [")]),
            answer("--conformance-options-file absent.yaml", &[]),
        ]
        .join("\n"),
        @""
    );
}

#[test]
fn a_cluster_that_was_chosen_must_be_there() {
    let kubeconfig = "apiVersion: v1
kind: Config
current-context: here
clusters: [{name: here, cluster: {server: 'http://127.0.0.1:1'}}]
contexts: [{name: here, context: {cluster: here, user: me}}]
users: [{name: me, user: {}}]
";
    let config = ("config", kubeconfig);
    insta::assert_snapshot!(
        [
            answer("--gateway-class mine", &[]),
            answer("--kubeconfig absent", &[]),
            answer("--kubeconfig config --context there", &[config]),
            answer("--kubeconfig config --events events.jsonl", &[config]),
            answer("clean --kubeconfig config", &[config]),
        ]
        .join("\n"),
        @""
    );
}
