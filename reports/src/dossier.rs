//! A folder for each test that failed, with all that was there: to be read where the cluster is no more.

mod explanation;
mod folder;
mod saved;

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use model::{
    dossier::Dossier,
    event::{Event, EventKind, TestFinished},
    verdict::Outcome,
};

pub use self::explanation::explain;
use self::saved::Saved;
use crate::{ReportError, Reporter, summary::Summary};

/// Checks, before a run, that dossiers can be written to a folder: it is empty, or not there yet.
///
/// # Errors
/// If it is not, or if the folder around it does not exist.
pub fn check_empty(folder: &Path) -> Result<(), ReportError> {
    let failed = |source| ReportError::Write { path: folder.to_owned(), source };
    match fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            Some(_) => Err(ReportError::NotEmpty(folder.to_owned())),
            None => Ok(()),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => match folder.parent() {
            Some(around) if around.as_os_str().is_empty() || around.is_dir() => Ok(()),
            _ => Err(ReportError::NoFolder(folder.to_owned())),
        },
        Err(error) => Err(failed(error)),
    }
}

/// Writes a folder for each test that failed or could not be judged. Without any there is none.
pub struct DossierWriter {
    folder: PathBuf,
    summary: Summary,
    captured: BTreeMap<String, Dossier>,
    result: Result<(), ReportError>,
}

impl DossierWriter {
    /// To this folder, which [`check_empty`] has seen.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        let captured = BTreeMap::new();
        Self { folder: folder.into(), summary: Summary::default(), captured, result: Ok(()) }
    }

    fn save(&mut self, finished: &TestFinished) {
        let captured = self.captured.remove(&finished.test);
        let Some(result) = self.summary.test(&finished.test) else { return };
        let is_ill = matches!(finished.outcome, Outcome::Failed { .. } | Outcome::Error { .. });
        // With --strict that of a pass is captured too.
        if !is_ill && captured.is_none() {
            return;
        }
        let saved = Saved {
            test: result.test.clone(),
            finished: finished.clone(),
            captured: captured.unwrap_or_default(),
        };
        if self.result.is_ok() {
            self.result = folder::write(&saved, &self.folder);
        }
    }
}

impl Reporter for DossierWriter {
    fn event(&mut self, event: &Event) {
        self.summary.fold(event);
        match &event.kind {
            EventKind::Captured(dossier) => {
                self.captured.insert(dossier.test.clone(), (**dossier).clone());
            }
            EventKind::TestFinished(finished) => self.save(finished),
            _ => {}
        }
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        std::mem::replace(&mut self.result, Ok(()))
    }
}
