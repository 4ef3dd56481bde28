//! What is wrong with a lag that was asked for.

use thiserror::Error;

use super::modes::MODES;

/// What is wrong with a lag.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidLag {
    /// No mode has this name.
    #[error("there is no lag `{name}`; did you mean `{suggestion}`? There are {}", names())]
    Unknown {
        /// What was asked for.
        name: String,
        /// The nearest name that there is.
        suggestion: &'static str,
    },
    /// A value that is no time.
    #[error("{mode}: \"{value}\" is no time; write one such as 500ms or 2s, or a range 0s..20s")]
    Time {
        /// The mode.
        mode: &'static str,
        /// What was given.
        value: String,
    },
    /// A value that is no share.
    #[error("{mode}: \"{value}\" is no share; write one from 0% to 90%")]
    Share {
        /// The mode.
        mode: &'static str,
        /// What was given.
        value: String,
    },
    /// A value that is no queue.
    #[error(
        "{mode}: \"{value}\" is no time with a number; write one such as 5s, or 5s,2 for two at a time"
    )]
    Queue {
        /// The mode.
        mode: &'static str,
        /// What was given.
        value: String,
    },
    /// A value that is no number.
    #[error("{mode}: \"{value}\" is no number above 0; write one such as 10")]
    Count {
        /// The mode.
        mode: &'static str,
        /// What was given.
        value: String,
    },
    /// A value where there is none.
    #[error("{mode} takes no value; write --lag {mode}")]
    NoValue {
        /// The mode.
        mode: &'static str,
    },
    /// Each would have to come before the other.
    #[error("traffic-after-status and status-after-traffic exclude each other; choose one")]
    Circle,
    /// The API server is not ours to disturb.
    #[error("{mode} is trouble of the embedded API server; leave out --api-server")]
    RealApiServer {
        /// The mode.
        mode: &'static str,
    },
}

fn names() -> String {
    MODES.iter().map(|mode| mode.name).collect::<Vec<_>>().join(", ")
}
