//! What a file of expectations does to a run of the program.

#[path = "common/program.rs"]
mod program;

use std::{fs, process::Output};

/// What the program says to a file of expectations, and its exit code.
fn answer(expectations: &str, line: &str) -> (String, Option<i32>) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("expected.yaml"), expectations).unwrap();
    let line = format!("{line} --expectations expected.yaml");
    let Output { status, stdout, stderr } =
        program::program(folder.path(), &line).output().unwrap();
    let text = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    (text, status.code())
}

#[test]
fn a_test_that_is_expected_to_fail_and_passes_fails_the_run() {
    let expectations =
        "- {test: HTTPRoute303*, expect: xfail, reason: no 303, link: 'https://e.com/1'}";
    let (text, code) = answer(expectations, "run --filter HTTPRoute30*");
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("XPASS") && text.contains("no 303 (https://e.com/1)"), "{text}");
    assert!(text.contains("2 passed, 1 passed unexpectedly"), "{text}");
}

#[test]
fn the_plan_says_what_is_expected() {
    let expectations = "
- {test: HTTPRoute303*, expect: skip, reason: crashes}
- {test: HTTPRoute307*/GET /a*, expect: flaky, reason: slow}
";
    let (text, code) = answer(expectations, "plan --filter HTTPRoute30*");
    assert_eq!(code, Some(0), "{text}");
    for expected in ["HTTPRoute303Redirect ", " crashes\n", "may fail at GET /a*: slow\n", "2 run"]
    {
        assert!(text.contains(expected), "{expected}: {text}");
    }
}

#[test]
fn an_expectation_that_is_over_is_told_and_does_nothing() {
    let expectations = "- {test: UDPRoute, expect: skip, reason: old, expires: 2026-11-01}";
    let (text, code) = answer(expectations, "run --filter UDPRoute");
    assert_eq!(code, Some(0), "{text}");
    let notice = "what was expected of UDPRoute holds no longer";
    assert!(text.contains(notice) && text.contains("1 passed"), "{text}");
}

#[test]
fn what_is_wrong_in_the_file_is_told() {
    for (expectations, expected) in [
        ("- {test: UDPRoutes, expect: skip, reason: r}", "did you mean \"UDPRoute\"?"),
        ("- {test: UDPRoute, expect: skip}", "missing field `reason`"),
        ("- {test: UDPRoute, expect: never, reason: r}", "unknown variant `never`"),
        ("- {test: UDPRoute, expected: skip, reason: r}", "unknown field `expected`"),
    ] {
        let (text, code) = answer(expectations, "run");
        assert_eq!(code, Some(2), "{text}");
        assert!(text.contains("--expectations") && text.contains(expected), "{text}");
    }
}
