//! What is expected of tests beside that they pass: that one is not run, that it fails, that it may fail.

use std::fmt;

use globset::{Glob, GlobMatcher};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    description::Description,
    verdict::{Failure, Finding, JudgeError, Mismatch, Outcome},
};

/// What is expected of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Expect {
    /// It is not run, and the report counts it as skipped.
    Skip,
    /// It fails. It does not fail the run then, but it does if it passes.
    Xfail,
    /// It fails at times, which does not fail the run.
    Flaky,
}

/// What is expected of the tests that a pattern matches, and why.
///
/// No report of the Gateway API project knows of it: there a test that failed has failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// A pattern on names of tests, and behind a `/`, if there is one, a pattern on what of such a test goes wrong: what
    /// a failure names before it says what was expected, such as `HTTPRouteMatching/GET /v2*`.
    pub test: String,
    /// What is expected.
    pub expect: Expect,
    /// Why.
    pub reason: String,
    /// Where more is said of it, an http or https URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The last day on which it holds, in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
}

/// A file of them. Of several that match the first counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Expectations(pub Vec<Expectation>);

/// What is expected of one test, the first that matches first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Expected(Vec<Expectation>);

impl Expectation {
    /// The pattern on names.
    pub fn name(&self) -> &str {
        self.test.split_once('/').map_or(&self.test, |(name, _)| name)
    }

    /// The pattern on what goes wrong; all of the test if there is none.
    fn part(&self) -> Option<&str> {
        self.test.split_once('/').map(|(_, part)| part)
    }

    /// Whether the pattern on names matches this one.
    pub fn is_of(&self, test: &str) -> bool {
        matcher(self.name()).is_ok_and(|glob| glob.is_match(test))
    }

    /// Whether what went wrong is what it speaks of.
    fn covers(&self, wrong: &Mismatch) -> bool {
        self.part().is_none_or(|part| matcher(part).is_ok_and(|glob| glob.is_match(&wrong.subject)))
    }

    fn validate(&self) -> Result<(), String> {
        let Self { test, expect, reason, link, .. } = self;
        for pattern in [Some(self.name()), self.part()].into_iter().flatten() {
            matcher(pattern)?;
        }
        if reason.trim().is_empty() {
            return Err(format!("{test}: say why in \"reason\""));
        }
        let is_url = |link: &String| link.starts_with("https://") || link.starts_with("http://");
        if let Some(link) = link.as_ref().filter(|link| !is_url(link)) {
            return Err(format!("{test}: the link \"{link}\" is no http or https URL"));
        }
        if *expect == Expect::Skip && self.part().is_some() {
            return Err(format!(
                "{test}: a part of a test cannot be skipped; expect xfail or flaky"
            ));
        }
        Ok(())
    }
}

impl fmt::Display for Expectation {
    /// The reason, and where more is said.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)?;
        self.link.iter().try_for_each(|link| write!(f, " ({link})"))
    }
}

fn matcher(pattern: &str) -> Result<GlobMatcher, String> {
    let glob = Glob::new(pattern).map_err(|error| error.to_string())?;
    Ok(glob.compile_matcher())
}

impl Description for Expectations {
    fn validate(&self) -> Result<(), String> {
        self.0.iter().try_for_each(Expectation::validate)
    }
}

impl Expectations {
    /// Those that hold on a day, and those that do no longer.
    pub fn on(self, day: Date) -> (Vec<Expectation>, Vec<Expectation>) {
        self.0.into_iter().partition(|it| it.expires.is_none_or(|last| day <= last))
    }
}

/// How the end of a test counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Weight<'a> {
    /// It passed.
    Passed,
    /// It passed, and should have failed by this.
    PassedUnexpectedly(&'a Expectation),
    /// It failed.
    Failed(&'a Failure),
    /// It has findings, which count.
    FailedStrictly,
    /// It failed, or has findings that count, as was expected by this.
    Excused(&'a Expectation),
    /// It could not be judged.
    Error(&'a JudgeError),
    /// It did not end.
    NotJudged,
}

impl Expected {
    /// How it counts that a test came to this; `strict` says that findings count.
    pub fn weigh<'a>(
        &'a self,
        outcome: &'a Outcome,
        findings: &[Finding],
        strict: bool,
    ) -> Weight<'a> {
        match outcome {
            Outcome::Passed if strict && !findings.is_empty() => {
                let excuse = self.excuses(findings.iter().map(|found| &found.mismatch));
                excuse.map_or(Weight::FailedStrictly, Weight::Excused)
            }
            Outcome::Passed => {
                self.forbids_a_pass().map_or(Weight::Passed, Weight::PassedUnexpectedly)
            }
            Outcome::Failed { failure } => {
                let excuse = self.excuses(&failure.mismatches);
                excuse.map_or(Weight::Failed(failure), Weight::Excused)
            }
            Outcome::Error { error } => Weight::Error(error),
            Outcome::Interrupted => Weight::NotJudged,
        }
    }

    /// What these expect of a test: those that match, up to the first that is of all of it.
    pub fn of(test: &str, all: &[Expectation]) -> Self {
        let mut expected = Vec::new();
        for it in all.iter().filter(|it| it.is_of(test)) {
            expected.push(it.clone());
            if it.part().is_none() {
                break;
            }
        }
        Self(expected)
    }

    /// Whether nothing is expected but that it passes.
    pub fn is_nothing(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Expectation> {
        self.0.iter()
    }

    /// Why the test is not to be run, if it is not.
    pub fn skips(&self) -> Option<&Expectation> {
        self.of_all().filter(|it| it.expect == Expect::Skip)
    }

    /// Why it is no surprise that the test failed, if each of the things that went wrong is expected.
    fn excuses<'a>(&self, wrong: impl IntoIterator<Item = &'a Mismatch>) -> Option<&Expectation> {
        let mut excuses = wrong.into_iter().map(|it| self.0.iter().find(|e| e.covers(it)));
        let first = excuses.next().unwrap_or_else(|| self.of_all())?;
        excuses.all(|excuse| excuse.is_some()).then_some(first)
    }

    /// What the test should have failed by, if it passed and should not have.
    fn forbids_a_pass(&self) -> Option<&Expectation> {
        self.0.iter().find(|it| it.expect == Expect::Xfail)
    }

    fn of_all(&self) -> Option<&Expectation> {
        self.0.iter().find(|it| it.part().is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(yaml: &str) -> Result<Expectations, String> {
        let read: Expectations = serde_yaml::from_str(yaml).map_err(|error| error.to_string())?;
        read.validate().map(|()| read)
    }

    fn all() -> Vec<Expectation> {
        let all = read(
            "- {test: HTTPRouteMatching/GET /v2*, expect: xfail, reason: no v2}
- {test: HTTPRouteMatching/GET /busy*, expect: flaky, reason: slow}
- {test: HTTPRouteCORS, expect: skip, reason: crashes, link: 'https://example.com/1'}
- {test: HTTPRoute*, expect: flaky, reason: all else, expires: 2027-01-31}
",
        );
        all.unwrap().0
    }

    #[test]
    fn a_failure_is_excused_if_all_of_it_is_expected() {
        let wrong = |subject: &str| Mismatch::new(subject, "200", "404");
        let [v2, busy, other] =
            ["GET /v2/a at Gateway a", "GET /busy at Gateway a", "GET /"].map(wrong);
        let all: Vec<_> = all().into_iter().take(2).collect();
        let expected = Expected::of("HTTPRouteMatching", &all);
        let excuse = |wrong: &[&Mismatch]| {
            expected.excuses(wrong.iter().copied()).map(|it| it.reason.as_str())
        };
        assert_eq!(excuse(&[&v2]), Some("no v2"));
        assert_eq!(excuse(&[&busy, &v2]), Some("slow"));
        assert_eq!(excuse(&[&v2, &other]), None);
        assert_eq!(excuse(&[&other, &v2]), None);
        // Nothing is known of what went wrong.
        assert_eq!(excuse(&[]), None);
        assert!(expected.forbids_a_pass().is_some());
        assert_eq!(Expected::of("HTTPRouteWeight", &all), Expected::default());
    }

    #[test]
    fn of_several_the_first_counts() {
        let cors = Expected::of("HTTPRouteCORS", &all());
        assert_eq!(cors.skips().unwrap().to_string(), "crashes (https://example.com/1)");
        let weight = Expected::of("HTTPRouteWeight", &all());
        assert_eq!((weight.skips(), weight.forbids_a_pass()), (None, None));
        assert!(weight.excuses([&Mismatch::new("GET /", "200", "404")]).is_some());
    }

    #[test]
    fn one_holds_through_its_last_day() {
        let on = |day: &str| Expectations(all()).on(day.parse().unwrap()).1.len();
        assert_eq!((on("2027-01-31"), on("2027-02-01")), (0, 1));
    }

    #[test]
    fn what_is_wrong_is_told() {
        let wrong = [
            "- {test: A, expect: xfail}",
            "- {test: A, expect: xfail, reason: ' '}",
            "- {test: A, expect: fail, reason: r}",
            "- {test: A/b, expect: skip, reason: r}",
            "- {test: 'A[', expect: skip, reason: r}",
            "- {test: A, expect: skip, reason: r, link: issue 4}",
            "- {test: A, expect: skip, reason: r, expires: 2027-13-01}",
            "- {test: A, expect: skip, reason: r, because: b}",
        ];
        let told = wrong.map(|yaml| format!("{yaml}\n  {}", read(yaml).unwrap_err()));
        insta::assert_snapshot!(told.join("\n"));
    }
}
