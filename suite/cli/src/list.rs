//! `list`: all tests. No input but the binary itself.

use std::fmt::Write;

use harness::model::plan::TestInfo;

use super::{
    args::ListArgs,
    exit::{Exit, Stop},
    format::Format,
    output::print,
};

/// Prints all tests, sorted by name as in reports.
pub fn list(args: &ListArgs, mut tests: Vec<TestInfo>) -> Result<Exit, Stop> {
    if let Some(version) = args.suite_version {
        tests = tests.iter().filter_map(|test| test.of(version)).collect();
    }
    tests.sort_by(|a, b| a.name.cmp(&b.name));
    let text = match args.format {
        Format::Json => serde_json::to_string_pretty(&tests).map_err(Stop::not_judged)? + "\n",
        Format::Text => as_text(&tests),
    };
    print(&text)?;
    Ok(Exit::Passed)
}

fn as_text(tests: &[TestInfo]) -> String {
    let width = tests.iter().map(|test| test.name.len()).max().unwrap_or_default();
    let mut text = String::new();
    for test in tests {
        let features: Vec<_> = test.features.iter().map(|feature| feature.name()).collect();
        let provisional = if test.provisional { " (provisional)" } else { "" };
        let extension = test.extension.map(|it| format!(" ({it})")).unwrap_or_default();
        let _ = writeln!(
            text,
            "{:width$}  {}  {}{provisional}{extension}",
            test.name,
            test.since,
            features.join(",")
        );
    }
    text
}
