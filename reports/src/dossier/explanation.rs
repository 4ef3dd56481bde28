//! What a dossier has, in words.

use std::{fmt::Write as _, fs, path::Path};

use model::{
    dossier::{Dossier, Happening, Live, Log},
    verdict::Outcome,
};
use serde_json::Value;

use super::saved::{Saved, WHOLE};
use crate::{
    ReportError,
    page::{Page, Tone},
    text::{Extent, error_page, failure_page, finding_page},
};

const WIDTH: usize = 120;

/// How many of the last lines of a container are told; its file has the others.
const LINES: usize = 8;

/// What the dossier in a folder has; of a folder of dossiers which ones there are.
///
/// # Errors
/// If the folder has no dossier, or one that cannot be read.
pub fn explain(folder: &Path) -> Result<String, ReportError> {
    let failed = |source| ReportError::Read { path: folder.to_owned(), source };
    if folder.join(WHOLE).is_file() {
        return Ok(explanation(&read(&folder.join(WHOLE))?));
    }
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.join(WHOLE).is_file() {
            all.push((read(&path.join(WHOLE))?, path));
        }
    }
    if all.is_empty() {
        return Err(ReportError::NoDossier(folder.to_owned()));
    }
    all.sort_by_key(|(saved, _)| saved.name());
    let mut text = String::new();
    for (saved, path) in &all {
        let _ = writeln!(
            text,
            "{}\n  {}\n  explain {}",
            saved.name(),
            in_a_line(saved),
            path.display()
        );
    }
    Ok(text)
}

fn read(path: &Path) -> Result<Saved, ReportError> {
    let failed = |source| ReportError::Read { path: path.to_owned(), source };
    let text = fs::read_to_string(path).map_err(failed)?;
    serde_json::from_str(&text).map_err(|error| failed(error.into()))
}

fn in_a_line(saved: &Saved) -> String {
    match &saved.finished.outcome {
        Outcome::Failed { failure } => failure.headline(),
        Outcome::Error { error } => error.to_string(),
        _ => "a rule that counts under --strict is broken".to_owned(),
    }
}

/// All that a dossier has, on pages.
pub(super) fn explanation(saved: &Saved) -> String {
    let mut page = match &saved.finished.outcome {
        Outcome::Failed { failure } => failure_page(&saved.test, failure, Extent::ALL, WIDTH),
        Outcome::Error { error } => error_page(&[&saved.test.info.name], error, WIDTH),
        _ => Page::new(WIDTH),
    };
    for finding in &saved.finished.findings {
        page.blank();
        page.append(finding_page(finding, WIDTH));
    }
    let Dossier { live, happenings, logs, missing, .. } = &saved.captured;
    let mut part = |heading: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            page.blank();
            page.line([(Tone::Strong, format!("  {heading}"))]);
            for line in lines {
                page.paragraph(&[(Tone::Plain, "    ")], Tone::Plain, &line);
            }
        }
    };
    part("objects", live.iter().flat_map(states).collect());
    part("events", happenings.iter().map(in_words).collect());
    part("not looked at", missing.clone());
    for Log { namespace, pod, container, text } in logs.iter().filter(|log| !log.text.is_empty()) {
        let lines: Vec<_> = text.lines().collect();
        let last = &lines[lines.len().saturating_sub(LINES)..];
        page.blank();
        let of = format!("log of {container} in Pod {namespace}/{pod}");
        page.line([(
            Tone::Strong,
            format!("  {of}, the last {} of {} lines", last.len(), lines.len()),
        )]);
        page.transcript(4, &last.join("\n"), usize::MAX);
    }
    page.text(false)
}

/// An object with what it says of itself.
fn states(live: &Live) -> Vec<String> {
    let Live { what, object } = live;
    let Some(object) = object else { return vec![format!("{what}: not there")] };
    let generation = &object["metadata"]["generation"];
    let first = if generation.is_null() {
        what.clone()
    } else {
        format!("{what}, generation {generation}")
    };
    let mut lines = vec![first];
    conditions("", &object["status"], &mut lines);
    lines
}

/// The conditions within a status, each set with whose they are.
fn conditions(of: &str, status: &Value, lines: &mut Vec<String>) {
    match status {
        Value::Array(items) => {
            for item in items {
                let named = ["/name", "/parentRef/name", "/ancestorRef/name"];
                let name = named.iter().find_map(|path| item.pointer(path)?.as_str());
                conditions(name.unwrap_or(of), item, lines);
            }
        }
        Value::Object(fields) => {
            for (field, value) in fields {
                match value.as_array() {
                    Some(all) if field == "conditions" => {
                        let all: Vec<_> = all.iter().map(condition).collect();
                        let of = if of.is_empty() { String::new() } else { format!("{of}: ") };
                        lines.push(format!("  {of}{}", all.join(", ")));
                    }
                    _ => conditions(of, value, lines),
                }
            }
        }
        _ => {}
    }
}

/// `Accepted=False/NotAllowedByListeners of generation 2 (no listener …)`.
fn condition(it: &Value) -> String {
    let text = |field: &str| it[field].as_str().unwrap_or_default();
    let mut line = format!("{}={}", text("type"), text("status"));
    if !text("reason").is_empty() {
        let _ = write!(line, "/{}", text("reason"));
    }
    if let Some(generation) = it["observedGeneration"].as_i64() {
        let _ = write!(line, " of generation {generation}");
    }
    if text("status") != "True" && !text("message").is_empty() {
        let _ = write!(line, " ({})", text("message"));
    }
    line
}

fn in_words(Happening { at, about, reason, message }: &Happening) -> String {
    let at = at.map(|at| format!("{} ", at.strftime("%H:%M:%S"))).unwrap_or_default();
    format!("{at}{about}: {reason}: {message}")
}
