//! Runs whose events were saved.

use std::{fs::File, io::BufReader, path::Path};

use anyhow::anyhow;
use reports::{events::read_events, summary::Summary};

use super::exit::Stop;

/// What the saved events of a run come to.
pub fn read(path: &Path) -> Result<Summary, Stop> {
    let wrong = |error: anyhow::Error| {
        Stop::usage(error.context(format!("cannot read {}", path.display())))
    };
    let file = File::open(path).map_err(|error| wrong(anyhow!(error)))?;
    let events = read_events(BufReader::new(file)).map_err(|error| wrong(anyhow!(error)))?;
    let mut summary = Summary::default();
    for event in &events {
        summary.fold(event);
    }
    if summary.started().is_none() {
        return Err(wrong(anyhow!("no run begins in it; name a file that --events wrote")));
    }
    Ok(summary)
}
