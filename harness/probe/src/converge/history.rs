//! What a probe observed, for the text of a failure.

use std::{collections::VecDeque, time::Duration};

use model::verdict::THEN;
use tokio::time::Instant;

/// How many different observations a text shows.
const SHOWN: usize = 3;

/// The observations of a probe, of which the last few are kept.
pub(crate) struct History {
    started: Instant,
    attempts: u32,
    changes: usize,
    /// Whether the last observation is an answer that says what the subject does.
    is_definite: bool,
    last: VecDeque<(String, Instant)>,
}

impl History {
    /// A history that begins now.
    pub(crate) fn begin() -> Self {
        let last = VecDeque::new();
        Self { started: Instant::now(), attempts: 0, changes: 0, is_definite: false, last }
    }

    /// When it began.
    pub(crate) fn started(&self) -> Instant {
        self.started
    }

    /// How many observations there were.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Adds an observation, and whether it is an answer that says what the subject does: no broken
    /// connection, and no 503 of one that is busy.
    pub(crate) fn record(&mut self, observation: &str, is_definite: bool) {
        self.attempts += 1;
        self.is_definite = is_definite;
        if self.last.back().is_some_and(|(last, _)| last == observation) {
            return;
        }
        // What is observed first has been so from the beginning, for all that is known.
        let since = if self.changes == 0 { self.started } else { Instant::now() };
        self.changes += 1;
        if self.last.len() == SHOWN {
            self.last.pop_front();
        }
        self.last.push_back((observation.to_owned(), since));
    }

    /// The observations, the most recent last.
    pub(crate) fn observed(&self) -> String {
        let shown: Vec<_> = self.last.iter().map(|(text, _)| text.as_str()).collect();
        let shown = shown.join(THEN);
        match self.changes {
            ..=SHOWN => shown,
            changes => format!("{changes} times something else, at last {shown}"),
        }
    }

    /// How long the last observation has stayed the same.
    pub(crate) fn since(&self) -> Option<Duration> {
        self.last.back().map(|(_, since)| since.elapsed())
    }

    /// Whether the last observation is definite, and all of the second half were the same.
    pub(crate) fn is_steady(&self) -> bool {
        self.is_definite && self.since().is_some_and(|since| since * 2 >= self.waited())
    }

    /// How long ago it began.
    pub(crate) fn waited(&self) -> Duration {
        self.started.elapsed()
    }
}
