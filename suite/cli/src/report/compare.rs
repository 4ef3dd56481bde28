//! `report compare`.

use std::{fmt::Write as _, path::PathBuf};

use clap::Args;
use reports::published::{Row, compare};
use serde_json::json;

use super::reading;
use crate::{
    exit::{Exit, Stop},
    format::Format,
    output::print,
};

/// The flags of `report compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// The reports, two or more.
    #[arg(required = true, num_args = 2.., value_name = "REPORT")]
    pub reports: Vec<PathBuf>,
    /// Tell what is alike too.
    #[arg(long)]
    pub all: bool,
    /// How to print what differs.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Prints in what reports differ.
pub fn run(args: &CompareArgs) -> Result<Exit, Stop> {
    let rows = compare(&reading::documents(&reading::found(&args.reports)?)?);
    let shown: Vec<_> = rows.iter().filter(|row| args.all || !row.is_alike()).collect();
    print(&match args.format {
        Format::Text => as_text(&args.reports, &shown, rows.len() - shown.len()),
        Format::Json => as_json(&shown)?,
    })?;
    Ok(Exit::Passed)
}

/// A table with a column for each report.
fn as_text(reports: &[PathBuf], rows: &[&Row], alike: usize) -> String {
    let mut text = String::new();
    for (number, path) in reports.iter().enumerate() {
        let _ = writeln!(text, "[{}] {}", number + 1, path.display());
    }
    let names = rows.iter().map(|row| row.name.len()).max().unwrap_or_default();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row.cells[column].chars().count());
        cells.max().unwrap_or_default().max(3)
    };
    let line = |name: &str, cells: &[String]| {
        let cells = cells
            .iter()
            .enumerate()
            .map(|(column, cell)| format!("{cell:width$}", width = width(column)));
        format!("  {name:names$}  {}", cells.collect::<Vec<_>>().join("  ")).trim_end().to_owned()
            + "\n"
    };
    let numbers: Vec<_> = (1..=reports.len()).map(|number| format!("[{number}]")).collect();
    for section in rows.chunk_by(|one, other| one.section == other.section) {
        let _ = writeln!(text, "\n{}", section[0].section);
        text += &line("", &numbers);
        for row in section {
            text += &line(&row.name, &row.cells);
        }
    }
    if alike > 0 {
        let _ = writeln!(text, "\n{alike} lines are alike; --all shows them");
    }
    text
}

fn as_json(rows: &[&Row]) -> Result<String, Stop> {
    let rows = rows.iter().map(
        |Row { section, name, cells }| json!({ "section": section, "name": name, "cells": cells }),
    );
    let text = serde_json::to_string_pretty(&rows.collect::<Vec<_>>());
    Ok(text.map_err(Stop::not_judged)? + "\n")
}
