//! What an earlier run tells a later one: what to run again, and what changed.

#[path = "common/program.rs"]
mod program;

use std::{fs, path::Path, process::Output};

/// What the program says with these arguments in this folder, and its exit code.
fn answer(folder: &Path, line: &str) -> (String, Option<i32>) {
    let mut program = program::program(folder, line);
    let Output { status, stdout, stderr } =
        program.env("SOURCE_DATE_EPOCH", "1764500000").output().unwrap();
    let text = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    (text, status.code())
}

#[test]
fn what_an_earlier_run_did_not_judge_is_run_again_and_told_to_pass() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (text, code) = answer(folder, "run --filter HTTPRoute*Matching --events all.jsonl");
    assert_eq!(code, Some(0), "{text}");

    // As if the run had been killed before one of its tests ended.
    let all = fs::read_to_string(folder.join("all.jsonl")).unwrap();
    let is_end =
        |line: &&str| line.contains("testFinished") && line.contains("HTTPRouteHeaderMatching");
    assert_eq!(all.lines().filter(is_end).count(), 1);
    let cut: Vec<_> = all.lines().filter(|line| !is_end(line)).collect();
    fs::write(folder.join("cut.jsonl"), cut.join("\n")).unwrap();

    let (text, code) = answer(folder, "run --failed-from cut.jsonl");
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("HTTPRouteHeaderMatching") && text.contains("1 passed"), "{text}");
    let (text, code) = answer(folder, "diff cut.jsonl all.jsonl");
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("HTTPRouteHeaderMatching  not judged -> passed\n1 of "), "{text}");
    let (text, code) = answer(folder, "run --failed-from all.jsonl");
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("there is nothing to run again"), "{text}");
}

#[test]
fn four_shards_give_the_bytes_of_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let well = |line: &str| {
        let (text, code) = answer(folder, line);
        assert_eq!(code, Some(0), "{line}: {text}");
        text
    };
    well("run --filter HTTPRoute*Redirect* --events all.jsonl --report-output whole.yaml");
    let mut tests = 0;
    for shard in 1..=4 {
        let flags = format!("--shard {shard}/4 --shard-by all.jsonl --events {shard}.jsonl");
        let text = well(&format!("run --filter HTTPRoute*Redirect* {flags}"));
        tests += text.matches("PASS ").count();
    }
    assert_eq!(tests, 8);
    well("report merge 3.jsonl 1.jsonl 4.jsonl 2.jsonl --report-output merged.yaml");
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    assert_eq!(read("merged.yaml"), read("whole.yaml"));

    let (text, code) = answer(folder, "report merge 1.jsonl 2.jsonl 3.jsonl --junit other.xml");
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("no shard has ") && !folder.join("other.xml").exists(), "{text}");
    let (text, code) = answer(folder, "run --shard 1/4 --report-output report.yaml");
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("one shard is no report"), "{text}");
}

#[test]
fn what_are_no_events_is_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("events.jsonl"), "no JSON").unwrap();
    for (line, expected) in [
        ("diff events.jsonl events.jsonl", "line 1 of the events"),
        ("diff nowhere.jsonl events.jsonl", "cannot read nowhere.jsonl"),
        ("run --failed-from nowhere.jsonl", "cannot read nowhere.jsonl"),
    ] {
        let (text, code) = answer(folder.path(), line);
        assert_eq!(code, Some(2), "{text}");
        assert!(text.contains(expected), "{line}: {text}");
    }
}
