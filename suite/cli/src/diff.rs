//! `diff`: what changed since an earlier run.

use std::fmt::Write as _;

use reports::changes::{Change, Stood, changes};

use super::{
    args::DiffArgs,
    exit::{Exit, Stop},
    output::print,
    saved,
};

/// Prints which tests stand otherwise; it fails if one fails that did not.
pub fn diff(args: &DiffArgs) -> Result<Exit, Stop> {
    let (before, after) = (saved::read(&args.before)?, saved::read(&args.after)?);
    let changes = changes(&before, &after);
    print(&as_text(&changes, after.tests().count()))?;
    let is_worse = changes.iter().any(|change| change.after == Stood::Failed);
    Ok(if is_worse { Exit::Failed } else { Exit::Passed })
}

fn as_text(changes: &[Change], planned: usize) -> String {
    let mut text = String::new();
    let width = changes.iter().map(|change| change.test.len()).max().unwrap_or_default();
    for Change { test, before, after, why } in changes {
        let why = why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        let (before, after) = (before.name(), after.name());
        let _ = writeln!(text, "{test:width$}  {before} -> {after}{why}");
    }
    let count = |stood| changes.iter().filter(|change| change.after == stood).count();
    let _ = writeln!(
        text,
        "{} of {planned} tests changed: {} fail, {} fail as expected, {} pass, {} are not judged, {} are not run",
        changes.len(),
        count(Stood::Failed),
        count(Stood::Excused),
        count(Stood::Passed),
        count(Stood::Unjudged),
        count(Stood::Left),
    );
    text
}
