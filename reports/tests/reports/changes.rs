use model::verdict::{Failure, Mismatch};
use reports::changes::{changes, unwell};

use crate::run::{Run, core, failure};

#[test]
fn what_stands_otherwise_is_told_failures_first() {
    let before = Run::of(&[])
        .passes(core("A"))
        .fails(core("B"), failure())
        .passes(core("C"))
        .leaves(core("D"))
        .fails(core("E"), failure());
    let other = Failure::of(Mismatch::new("GET /", "200", "503"));
    let after = Run::of(&[])
        .fails(core("A"), other)
        .passes(core("B"))
        .passes(core("C"))
        .passes(core("D"))
        .fails(core("E"), failure())
        .errs(core("F"), "no answer");
    let before = before.summary();
    let told = changes(&before, &after.summary());
    let told = told.iter().map(|it| {
        let why = it.why.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
        format!("{}: {} -> {}{why}", it.test, it.before.name(), it.after.name())
    });
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n"), @r"
    A: passed -> failed: GET /: expected 200, observed 503
    F: not run -> not judged: no answer
    B: failed -> passed
    D: not judged -> passed
    ");
    let again: Vec<_> = unwell(&before).into_iter().collect();
    assert_eq!(again, ["B", "D", "E"]);
}
