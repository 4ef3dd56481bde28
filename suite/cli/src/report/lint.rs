//! `report lint`.

use std::{collections::BTreeMap, fmt::Write as _, path::PathBuf};

use clap::Args;
use reports::published::{self, Finding};
use serde_json::json;

use super::reading;
use crate::{
    exit::{Exit, Stop},
    format::Format,
    output::print,
};

/// The flags of `report lint`.
#[derive(Debug, Args)]
pub struct LintArgs {
    /// Reports, or folders of them: all YAML files below.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// How to print what is found.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Prints which reports break which rules; they pass if none does.
pub fn lint(args: &LintArgs) -> Result<Exit, Stop> {
    let reports = reading::found(&args.paths)?;
    let findings: Vec<_> = reports.iter().flat_map(published::lint).collect();
    print(&match args.format {
        Format::Text => as_text(reports.len(), &findings),
        Format::Json => as_json(&findings)?,
    })?;
    Ok(if findings.is_empty() { Exit::Passed } else { Exit::Failed })
}

/// The findings by report, then how many break each rule.
fn as_text(reports: usize, findings: &[Finding]) -> String {
    let mut text = String::new();
    for of_one in findings.chunk_by(|one, other| one.path == other.path) {
        let _ = writeln!(text, "{}", of_one[0].path.display());
        for Finding { rule, message, .. } in of_one {
            let _ = writeln!(text, "  {:<14}  {message}", rule.name());
        }
    }
    let broken = findings.chunk_by(|one, other| one.path == other.path).count();
    let mut by_rule = BTreeMap::new();
    for finding in findings {
        by_rule.entry(finding.rule).or_insert_with(Vec::new).push(&finding.path);
    }
    if !by_rule.is_empty() {
        text.push('\n');
    }
    for (rule, mut paths) in by_rule {
        paths.dedup();
        let _ = writeln!(text, "{:>4}  {:<14}  {}", paths.len(), rule.name(), rule.text());
    }
    let _ = writeln!(text, "{broken} of {reports} reports break a rule");
    text
}

fn as_json(findings: &[Finding]) -> Result<String, Stop> {
    let findings = findings.iter().map(|Finding { path, rule, message }| {
        json!({ "path": path, "rule": rule.name(), "text": rule.text(), "message": message })
    });
    let text = serde_json::to_string_pretty(&findings.collect::<Vec<_>>());
    Ok(text.map_err(Stop::not_judged)? + "\n")
}
