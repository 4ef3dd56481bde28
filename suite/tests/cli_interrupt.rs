//! What Ctrl-C does to a run.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use tempfile::TempDir;

#[test]
fn an_interrupted_run_ends_with_a_report_that_says_so() {
    let folder = TempDir::new().unwrap();
    let mut run = Command::new(env!("CARGO_BIN_EXE_gateway-conformance"))
        .current_dir(folder.path())
        .env_clear()
        .env("HOME", folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(run.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.starts_with("set-up")));
    let signal = format!("kill -INT {}", run.id());
    assert!(Command::new("/bin/sh").args(["-c", &signal]).status().unwrap().success());

    let rest: Vec<String> = lines.collect();
    assert_eq!(run.wait().unwrap().code(), Some(3), "{rest:#?}");
    assert!(rest.iter().any(|line| line.contains("Ctrl-C again leaves at once")), "{rest:#?}");
    let report = fs::read_to_string(folder.path().join("report.yaml")).unwrap();
    assert!(report.starts_with("# incomplete: "), "{report}");
    assert!(!report.contains("result: success"), "{report}");
}
