//! `report`: what can be done with reports once they are written.

mod compare;
mod github;
mod html;
mod lint;
mod merge;
mod reading;
mod submit;

use clap::Subcommand;

use super::exit::{Exit, Stop};

/// What to do with reports.
#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// Hold published reports against the rules of the Gateway API project. Nothing is fetched.
    Lint(lint::LintArgs),
    /// Put a report where the Gateway API project wants it, with its README. Nothing is sent anywhere.
    Submit(submit::SubmitArgs),
    /// Make one run of the shards of several machines, with the reports that it would have written.
    Merge(merge::MergeArgs),
    /// Tell in what reports differ.
    Compare(compare::CompareArgs),
    /// Tell GitHub Actions of a run: annotations on standard output, and the summary of the job.
    Github(github::GithubArgs),
    /// Make one HTML page over reports: what each implementation supports, release by release.
    Html(html::HtmlArgs),
}

/// Does it.
pub fn report(command: &ReportCommand) -> Result<Exit, Stop> {
    match command {
        ReportCommand::Lint(args) => lint::lint(args),
        ReportCommand::Submit(args) => submit::submit(args),
        ReportCommand::Merge(args) => merge::run(args),
        ReportCommand::Compare(args) => compare::run(args),
        ReportCommand::Github(args) => github::github(args),
        ReportCommand::Html(args) => html::html(args),
    }
}
