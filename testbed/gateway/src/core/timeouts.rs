//! How long the requests of a rule may take.

use std::time::Duration;

use super::duration;
use super::route;
use crate::faults::{self, Fault, Faults};

/// The timeouts of a rule, compiled; none means for ever.
#[derive(Debug, Clone, Default)]
pub struct Timeouts {
    /// For a request, from its first byte to the response's, however often it is sent to a backend.
    pub request: Option<Duration>,
    /// For each time that it is.
    pub backend: Option<Duration>,
}

impl Timeouts {
    /// Compiles timeouts. The error says which is not supported, and why.
    pub fn compile(timeouts: &route::Timeouts, faults: &Faults) -> Result<Self, String> {
        let compile = |text: Option<&String>, ignored: Fault| {
            let Some(text) = text.filter(|_| !faults.has(ignored)) else { return Ok(None) };
            let limit = duration::parse(text)?;
            // Zero means none.
            let counts = !limit.is_zero() || faults.has(faults::ZERO_TIMEOUT_IS_AT_ONCE);
            Ok::<_, String>(counts.then_some(limit))
        };
        Ok(Self {
            request: compile(timeouts.request.as_ref(), faults::REQUEST_TIMEOUT_IGNORED)?,
            backend: compile(timeouts.backend_request.as_ref(), faults::BACKEND_TIMEOUT_IGNORED)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_means_none() {
        let given = route::Timeouts {
            request: Some("500ms".to_owned()),
            backend_request: Some("0s".to_owned()),
        };
        let Timeouts { request, backend } =
            Timeouts::compile(&given, &Faults::default()).expect("both are durations");
        assert_eq!((request, backend), (Some(Duration::from_millis(500)), None));
    }
}
