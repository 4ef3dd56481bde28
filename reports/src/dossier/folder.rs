//! The files of a dossier.

use std::{
    fs::{self, Permissions},
    io,
    os::unix::fs::PermissionsExt,
    path::Path,
};

use model::dossier::{Dossier, Live, Log};

use super::{
    explanation::explanation,
    saved::{Saved, WHOLE},
};
use crate::ReportError;

/// Writes all of it into a folder of its own in this one, or nothing.
pub(super) fn write(saved: &Saved, folder: &Path) -> Result<(), ReportError> {
    let path = folder.join(saved.name());
    let failed = |source| ReportError::Write { path: path.clone(), source };
    let written = || {
        fs::create_dir_all(folder)?;
        let begun = tempfile::Builder::new()
            .prefix(".dossier-")
            .permissions(Permissions::from_mode(0o777))
            .tempdir_in(folder)?;
        for (name, content) in files(saved)? {
            let file = begun.path().join(name);
            fs::create_dir_all(file.parent().unwrap_or(folder))?;
            fs::write(file, content)?;
        }
        fs::rename(begun.path(), &path)?;
        let _ = begun.keep();
        Ok(())
    };
    written().map_err(failed)
}

fn files(saved: &Saved) -> io::Result<Vec<(String, String)>> {
    let Dossier { applied, live, logs, .. } = &saved.captured;
    let shown = |Live { what, object }: &Live| {
        let object = object.as_ref().map(yaml).transpose()?;
        Ok(format!("# {what}\n{}", object.as_deref().unwrap_or("# not there\n")))
    };
    let live = live.iter().map(shown).collect::<io::Result<Vec<_>>>()?;
    let applied = applied.iter().map(yaml).collect::<io::Result<Vec<_>>>()?;
    let whole = serde_json::to_string_pretty(saved)?;
    let mut files: Vec<_> = [
        (WHOLE, whole),
        ("explanation.txt", explanation(saved)),
        ("applied.yaml", applied.join("---\n")),
        ("live.yaml", live.join("---\n")),
    ]
    .map(|(name, content)| (name.to_owned(), content))
    .into();
    for Log { namespace, pod, container, text } in logs {
        files.push((format!("logs/{namespace}_{pod}_{container}.log"), text.clone()));
    }
    Ok(files)
}

fn yaml(object: &serde_json::Value) -> io::Result<String> {
    serde_yaml::to_string(object).map_err(io::Error::other)
}
