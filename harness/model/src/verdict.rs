//! How a test ends: a failure is the subject's, an error is not.

use std::time::Duration;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What a test's body returns.
pub type Verdict<T = ()> = Result<T, Stop>;

/// Why a test's body ended early.
#[derive(Clone, Debug, Error)]
pub enum Stop {
    /// The subject broke the rule.
    #[error("{}", .0.headline())]
    Failed(Box<Failure>),
    /// The run could not judge.
    #[error(transparent)]
    Error(#[from] JudgeError),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(Box::new(failure))
    }
}

/// Why a run could not judge: never a verdict on the subject.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize, JsonSchema)]
#[error("{message}")]
pub struct JudgeError {
    /// What could not be done, where, and what to do about it.
    pub message: String,
}

impl JudgeError {
    /// With this text.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

/// How the subject broke a rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Failure {
    /// What was expected and what was observed instead, one for each thing that was wrong.
    pub mismatches: Vec<Mismatch>,
    /// The likely cause, where one was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// What happened before, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timeline: Vec<Moment>,
}

/// Stands between observations that came one after the other.
pub const THEN: &str = ", then ";

/// One thing that was expected and did not come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Mismatch {
    /// What was looked at: `GET /one at Gateway same-namespace`, `HTTPRoute infra/matching`, …
    pub subject: String,
    /// What the rule wants.
    pub expected: String,
    /// What was there last.
    pub observed: String,
    /// Since when it had been so, before the limit ended the wait.
    #[serde(with = "optional_seconds", default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<f64>")]
    pub since: Option<Duration>,
    /// How long it was waited for in all.
    #[serde(with = "optional_seconds", default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<f64>")]
    pub waited: Option<Duration>,
    /// What was sent and received, where that explains more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wire: Option<String>,
    /// A definite answer that was steadily given: over the second half of the wait every observation
    /// was an HTTP answer other than 429, 502, 503 and 504, and the same. What other tests do at the
    /// time cannot explain it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub steady: bool,
}

impl Mismatch {
    /// Without times, and not known to be steady.
    pub fn new(
        subject: impl Into<String>,
        expected: impl Into<String>,
        observed: impl Into<String>,
    ) -> Self {
        Self {
            subject: subject.into(),
            expected: expected.into(),
            observed: observed.into(),
            since: None,
            waited: None,
            wire: None,
            steady: false,
        }
    }

    /// What was observed last, where several observations came one after the other.
    pub fn observed_last(&self) -> &str {
        self.observed.rsplit(THEN).next().unwrap_or_default()
    }
}

/// Something that happened during a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: String,
}

impl Failure {
    /// A failure with one thing wrong.
    pub fn of(mismatch: Mismatch) -> Self {
        Self { mismatches: vec![mismatch], ..Self::default() }
    }

    /// With a likely cause.
    pub fn because(self, cause: impl Into<String>) -> Self {
        Self { cause: Some(cause.into()), ..self }
    }

    /// One line: the first thing that was wrong.
    pub fn headline(&self) -> String {
        match self.mismatches.as_slice() {
            [] => "failed".to_owned(),
            [one] => {
                format!("{}: expected {}, observed {}", one.subject, one.expected, one.observed)
            }
            [first, rest @ ..] => format!(
                "{}: expected {}, observed {} (and {} more)",
                first.subject,
                first.expected,
                first.observed,
                rest.len()
            ),
        }
    }
}

/// Something that the specification demands and the Go suite does not enforce: shown beside a
/// verdict, part of it only under `--strict`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The rule, in our words.
    pub rule: String,
    /// Its place in the API types.
    pub spec: String,
    /// How it was broken.
    pub mismatch: Mismatch,
}

/// How a test ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", tag = "result")]
pub enum Outcome {
    /// The subject kept the rule.
    Passed,
    /// The subject broke it.
    Failed {
        /// How.
        failure: Failure,
    },
    /// The run could not judge.
    Error {
        /// Why.
        error: JudgeError,
    },
    /// It was not run, or its end was not waited for, since the run was interrupted.
    Interrupted,
}

/// Lengths of time as seconds with a fraction, in events and reports.
pub mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes the seconds.
    pub fn serialize<S: Serializer>(value: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(value.as_secs_f64())
    }

    /// Reads the seconds.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        Duration::try_from_secs_f64(f64::deserialize(deserializer)?)
            .map_err(serde::de::Error::custom)
    }
}

mod optional_seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::ref_option, reason = "the signature that serde calls")]
    pub fn serialize<S: Serializer>(value: &Option<Duration>, s: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => s.serialize_some(&value.as_secs_f64()),
            None => s.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Duration>, D::Error> {
        Option::<f64>::deserialize(d)?
            .map(Duration::try_from_secs_f64)
            .transpose()
            .map_err(serde::de::Error::custom)
    }
}
