//! What `plan` says for combinations of flags: how many tests a run would judge, and why not the others.

#[path = "common/program.rs"]
mod program;

use std::{collections::BTreeMap, fmt::Write as _};

use serde_json::Value;

/// What the program prints with these arguments, and how it ends.
fn answer(line: &str) -> (String, String, Option<i32>) {
    let folder = tempfile::tempdir().unwrap();
    let output = program::program(folder.path(), line).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code())
}

/// How many tests run, and how many do not for which reason.
fn in_numbers(plan: &Value) -> String {
    let mut by_reason = BTreeMap::new();
    for test in plan["tests"].as_array().unwrap() {
        assert_eq!(test["runs"] == true, test["reason"].is_null(), "{test}");
        let reason = test["reason"].as_str().unwrap_or("run");
        // Which features are not claimed is another thing for nearly every test.
        let reason = reason.split_once(": ").map_or(reason, |(reason, _)| reason);
        *by_reason.entry(reason).or_insert(0) += 1;
    }
    let runs = by_reason.remove("run").unwrap_or(0);
    let mut text = format!("{runs} run\n");
    for (reason, count) in by_reason {
        writeln!(text, "  {count} {reason}").unwrap();
    }
    text
}

#[test]
fn combinations_of_flags_are_planned() {
    let mut table = String::new();
    for flags in [
        "",
        "--extensions POLICY-ATTACHMENT,ROUTE-DELEGATION",
        "--suite-version v1.6.3 --allow-crds-mismatch",
        "--conformance-profiles GATEWAY-TCP --supported-features TCPRoute,Gateway",
        "--conformance-profiles GATEWAY-GRPC --skip-provisional-tests",
        "--all-features --exempt-features HTTPRouteCORS --skip-tests HTTPRouteWeight,UDPRoute",
        "--filter HTTPRoute*Redirect*",
        "--run-test PolicyAttachmentCascade",
        "--max-gateways 2 --filter *Gateway*",
    ] {
        let (plan, errors, code) = answer(&format!("plan --format json {flags}"));
        assert_eq!((errors.as_str(), code), ("", Some(0)), "{flags}");
        let plan = serde_json::from_str(&plan).unwrap();
        writeln!(table, "plan {flags}\n{}", in_numbers(&plan)).unwrap();
    }
    insta::assert_snapshot!(table);
}

#[test]
fn a_plan_is_read_by_people_too() {
    let (text, _, code) = answer("plan --filter HTTPRoute303*");
    assert_eq!(code, Some(0));
    assert!(text.contains("run   HTTPRoute303Redirect\n"), "{text}");
    assert!(text.contains("not matched by --filter"), "{text}");
    assert!(text.contains("1 run"), "{text}");
    assert!(text.contains("not asked for, see --extensions: POLICY-ATTACHMENT"), "{text}");
}

#[test]
fn a_run_that_could_judge_nothing_for_want_of_features_is_refused() {
    let gateway = "for one: it needs Gateway, and";
    for (flags, told) in [
        ("--supported-features Mesh,HTTPRoute", gateway),
        ("--supported-features HTTPRoute --shard 2/4", gateway),
        (
            "--supported-features Gateway,HTTPRoute --filter HTTPRouteCORS",
            "HTTPRouteCORS, for one: it needs HTTPRouteCORS, and",
        ),
    ] {
        for command in ["plan", "run"] {
            let (text, errors, code) = answer(&format!("{command} {flags}"));
            assert_eq!(code, Some(3), "{command} {flags}: {text}{errors}");
            assert!(errors.contains(told), "{command} {flags}: {errors}");
        }
    }
    // Where a part is empty by chance, or is left out because that was asked for, nothing is wrong.
    let one = "--supported-features Gateway,HTTPRoute --filter HTTPRouteExactPathMatching";
    for flags in ["--shard 1/2", "--shard 2/2", "--skip-tests HTTPRouteExactPathMatching"] {
        let (_, errors, code) = answer(&format!("plan {one} {flags}"));
        assert_eq!((errors.as_str(), code), ("", Some(0)), "{flags}");
    }
}

#[test]
fn what_is_wrong_in_the_flags_is_wrong_in_a_plan() {
    let (_, errors, code) = answer("plan --run-test HTTPRouteMatchin");
    assert_eq!(code, Some(2));
    assert!(errors.contains("did you mean \"HTTPRouteMatching\"?"), "{errors}");
}
