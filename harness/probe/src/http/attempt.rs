//! A request with the redirects that it followed, and what came of it.

use crate::{
    http::{outgoing::Outgoing, response::Response},
    wire::error::ProbeError,
};

/// What came of a request.
pub(crate) struct Attempt {
    /// The requests that were answered with a redirect, and these answers.
    pub(crate) hops: Vec<(Outgoing, Response)>,
    /// The last request: the first one, if there was no redirect.
    pub(crate) asked: Outgoing,
    /// What came of it.
    pub(crate) answer: Result<Response, ProbeError>,
}

impl Attempt {
    /// Whether there was an answer that says what the Gateway does: not that it is busy, or that
    /// something behind it is not there at the moment.
    pub(crate) fn is_definite(&self) -> bool {
        let status = self.answer.as_ref().map(|response| response.status.as_u16());
        status.is_ok_and(|status| !matches!(status, 429 | 502..=504))
    }

    /// Whether a backend answered.
    pub(crate) fn is_from_backend(&self) -> bool {
        let captured = self.answer.as_ref().map(Response::captured);
        matches!(captured, Ok(Ok(Some(captured))) if !captured.pod.is_empty())
    }

    /// Path and query that were sent first.
    pub(crate) fn sent(&self) -> &str {
        self.hops.first().map_or(&self.asked, |(asked, _)| asked).path()
    }

    /// Where the last redirect led, in words; empty without one.
    pub(crate) fn detour(&self) -> String {
        match self.hops.len() {
            0 => String::new(),
            _ => format!(", after a redirect to {}", self.asked.path()),
        }
    }
}
