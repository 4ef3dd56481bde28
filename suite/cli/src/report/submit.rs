//! `report submit`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::anyhow;
use clap::Args;
use reports::published::{Document, Particulars, Published, details, folder, lint, readme};

use super::reading;
use crate::{
    exit::{Exit, Stop},
    output::print,
};

/// The flags of `report submit`.
#[derive(Debug, Args)]
pub struct SubmitArgs {
    /// The report, as it was written.
    #[arg(value_name = "REPORT")]
    pub report: PathBuf,
    /// The folder `conformance/reports` of a checkout of the Gateway API project.
    #[arg(long, value_name = "DIR")]
    pub into: PathBuf,
    /// The command that made the report, for the section `Reproduce`.
    #[arg(long, value_name = "TEXT")]
    pub command: String,
    /// Where the release of the implementation is found; its home if nothing is said.
    #[arg(long, value_name = "URL")]
    pub release_url: Option<String>,
    /// How the project is called in the list of implementations; writes details.yaml, with --description.
    #[arg(long, value_name = "NAME")]
    pub full_name: Option<String>,
    /// A file with what the list says of it, in Markdown.
    #[arg(long, value_name = "FILE")]
    pub description: Option<PathBuf>,
}

/// Writes what a pull request with the report needs, if the report may be published.
pub fn submit(args: &SubmitArgs) -> Result<Exit, Stop> {
    let path = std::slice::from_ref(&args.report);
    let [report] = &reading::found(path)?[..] else {
        return Err(Stop::usage(anyhow!(
            "{} has several reports; name one",
            args.report.display()
        )));
    };
    let [document] = &reading::documents(std::slice::from_ref(report))?[..] else {
        return Ok(Exit::Usage);
    };
    if !args.into.is_dir() {
        let text =
            "is no folder; name `conformance/reports` of a checkout of the Gateway API project";
        return Err(Stop::usage(anyhow!("{} {text}", args.into.display())));
    }
    let told = particulars(args)?;
    let wrong = |why: String| Stop::usage(anyhow!(why));
    let target = args.into.join(folder(document).map_err(wrong)?);
    let files = files(report, document, &told, &target).map_err(wrong)?;
    refuse_what_breaks_a_rule(report, document, &target, &files)?;

    fs::create_dir_all(&target).map_err(|error| {
        Stop::usage(anyhow!(error).context(format!("cannot make {}", target.display())))
    })?;
    for (path, text) in &files {
        reports::replace(path, text).map_err(Stop::usage)?;
    }
    let written = files.iter().map(|(path, _)| format!("wrote {}\n", path.display()));
    print(&written.collect::<String>())?;
    Ok(Exit::Passed)
}

fn particulars(args: &SubmitArgs) -> Result<Particulars, Stop> {
    let SubmitArgs { command, release_url, full_name, description, .. } = args;
    let read = |path: &PathBuf| {
        fs::read_to_string(path).map_err(|error| {
            Stop::usage(anyhow!(error).context(format!("cannot read {}", path.display())))
        })
    };
    Ok(Particulars {
        command: command.clone(),
        release_url: release_url.clone(),
        full_name: full_name.clone(),
        description: description.as_ref().map(read).transpose()?,
    })
}

/// The files that are to be written, with their texts.
fn files(
    report: &Published,
    document: &Document,
    told: &Particulars,
    target: &Path,
) -> Result<Vec<(PathBuf, String)>, String> {
    let before = fs::read_to_string(target.join("README.md")).ok();
    let mut files = vec![
        (target.join(document.file_name()), report.text.clone()),
        (target.join("README.md"), readme(document, told, before.as_deref())),
    ];
    files.extend(details(document, told)?.map(|text| (target.join("details.yaml"), text)));
    Ok(files)
}

/// Nothing is written of a report that would be refused.
fn refuse_what_breaks_a_rule(
    report: &Published,
    document: &Document,
    target: &Path,
    files: &[(PathBuf, String)],
) -> Result<(), Stop> {
    let readme = files.iter().find(|(path, _)| path.ends_with("README.md"));
    let submitted = Published {
        path: target.join(document.file_name()),
        text: report.text.clone(),
        readme: readme.map(|(_, text)| text.clone()),
    };
    let broken = lint(&submitted);
    if broken.is_empty() {
        return Ok(());
    }
    let broken: Vec<_> = broken.iter().map(|it| format!("{}: {}", it.rule, it.message)).collect();
    Err(Stop::usage(anyhow!(
        "{} cannot be published, and nothing was written: {}",
        report.path.display(),
        broken.join("; ")
    )))
}
