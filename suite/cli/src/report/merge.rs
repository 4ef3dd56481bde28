//! `report merge`.

use std::path::PathBuf;

use clap::Args;
use harness::model::event::EventKind;
use reports::{check_writable, merge};

use crate::{
    exit::{Exit, Stop},
    observer::Observer,
    saved,
    settings::Outputs,
};

/// The flags of `report merge`.
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// What each machine wrote to --events, for all K of --shard K/N, or all that one wrote; - is the standard input.
    #[arg(required = true, value_name = "EVENTS")]
    pub shards: Vec<PathBuf>,
    /// The report that the Gateway API project takes, YAML.
    #[arg(long, value_name = "FILE")]
    pub report_output: Option<PathBuf>,
    /// A JUnit report, XML.
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// What the report has no place for, YAML.
    #[arg(long, value_name = "FILE")]
    pub sidecar: Option<PathBuf>,
    /// The tests in the Test Anything Protocol, version 14.
    #[arg(long, value_name = "FILE")]
    pub tap: Option<PathBuf>,
    /// The events of all of them, JSON lines.
    #[arg(long, value_name = "FILE")]
    pub events: Option<PathBuf>,
}

/// Tells of the shards as of one run, and ends as that would have.
pub fn run(args: &MergeArgs) -> Result<Exit, Stop> {
    let MergeArgs { shards, report_output, junit, sidecar, tap, events } = args;
    let shards = shards.iter().map(|path| saved::events(path)).collect::<Result<_, _>>()?;
    let merged = merge::merge(shards).map_err(Stop::usage)?;
    if let (Some(EventKind::RunStarted(started)), true) =
        (merged.first().map(|event| &event.kind), report_output.is_some())
    {
        started.implementation.validate().map_err(Stop::usage)?;
    }
    let outputs = Outputs {
        report: report_output.clone(),
        junit: junit.clone(),
        sidecar: sidecar.clone(),
        tap: tap.clone(),
        events: events.clone(),
        ..Outputs::default()
    };
    for path in outputs.paths() {
        check_writable(path).map_err(Stop::usage)?;
    }
    let observer = Observer::new(&outputs).map_err(Stop::usage)?;
    for event in &merged {
        observer.event(event);
    }
    observer.finish().map_err(Stop::not_judged)?;
    Ok(match saved::fold(&merged).exit_code() {
        0 => Exit::Passed,
        1 => Exit::Failed,
        _ => Exit::NotJudged,
    })
}
