//! What is to be handed in with a report: the folder of the implementation, with its README and its details.

use std::fmt::Write as _;

use serde::Serialize;

use super::{document::Document, tree::release_of};

/// What a report does not tell.
#[derive(Clone, Debug, Default)]
pub struct Particulars {
    /// How the report was made: the command.
    pub command: String,
    /// Where the implementation's release is found; its home if nothing is said.
    pub release_url: Option<String>,
    /// How the project wants to be called in the list of implementations.
    pub full_name: Option<String>,
    /// What the list says of it, in Markdown.
    pub description: Option<String>,
}

/// The entry of an implementation in the project's list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Details<'d> {
    api_version: &'static str,
    kind: &'static str,
    organization: &'d str,
    project: &'d str,
    full_name: &'d str,
    description: &'d str,
}

/// The folder of a report below that of all reports: `v1.5/example-proxy`.
///
/// # Errors
///
/// If the report does not say of which release it is.
pub fn folder(document: &Document) -> Result<String, String> {
    let version = &document.version;
    let release = release_of(version);
    let (major, minor) = release.ok_or_else(|| {
        format!("gatewayAPIVersion is {version}: only a run with the definitions of one release can be published")
    })?;
    let made = &document.implementation;
    let name = format!("{}-{}", made.organization, made.project).to_lowercase();
    let name = name.replace(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '.'), "-");
    Ok(format!("v{major}.{minor}/{name}"))
}

/// The README of the folder with a row for the report, in place of an earlier one for the same file: a new one, or the one
/// that is there.
pub fn readme(document: &Document, particulars: &Particulars, before: Option<&str>) -> String {
    let Document { channel, implementation, mode, .. } = document;
    let (version, file) = (&implementation.version, document.file_name());
    let url = particulars.release_url.as_ref().unwrap_or(&implementation.url);
    let row = format!("| {channel} | [{version}]({url}) | {mode} | [{version} report](./{file}) |");
    let Some(before) = before else {
        return format!(
            "# {project}\n\n\
             ## Table of contents\n\n\
             | API channel | Implementation version | Mode | Report |\n\
             |---|---|---|---|\n\
             {row}\n\n\
             ## Reproduce\n\n\
             ```console\n{command}\n```\n",
            project = particulars.full_name.as_ref().unwrap_or(&implementation.project),
            command = particulars.command,
        );
    };
    let is_row = |line: &str| line.trim_start().starts_with('|');
    let mut lines: Vec<&str> =
        before.lines().filter(|line| !(is_row(line) && line.contains(&file))).collect();
    match lines.iter().rposition(|line| is_row(line)) {
        Some(last) => lines.insert(last + 1, &row),
        None => lines.push(&row),
    }
    let mut readme = lines.join("\n") + "\n";
    if !before.lines().any(|line| line == particulars.command) {
        let _ = write!(
            readme,
            "\n{version}, mode {mode}:\n\n```console\n{}\n```\n",
            particulars.command
        );
    }
    readme
}

/// The file `details.yaml`, if what it has to say was told.
///
/// # Errors
///
/// If one of the two is told without the other, or they have no form in YAML.
pub fn details(document: &Document, particulars: &Particulars) -> Result<Option<String>, String> {
    let (full_name, description) = match (&particulars.full_name, &particulars.description) {
        (None, None) => return Ok(None),
        (Some(full_name), Some(description)) => (full_name, description),
        _ => {
            return Err(
                "the list of implementations needs both a full name and a description".to_owned()
            );
        }
    };
    let made = &document.implementation;
    let details = Details {
        api_version: "gateway.networking.kubernetes.io/v1",
        kind: "ImplementationListDetails",
        organization: &made.organization,
        project: &made.project,
        full_name,
        description,
    };
    serde_yaml::to_string(&details).map(Some).map_err(|error| error.to_string())
}
