//! Whether a report may be published as it is.

use std::path::PathBuf;

use jiff::Timestamp;
use model::{implementation::Implementation, profile};
use semver::Version;

use super::{
    document::{Document, Level},
    rule::Rule,
    tree::{Published, Release, release_of},
};

/// How many tests of one level the Go suite lets be skipped.
const MOST_SKIPPED: usize = 5;

/// A rule that a report breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The report's file.
    pub path: PathBuf,
    /// The rule.
    pub rule: Rule,
    /// What is so instead, and what to do.
    pub message: String,
}

/// What is wrong with a report, in the order of the rules.
pub fn lint(published: &Published) -> Vec<Finding> {
    let read = Document::read(&published.text);
    let told = read.as_ref().ok().and_then(|(document, _)| release_of(&document.version));
    let release = published.release().or(told);
    let mut found = Found { published, release, findings: Vec::new() };
    match read {
        Ok((document, unknown)) => found.judge(&document, &unknown),
        Err(why) => found.add(Rule::Readable, why),
    }
    found.findings.sort_by_key(|finding| finding.rule);
    found.findings
}

struct Found<'p> {
    published: &'p Published,
    /// The release whose folder the report is in, or else of which it says to be.
    release: Option<Release>,
    findings: Vec<Finding>,
}

impl Found<'_> {
    /// Notes what is wrong, unless the report is older than the rule.
    fn add(&mut self, rule: Rule, message: impl Into<String>) {
        if self.release.is_none_or(|release| release >= rule.since()) {
            let (path, message) = (self.published.path.clone(), message.into());
            self.findings.push(Finding { path, rule, message });
        }
    }

    fn judge(&mut self, document: &Document, unknown: &[String]) {
        for key in unknown {
            self.add(Rule::Generated, format!("no report has the key {}", key.replace(".?", "")));
        }
        let Document { api_version, kind, date, channel, mode, .. } = document;
        if kind != "ConformanceReport" || !api_version.starts_with("gateway.networking.k8s.io/") {
            self.add(Rule::Kind, format!("it is {} of {}", or_none(kind), or_none(api_version)));
        }
        if date.parse::<Timestamp>().is_err() {
            self.add(Rule::Date, format!("it is {}", or_none(date)));
        }
        self.judge_release(&document.version);
        if !["standard", "experimental"].contains(&channel.as_str()) {
            self.add(Rule::Channel, format!("it is {}", or_none(channel)));
        }
        if mode.is_empty() {
            self.add(Rule::Mode, "it is not; `default` is the word for none in particular");
        }
        self.judge_implementation(&document.implementation);
        let (name, expected) = (self.published.file_name(), document.file_name());
        if name != expected {
            self.add(Rule::Name, format!("rename it {expected}"));
        }
        self.judge_profiles(document);
        self.judge_readme();
    }

    fn judge_release(&mut self, version: &str) {
        let of_report = release_of(version);
        match (of_report, self.published.release()) {
            (None, _) => self.add(Rule::Release, format!("it is {}", or_none(version))),
            (Some(of_report), Some(folder)) if of_report != folder => {
                let text = format!("it is {version}, in the folder of v{}.{}", folder.0, folder.1);
                self.add(Rule::Release, text);
            }
            _ => {}
        }
    }

    fn judge_implementation(&mut self, implementation: &Implementation) {
        let Implementation { organization, project, url, version, contact } = implementation;
        let fields = [
            ("organization", organization.is_empty()),
            ("project", project.is_empty()),
            ("url", url.is_empty()),
            ("version", version.is_empty()),
            ("contact", contact.iter().all(String::is_empty)),
        ];
        for (field, _) in fields.iter().filter(|(_, is_empty)| *is_empty) {
            self.add(Rule::Implementation, format!("{field} is empty"));
        }
        if !url.is_empty() && !implementation.has_absolute_url() {
            let text = format!("it is {url}; write it whole, such as https://example.com");
            self.add(Rule::Url, text);
        }
        if Version::parse(version.strip_prefix('v').unwrap_or(version)).is_err() {
            let text = format!("it is {}; name a release, such as v1.2.3", or_none(version));
            self.add(Rule::Version, text);
        }
    }

    fn judge_profiles(&mut self, document: &Document) {
        if document.profiles.is_empty() {
            self.add(Rule::Profiles, "there is none");
        }
        for profile in &document.profiles {
            if let Err(unknown) = profile.name.parse::<profile::Profile>() {
                self.add(Rule::Profiles, unknown.to_string());
            }
            if profile.summary.is_empty() {
                let text = format!("{} has none; leave it as it was generated", profile.name);
                self.add(Rule::Summary, text);
            }
        }
        for (name, level) in document.levels() {
            match level.result.as_str() {
                "success" | "partial" => {}
                "failure" => self.add(Rule::Result, format!("{name} failed")),
                other => self.add(Rule::Result, format!("{name} is {}", or_none(other))),
            }
            let skipped = level.statistics.skipped;
            if level.result == "partial" && skipped > MOST_SKIPPED {
                let few = skipped - MOST_SKIPPED;
                let text = format!("{name}: {skipped} tests are skipped; run {few} or more");
                self.add(Rule::Skips, text);
            }
            if let Some(why) = disagreement(level) {
                self.add(Rule::Statistics, format!("{name}: {why}"));
            }
        }
    }

    fn judge_readme(&mut self) {
        let Some(readme) = &self.published.readme else {
            return self.add(Rule::Readme, "there is none");
        };
        if !readme.contains(self.published.file_name()) {
            self.add(Rule::Readme, format!("it does not link {}", self.published.file_name()));
        }
        let is_heading = |line: &str| {
            let heading = line.trim_start_matches('#');
            heading.len() < line.len() && heading.trim().eq_ignore_ascii_case("reproduce")
        };
        if !readme.lines().any(is_heading) {
            self.add(Rule::Readme, "it has no section `Reproduce`");
        }
    }
}

/// Where result, statistics and lists say different things, if they do.
fn disagreement(level: &Level) -> Option<String> {
    let Level { result, statistics, failed_tests, skipped_tests, .. } = level;
    for (what, list, count) in [
        ("failed", failed_tests, statistics.failed),
        ("skipped", skipped_tests, statistics.skipped),
    ] {
        if list.len() != count {
            return Some(format!("{count} tests {what}, and {} are listed", list.len()));
        }
    }
    let is_so = match result.as_str() {
        "success" => statistics.failed == 0 && statistics.skipped == 0,
        "partial" => statistics.failed == 0,
        "failure" => statistics.failed > 0,
        _ => true,
    };
    let count = |number: usize, what: &str| format!("{number} {what}");
    (!is_so).then(|| {
        format!(
            "{result}, with {} and {}",
            count(statistics.failed, "failed"),
            count(statistics.skipped, "skipped")
        )
    })
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "nothing" } else { text }
}
