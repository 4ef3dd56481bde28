//! Why a report could not be written or read.

use std::{io, path::PathBuf};

use thiserror::Error;

/// Why a report could not be written or read.
#[derive(Debug, Error)]
pub enum ReportError {
    /// The folder is absent.
    #[error("the folder of report {} does not exist; create it or choose another path", .0.display())]
    NoFolder(PathBuf),
    /// The path is that of a folder, a device or a pipe, which cannot be replaced by a file.
    #[error("report {} is not a regular file; choose the path of a file", .0.display())]
    NotAFile(PathBuf),
    /// The folder refuses new files, the disk is full, …
    #[error("failed to write report {}: {source}", .path.display())]
    Write {
        /// The report.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Something that was saved cannot be read.
    #[error("cannot read {}: {source}", .path.display())]
    Read {
        /// What.
        path: PathBuf,
        /// What the system, or the parser, says.
        source: io::Error,
    },
    /// A folder in which no dossier is.
    #[error("{} has no dossier; name a folder that --dossier wrote, or one of those in it", .0.display())]
    NoDossier(PathBuf),
    /// The folder for dossiers has something in it.
    #[error("the folder {} for dossiers is not empty; remove it or choose another", .0.display())]
    NotEmpty(PathBuf),
    /// The events or the terminal's text could not be written.
    #[error("failed to write the {what}: {source}")]
    Stream {
        /// What.
        what: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// A report has no form in the format.
    #[error("failed to render the {format} report: {reason}")]
    Render {
        /// The format.
        format: &'static str,
        /// Why.
        reason: String,
    },
    /// Saved events could not be read.
    #[error("line {line} of the events: {reason}")]
    Events {
        /// The line, from 1.
        line: usize,
        /// Why.
        reason: String,
    },
    /// `SOURCE_DATE_EPOCH` is no time.
    #[error(
        "SOURCE_DATE_EPOCH \"{0}\" is not a time; set it to whole seconds since 1970, or unset it"
    )]
    SourceDate(String),
}
