//! Conditions of ours.

/// A condition that this controller writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The type.
    pub kind: &'static str,
    /// The status; this controller never writes `Unknown`.
    pub status: bool,
    /// The reason.
    pub reason: &'static str,
    /// The message, for people.
    pub message: String,
}

impl Condition {
    /// The condition with status `True`; nothing needs to be explained.
    pub fn yes(kind: &'static str, reason: &'static str) -> Self {
        Self { kind, status: true, reason, message: String::new() }
    }

    /// The condition with status `False`, and why.
    pub fn no(kind: &'static str, reason: &'static str, message: String) -> Self {
        Self { kind, status: false, reason, message }
    }
}
