//! Runs whose events were saved.

use std::{
    fs::File,
    io::{self, BufReader},
    path::Path,
};

use anyhow::anyhow;
use harness::model::event::Event;
use reports::{events::read_events, summary::Summary};

use super::exit::Stop;

/// The events that a run wrote to a file, or that come on standard input, which is `-`.
pub fn events(path: &Path) -> Result<Vec<Event>, Stop> {
    let wrong = |error: anyhow::Error| {
        Stop::usage(error.context(format!("cannot read {}", path.display())))
    };
    if path == Path::new("-") {
        return read_events(io::stdin().lock()).map_err(|error| wrong(anyhow!(error)));
    }
    let file = File::open(path).map_err(|error| wrong(anyhow!(error)))?;
    read_events(BufReader::new(file)).map_err(|error| wrong(anyhow!(error)))
}

/// What the events that a run wrote to a file come to.
pub fn read(path: &Path) -> Result<Summary, Stop> {
    let summary = fold(&events(path)?);
    if summary.started().is_none() {
        let text = "no run begins in it; name a file that --events wrote";
        return Err(Stop::usage(anyhow!("cannot read {}: {text}", path.display())));
    }
    Ok(summary)
}

/// What events come to.
pub fn fold(events: &[Event]) -> Summary {
    let mut summary = Summary::default();
    for event in events {
        summary.fold(event);
    }
    summary
}
