//! `report`: what can be done with reports once they are written.

mod compare;
mod html;
mod lint;

use std::path::PathBuf;

use anyhow::anyhow;
use clap::Subcommand;
use reports::published::{self, Document, Published};

use super::exit::{Exit, Stop};

/// What to do with reports.
#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// Hold published reports against the rules of the Gateway API project. Nothing is fetched.
    Lint(lint::LintArgs),
    /// Tell in what reports differ.
    Compare(compare::CompareArgs),
    /// Make one HTML page over reports: what each implementation supports, release by release.
    Html(html::HtmlArgs),
}

/// Does it.
pub fn report(command: &ReportCommand) -> Result<Exit, Stop> {
    match command {
        ReportCommand::Lint(args) => lint::lint(args),
        ReportCommand::Compare(args) => compare::run(args),
        ReportCommand::Html(args) => html::html(args),
    }
}

/// The reports at these paths, of which each must have some.
fn found(paths: &[PathBuf]) -> Result<Vec<Published>, Stop> {
    let mut all = Vec::new();
    for path in paths {
        let reports = published::files(path).map_err(|(path, error)| {
            Stop::usage(anyhow!(error).context(format!("cannot read {}", path.display())))
        })?;
        if reports.is_empty() {
            let path = path.display();
            return Err(Stop::usage(anyhow!(
                "no report is in {path}; name a YAML file, or a folder with some"
            )));
        }
        all.extend(reports);
    }
    Ok(all)
}

/// What the reports say.
fn documents(reports: &[Published]) -> Result<Vec<Document>, Stop> {
    let read = |report: &Published| {
        let read = Document::read(&report.text).map(|(document, _)| document);
        read.map_err(|why| Stop::usage(anyhow!("{} is no report: {why}", report.path.display())))
    };
    reports.iter().map(read).collect()
}
