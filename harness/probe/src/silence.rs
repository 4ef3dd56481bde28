//! Whether a deleted route answers no more.

use std::time::Duration;

use model::exchange::Request;
use tokio::time::{Instant, timeout_at};

use crate::{
    convergence::{Pause, Prober},
    outgoing::Outgoing,
    response::Response,
    target::Target,
};

/// Pauses between samples that say nothing.
const SPACING: Duration = Duration::from_millis(20);

/// What a sample says of a deleted route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// The route may have given the answer.
    Still,
    /// Who answered does not have the route.
    Gone,
    /// Neither: a Gateway answers so for a moment too, as while it loads its configuration.
    Unclear,
}

impl Prober {
    /// Probes until a deleted route answers no more, by what `sign` says of an answer:
    ///
    /// - a route is gone by [`Limits::successes`](crate::Limits::successes) answers in a row that say so,
    /// - or when nothing told that it is still there for a thirtieth of the limit: a second of 30.
    ///
    /// No answer at all is [`Sign::Unclear`]: so is a Gateway that restarts. Gives whether the route was
    /// gone within `limit`.
    pub async fn answers_no_more(
        &self,
        target: &Target,
        request: &Request<'_>,
        sign: impl Fn(&Response) -> Sign,
        limit: Duration,
    ) -> bool {
        let Ok(outgoing) = Outgoing::new(target, request, &self.user_agent) else { return true };
        let (deadline, period) = (Instant::now() + limit, limit / 30);
        let pauses = || Pause::up_to(self.limits.longest_pause);
        let (pause, mut gone, mut unclear) = (pauses(), 0, None);
        while let Ok(attempt) = timeout_at(deadline, self.send(target, &outgoing)).await {
            match attempt.map_or(Sign::Unclear, |response| sign(&response)) {
                Sign::Still => {
                    (gone, unclear) = (0, None);
                    pause.after_failure(deadline).await;
                }
                Sign::Gone => {
                    gone += 1;
                    if gone >= self.limits.successes {
                        return true;
                    }
                }
                Sign::Unclear => {
                    gone = 0;
                    let (pause, samples) =
                        unclear.get_or_insert_with(|| (pauses().at_least(SPACING), 0));
                    *samples += 1;
                    if *samples >= self.limits.successes && pause.waited() >= period {
                        return true;
                    }
                    pause.after_failure(deadline).await;
                }
            }
        }
        false
    }
}
