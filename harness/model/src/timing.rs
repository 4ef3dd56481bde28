//! Where the time of a test goes, and what was not right at once.

use std::{ops::Add, time::Duration};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::verdict::seconds;

/// A stretch of a test's time. Those of one test may overlap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Span {
    /// What it was spent on.
    pub kind: SpanKind,
    /// When it began.
    pub began: Timestamp,
    /// How long it was.
    #[serde(with = "seconds")]
    #[schemars(with = "f64")]
    pub took: Duration,
}

/// What a stretch of time is spent on.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum SpanKind {
    /// The API server takes in the test's objects.
    Apply,
    /// The subject has yet to write a status.
    Status,
    /// The subject has yet to answer as it must: until the first of the right answers in a row.
    Traffic,
    /// The test's objects have yet to go.
    Remove,
    /// The subject still answers by routes that are gone.
    Drain,
}

/// An exchange that came to be right, but was not at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Settling {
    /// The request, and where it was sent.
    pub exchange: String,
    /// What was observed first.
    pub first: String,
    /// How many requests it took in all.
    pub attempts: u32,
    /// From the first request to the first of the right answers in a row.
    #[serde(with = "seconds")]
    #[schemars(with = "f64")]
    pub took: Duration,
}

/// What exchanges were answered from their first right answer on, until they were right as often in a row
/// as they must be. A Gateway that has come to be right and errs now and then shows itself here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Answers {
    /// The first right answer, and all after it.
    pub total: u32,
    /// Those of them that were not right, or did not come.
    pub wrong: u32,
}

impl Answers {
    /// Whether there was none.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
    pub(crate) fn is_none(&self) -> bool {
        self.total == 0
    }
}

impl Add for Answers {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            total: self.total.saturating_add(other.total),
            wrong: self.wrong.saturating_add(other.wrong),
        }
    }
}

/// How much time some spans of a kind cover together.
pub fn covered(spans: &[Span], kind: SpanKind) -> Duration {
    let mut stretches: Vec<_> = spans
        .iter()
        .filter(|span| span.kind == kind)
        .filter_map(|span| Some((span.began, span.began.checked_add(span.took).ok()?)))
        .collect();
    stretches.sort_unstable();
    let mut total = Duration::ZERO;
    let mut reached = Timestamp::MIN;
    for (began, ended) in stretches {
        let began = began.max(reached);
        if ended > began {
            total += ended.duration_since(began).unsigned_abs();
            reached = ended;
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(kind: SpanKind, began: i64, took: u64) -> Span {
        let began = Timestamp::from_millisecond(began).unwrap();
        Span { kind, began, took: Duration::from_millis(took) }
    }

    #[test]
    fn time_that_spans_share_counts_once() {
        use SpanKind::{Status, Traffic};
        let spans = [
            span(Status, 500, 100),
            span(Status, 100, 200),
            span(Traffic, 0, 9000),
            span(Status, 150, 50),
            span(Status, 250, 150),
        ];
        assert_eq!(covered(&spans, Status), Duration::from_millis(400));
        assert_eq!(covered(&[], Status), Duration::ZERO);
    }
}
