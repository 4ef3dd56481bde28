//! One HTML page over many reports: which implementation supports what, and how that came about.
//!
//! It stands alone and is read without a script; with one its rows can be filtered.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use maud::{DOCTYPE, Markup, PreEscaped, html};
use model::implementation::Implementation;

use super::{
    compare::features,
    document::{Document, Level},
    tree::{Release, release_of},
};

const STYLE: &str = include_str!("page/style.css");
const SCRIPT: &str = include_str!("page/filter.js");

/// What the names of features begin with, the longer first: a feature belongs to the first that fits.
const KINDS: [&str; 9] = [
    "BackendTLSPolicy",
    "GRPCRoute",
    "HTTPRoute",
    "ListenerSet",
    "TCPRoute",
    "TLSRoute",
    "UDPRoute",
    "Gateway",
    "Mesh",
];

/// A report on the page.
struct Entry<'d> {
    document: &'d Document,
    /// The implementation: the project's name without case, since folders are called otherwise now and then.
    project: String,
    release: Release,
}

impl<'d> Entry<'d> {
    fn new(document: &'d Document) -> Self {
        let project = document.implementation.project.to_lowercase();
        Self { document, project, release: release_of(&document.version).unwrap_or_default() }
    }

    /// By what the page refers to it.
    fn anchor(&self) -> String {
        self.project.replace(|letter: char| !letter.is_alphanumeric(), "-")
    }
}

/// The page of these reports.
pub fn page(documents: &[Document]) -> String {
    let mut entries: Vec<_> = documents.iter().map(Entry::new).collect();
    entries.sort_by_key(|entry| Reverse((entry.release, &entry.document.date)));
    let mut latest = BTreeMap::new();
    for entry in &entries {
        latest.entry((entry.project.as_str(), entry.document.mode.as_str())).or_insert(entry);
    }
    let latest: Vec<_> = latest.into_values().collect();
    let profiles: BTreeSet<_> = latest
        .iter()
        .flat_map(|entry| &entry.document.profiles)
        .map(|profile| profile.name.as_str())
        .collect();
    let implementations: BTreeSet<_> = entries.iter().map(|entry| entry.project.as_str()).collect();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Gateway API conformance" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "Gateway API conformance" }
                p {
                    (entries.len()) " reports of " (implementations.len()) " implementations. Each is shown by its newest "
                    "report, mode by mode; below are all of them."
                }
                (filters(&latest))
                @for profile in &profiles { (matrix(profile, &latest)) }
                h2 #reports { "All reports" }
                @for project in &implementations { (history(project, &entries)) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
    .into_string()
}

/// Shown where there is a script.
fn filters(latest: &[&Entry<'_>]) -> Markup {
    let releases: BTreeSet<_> = latest.iter().map(|entry| entry.release).collect();
    html! {
        form #filters hidden {
            label { "Implementation " input type="search" name="name" placeholder="part of a name"; }
            label {
                "Release "
                select name="release" {
                    option value="" { "any" }
                    @for (major, minor) in releases.into_iter().rev() { option { "v" (major) "." (minor) } }
                }
            }
            label {
                "Channel "
                select name="channel" { option value="" { "any" } option { "standard" } option { "experimental" } }
            }
            label { "Feature " input type="search" name="feature" placeholder="part of a name"; }
        }
    }
}

/// The implementations of a profile, with what they support of it.
fn matrix(profile: &str, latest: &[&Entry<'_>]) -> Markup {
    let of_profile: Vec<_> = latest
        .iter()
        .filter_map(|entry| {
            let mut profiles = entry.document.profiles.iter();
            Some((*entry, profiles.find(|it| it.name == profile)?))
        })
        .collect();
    let named: BTreeSet<_> = of_profile
        .iter()
        .filter_map(|(_, profile)| profile.extended.as_ref())
        .flat_map(|level| level.supported_features.iter().chain(&level.unsupported_features))
        .map(|feature| (kind(feature), feature.as_str()))
        .collect();
    html! {
        section {
            h2 { (profile) }
            div .scroll {
                table .matrix {
                    thead {
                        tr {
                            th .name rowspan="2" { "Implementation" }
                            th rowspan="2" { "Version" } th rowspan="2" { "Release" }
                            th rowspan="2" { "Core" } th rowspan="2" { "Extended" }
                            @for (kind, count) in counted(&named) { th .kind colspan=(count) { (kind) } }
                        }
                        tr {
                            @for (kind, feature) in &named {
                                th .feature data-feature=(feature) title=(feature) {
                                    span { (feature.strip_prefix(kind).filter(|it| !it.is_empty()).unwrap_or(feature)) }
                                }
                            }
                        }
                    }
                    tbody {
                        @for (entry, profile) in &of_profile {
                            (row(entry, [profile.core.as_ref(), profile.extended.as_ref()], &named))
                        }
                    }
                }
            }
        }
    }
}

fn row(entry: &Entry<'_>, levels: [Option<&Level>; 2], named: &BTreeSet<(&str, &str)>) -> Markup {
    let said: BTreeMap<_, _> = features(entry.document).collect();
    let Document { implementation, mode, channel, .. } = entry.document;
    let release = in_words(entry.release);
    html! {
        tr data-name=(entry.project) data-release=(release) data-channel=(channel) {
            th .name scope="row" {
                a href={ "#" (entry.anchor()) } { (implementation.project) }
                @if mode != "default" && !mode.is_empty() { " " small { (mode) } }
            }
            td { (implementation.version) }
            td { (release) @if channel == "experimental" { " " small { "exp." } } }
            @for level in levels { (result(level)) }
            @for (_, feature) in named {
                @match said.get(feature) {
                    Some(true) => td .yes data-feature=(feature) title=(feature) { "✓" },
                    Some(false) => td .no data-feature=(feature) title={ "not " (feature) } { "–" },
                    None => td data-feature=(feature) {},
                }
            }
        }
    }
}

/// What a level came to, with its tests that did not pass.
fn result(level: Option<&Level>) -> Markup {
    let Some(level) = level else { return html! { td {} } };
    let Level { result, statistics, failed_tests, skipped_tests, .. } = level;
    let all = statistics.passed + statistics.failed + statistics.skipped;
    let left: Vec<_> = failed_tests.iter().chain(skipped_tests).map(String::as_str).collect();
    html! { td class=(result) title=(left.join(", ")) { (statistics.passed) "/" (all) } }
}

/// All reports of an implementation, the newest first.
fn history(project: &str, entries: &[Entry<'_>]) -> Markup {
    let own: Vec<_> = entries.iter().filter(|entry| entry.project == project).collect();
    let Some(newest) = own.first() else { return html! {} };
    let Implementation { organization, project: name, url, .. } = &newest.document.implementation;
    html! {
        details #(newest.anchor()) data-name=(project) {
            summary { (name) " " small { (own.len()) @if own.len() == 1 { " report" } @else { " reports" } } }
            p { (organization) " · " a href=(url) rel="nofollow" { (url) } }
            @for entry in own { (report(entry)) }
        }
    }
}

fn report(entry: &Entry<'_>) -> Markup {
    let Document { implementation, version, channel, mode, date, .. } = entry.document;
    let day: String = date.chars().take(10).collect();
    html! {
        h3 { (implementation.version) " " small { (version) " " (channel) ", mode " (mode) ", " (day) } }
        table {
            @for (name, level) in entry.document.levels() {
                tr {
                    th scope="row" { (name) }
                    (result(Some(level)))
                    td .tests {
                        @for test in &level.failed_tests { span .failure { (test) } " " }
                        @for test in &level.skipped_tests { span .partial { (test) } " " }
                    }
                }
            }
        }
    }
}

/// How many features of each kind there are, in their order.
fn counted<'k>(named: &BTreeSet<(&'k str, &str)>) -> Vec<(&'k str, usize)> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for (kind, _) in named {
        match counts.last_mut() {
            Some((last, count)) if last == kind => *count += 1,
            _ => counts.push((kind, 1)),
        }
    }
    counts
}

fn kind(feature: &str) -> &'static str {
    KINDS.into_iter().find(|kind| feature.starts_with(kind)).unwrap_or("other")
}

fn in_words((major, minor): Release) -> String {
    format!("v{major}.{minor}")
}
