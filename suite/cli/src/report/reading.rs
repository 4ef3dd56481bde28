//! Reading reports that are published.

use std::path::PathBuf;

use anyhow::anyhow;
use reports::published::{self, Document, Published};

use crate::exit::Stop;

/// The reports at these paths, of which each must have some.
pub(super) fn found(paths: &[PathBuf]) -> Result<Vec<Published>, Stop> {
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
pub(super) fn documents(reports: &[Published]) -> Result<Vec<Document>, Stop> {
    let read = |report: &Published| {
        let read = Document::read(&report.text).map(|(document, _)| document);
        read.map_err(|why| Stop::usage(anyhow!("{} is no report: {why}", report.path.display())))
    };
    reports.iter().map(read).collect()
}
