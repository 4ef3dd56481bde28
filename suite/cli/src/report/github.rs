//! `report github`.

use std::{
    env,
    fs::OpenOptions,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::Args;
use reports::github::{annotations, job_summary};

use crate::{
    exit::{Exit, Stop},
    output::print,
    saved,
};

/// The flags of `report github`.
#[derive(Debug, Args)]
pub struct GithubArgs {
    /// What the run wrote to --events.
    pub events: PathBuf,
}

/// Prints annotations for the log, and adds the summary to the file that GitHub names for the job.
pub fn github(args: &GithubArgs) -> Result<Exit, Stop> {
    let run = saved::read(&args.events)?;
    print(&annotations(&run))?;
    if let Some(path) = env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) {
        let path = Path::new(&path);
        let text = job_summary(&run).unwrap_or_default();
        let mut file = OpenOptions::new().append(true).create(true).open(path);
        file.as_mut()
            .map_err(|error| anyhow::anyhow!(error.to_string()))
            .and_then(|file| file.write_all(text.as_bytes()).map_err(Into::into))
            .with_context(|| {
                format!("cannot write {}, which GITHUB_STEP_SUMMARY names", path.display())
            })
            .map_err(Stop::usage)?;
    }
    Ok(Exit::Passed)
}
