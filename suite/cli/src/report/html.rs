//! `report html`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Args;
use reports::{published::page, run_page};

use super::reading;
use crate::{
    exit::{Exit, Stop},
    output::print,
    saved,
};

/// The flags of `report html`.
#[derive(Debug, Args)]
pub struct HtmlArgs {
    /// Reports, or folders of them: all YAML files below. Or what one run wrote to --events.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// The file to write; standard output if nothing is said.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Writes one page over reports, or one about a run.
pub fn html(args: &HtmlArgs) -> Result<Exit, Stop> {
    let page = match &args.paths[..] {
        [events] if has_events(events) => {
            let run = saved::read(events)?;
            run_page::page(&run).unwrap_or_default()
        }
        paths => page(&reading::documents(&reading::found(paths)?)?),
    };
    match &args.output {
        Some(path) => reports::replace(path, &page).map_err(Stop::usage)?,
        None => print(&page)?,
    }
    Ok(Exit::Passed)
}

/// Whether a file has the events of a run: JSON lines, which no report begins with.
fn has_events(path: &Path) -> bool {
    path.is_file() && fs::read(path).is_ok_and(|text| text.trim_ascii_start().starts_with(b"{"))
}
