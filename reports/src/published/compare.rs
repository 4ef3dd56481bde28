//! What differs between reports.

use std::collections::BTreeSet;

use super::document::{Document, Level};

/// A line of a comparison: what is compared, and what each report says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// To what it belongs: nothing, `features` or `tests`.
    pub section: &'static str,
    /// What is compared.
    pub name: String,
    /// What the reports say, in their order; nothing where one does not say anything.
    pub cells: Vec<String>,
}

impl Row {
    /// Whether all reports say the same.
    pub fn is_alike(&self) -> bool {
        self.cells.windows(2).all(|two| two[0] == two[1])
    }
}

/// What these reports say: of themselves, of their profiles, of features, and of the tests that at least one of
/// them lists. A report does not list the tests that passed.
pub fn compare(documents: &[Document]) -> Vec<Row> {
    let row = |section, name: String, cell: &dyn Fn(&Document) -> String| Row {
        section,
        name,
        cells: documents.iter().map(cell).collect(),
    };
    let mut rows = vec![
        row("", "version".into(), &|it| it.implementation.version.clone()),
        row("", "release".into(), &|it| format!("{} ({})", it.version, it.channel)),
        row("", "mode".into(), &|it| it.mode.clone()),
        row("", "date".into(), &|it| it.date.chars().take(10).collect()),
    ];
    for level in names(documents, |it| it.levels().map(|(name, _)| name).collect()) {
        rows.push(row("", level.clone(), &|it| {
            let found = it.levels().find(|(name, _)| *name == level);
            found.map(|(_, level)| in_numbers(level)).unwrap_or_default()
        }));
    }
    for feature in names(documents, |it| features(it).map(|(name, _)| name.to_owned()).collect()) {
        rows.push(row("features", feature.clone(), &|it| {
            let mut said = features(it).filter(|(name, _)| *name == feature);
            let said = said.next().map(|(_, supported)| if supported { "yes" } else { "no" });
            said.unwrap_or_default().to_owned()
        }));
    }
    for test in names(documents, |it| tests(it).map(|(name, _)| name.to_owned()).collect()) {
        rows.push(row("tests", test.clone(), &|it| {
            let mut said = tests(it).filter(|(name, _)| *name == test);
            said.next().map(|(_, said)| said.to_owned()).unwrap_or_default()
        }));
    }
    rows
}

/// `success, 33 passed`, or with what did not.
fn in_numbers(Level { result, statistics, .. }: &Level) -> String {
    let counts = [
        (statistics.passed, "passed"),
        (statistics.skipped, "skipped"),
        (statistics.failed, "failed"),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let counts: Vec<_> = counts.map(|(count, what)| format!("{count} {what}")).collect();
    format!("{result}, {}", counts.join(", "))
}

/// Each feature that is named, and whether it is claimed.
pub(super) fn features(document: &Document) -> impl Iterator<Item = (&str, bool)> {
    document.levels().flat_map(|(_, level)| {
        let supported = level.supported_features.iter().map(|name| (name.as_str(), true));
        supported.chain(level.unsupported_features.iter().map(|name| (name.as_str(), false)))
    })
}

/// Each test that is listed, and what is said of it.
fn tests(document: &Document) -> impl Iterator<Item = (&str, &'static str)> {
    document.levels().flat_map(|(_, level)| {
        let failed = level.failed_tests.iter().map(|name| (name.as_str(), "failed"));
        failed.chain(level.skipped_tests.iter().map(|name| (name.as_str(), "skipped")))
    })
}

/// All that the documents have, once and sorted.
fn names(documents: &[Document], of: impl Fn(&Document) -> Vec<String>) -> BTreeSet<String> {
    documents.iter().flat_map(of).collect()
}
