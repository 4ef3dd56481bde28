//! `report html`.

use std::path::PathBuf;

use clap::Args;
use reports::published::page;

use super::reading;
use crate::{
    exit::{Exit, Stop},
    output::print,
};

/// The flags of `report html`.
#[derive(Debug, Args)]
pub struct HtmlArgs {
    /// Reports, or folders of them: all YAML files below.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// The file to write; standard output if nothing is said.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Writes one page over reports.
pub fn html(args: &HtmlArgs) -> Result<Exit, Stop> {
    let page = page(&reading::documents(&reading::found(&args.paths)?)?);
    match &args.output {
        Some(path) => reports::replace(path, &page).map_err(Stop::usage)?,
        None => print(&page)?,
    }
    Ok(Exit::Passed)
}
