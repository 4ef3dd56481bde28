//! When a request is sent to a backend again.

use std::time::Duration;

use http::StatusCode;

use super::duration;
use super::route::Rule;
use crate::faults::{self, Faults};

/// How often where a rule does not say.
const ATTEMPTS: u32 = 1;
/// How long to wait where a rule does not say.
const BACKOFF: Duration = Duration::from_millis(25);

/// The retries of a rule, compiled; none unless it wants some.
#[derive(Debug, Clone, Default)]
pub struct Retries {
    /// How often a request is sent again at most.
    pub attempts: u32,
    /// How long to wait before that.
    pub backoff: Duration,
    codes: Vec<u16>,
    connection_errors: bool,
}

impl Retries {
    /// Compiles what a rule says. The error says what is not supported, and why.
    pub fn compile(rule: &Rule, faults: &Faults) -> Result<Self, String> {
        let ignored = faults.has(faults::RETRY_IGNORED)
            || (rule.timeouts.backend_request.is_some()
                && faults.has(faults::BACKEND_TIMEOUT_EXCLUDES_RETRY));
        let Some(retry) = rule.retry.as_ref().filter(|_| !ignored) else {
            return Ok(Self::default());
        };
        let backoff = retry.backoff.as_deref().map_or(Ok(BACKOFF), duration::parse)?;
        let mut codes = retry.codes.clone();
        if faults.has(faults::RETRY_CODES_IGNORED) && !codes.is_empty() {
            codes = (500..600).collect();
        }
        codes.retain(|code| *code != 500 || !faults.has(faults::RETRY_CODE_500_IGNORED));
        let one_more = u32::from(faults.has(faults::RETRY_ATTEMPTS_EXCEEDED));
        Ok(Self {
            attempts: retry.attempts.unwrap_or(ATTEMPTS) + one_more,
            backoff,
            codes,
            connection_errors: !faults.has(faults::CONNECTION_ERRORS_NOT_RETRIED),
        })
    }

    /// Whether what came of a request is no answer yet: a status that says so, or no response, be it that
    /// there was no connection, that it broke, or that it took too long.
    pub fn apply_to(&self, answered: Option<StatusCode>) -> bool {
        match answered {
            Some(status) => self.codes.contains(&status.as_u16()),
            None => self.connection_errors,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compile(rule: &str) -> Retries {
        let rule = serde_yaml::from_str(rule).expect("the rule is YAML");
        Retries::compile(&rule, &Faults::default()).expect("the rule is supported")
    }

    #[test]
    fn a_rule_says_what_is_tried_again() {
        let retries = compile("{retry: {codes: [500, 503], attempts: 3, backoff: 10ms}}");
        assert_eq!((retries.attempts, retries.backoff), (3, Duration::from_millis(10)));
        assert!(retries.apply_to(Some(StatusCode::SERVICE_UNAVAILABLE)) && retries.apply_to(None));
        assert!(!retries.apply_to(Some(StatusCode::BAD_GATEWAY)));
    }

    #[test]
    fn nothing_is_tried_again_unless_a_rule_says_so() {
        assert_eq!(compile("{timeouts: {request: 1s}}").attempts, 0);
        assert_eq!(compile("{retry: {}}").attempts, ATTEMPTS);
    }
}
