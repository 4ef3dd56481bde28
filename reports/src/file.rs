//! Files that are replaced in one step.

use std::{
    fs::{self, Permissions},
    io::{self, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use model::event::{Event, EventKind};
use tempfile::NamedTempFile;

use crate::{ReportError, Reporter, summary::Summary};

/// Checks, before a run, that a report can be written to a path. Leaves nothing behind.
///
/// # Errors
/// If the folder does not exist or refuses new files, or if the path is that of something else
/// than a regular file.
pub fn check_writable(path: &Path) -> Result<(), ReportError> {
    temporary_beside(&destination(path)?, path).map(drop)
}

/// Where a report really goes: a symbolic link is kept, and what it leads to replaced.
fn destination(path: &Path) -> Result<PathBuf, ReportError> {
    if path.file_name().is_none() {
        return Err(ReportError::NotAFile(path.to_owned()));
    }
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => Err(ReportError::NotAFile(path.to_owned())),
        Ok(_) => fs::canonicalize(path)
            .map_err(|source| ReportError::Write { path: path.to_owned(), source }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(path.to_owned()),
        Err(source) => Err(ReportError::Write { path: path.to_owned(), source }),
    }
}

/// A file in the same folder, so that it can be renamed. As for any new file, the umask says who can read
/// it.
fn temporary_beside(destination: &Path, path: &Path) -> Result<NamedTempFile, ReportError> {
    let folder = match destination.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Err(ReportError::NoFolder(path.to_owned()));
    }
    tempfile::Builder::new()
        .prefix(".report-")
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder)
        .map_err(|source| ReportError::Write { path: path.to_owned(), source })
}

/// Replaces a file, or creates it, in one step.
///
/// # Errors
/// If the folder does not exist or refuses new files, or if the path is that of something else
/// than a regular file.
pub fn replace(path: &Path, content: &str) -> Result<(), ReportError> {
    let destination = destination(path)?;
    let mut file = temporary_beside(&destination, path)?;
    file.write_all(content.as_bytes())
        .and_then(|()| file.as_file().sync_all())
        .map_err(|source| ReportError::Write { path: path.to_owned(), source })?;
    file.persist(&destination)
        .map_err(|error| ReportError::Write { path: path.to_owned(), source: error.error })?;
    Ok(())
}

/// The content of a report, or none while there is nothing to tell.
type Rendered = Result<Option<String>, ReportError>;
type Render = Box<dyn Fn(&Summary) -> Rendered + Send>;

/// A report that is one file, made from the summary of the run.
pub struct FileReport {
    path: PathBuf,
    render: Render,
    summary: Summary,
    result: Result<(), ReportError>,
}

impl FileReport {
    /// Written anew from the summary at the run's beginning and end.
    pub fn new(
        path: impl Into<PathBuf>,
        render: impl Fn(&Summary) -> Rendered + Send + 'static,
    ) -> Self {
        Self {
            path: path.into(),
            render: Box::new(render),
            summary: Summary::default(),
            result: Ok(()),
        }
    }

    fn write(&mut self) {
        if self.result.is_ok() {
            self.result = (self.render)(&self.summary)
                .and_then(|content| content.map_or(Ok(()), |text| replace(&self.path, &text)));
        }
    }
}

impl Reporter for FileReport {
    fn event(&mut self, event: &Event) {
        self.summary.fold(event);
        // At the start too: should the process be killed, the report of an earlier run is gone.
        if matches!(event.kind, EventKind::RunStarted(_) | EventKind::RunFinished { .. }) {
            self.write();
        }
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        if !self.summary.has_ended() {
            self.write();
        }
        std::mem::replace(&mut self.result, Ok(()))
    }
}
