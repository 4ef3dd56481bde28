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
    /// No answer at all is [`Sign::Unclear`]: so is a Gateway that restarts. The silence must go on for
    /// `lasting`, which is not counted in the limit. Gives whether the route was gone within `limit`.
    pub async fn answers_no_more(
        &self,
        target: &Target,
        request: &Request<'_>,
        sign: impl Fn(&Response) -> Sign,
        limit: Duration,
        lasting: Duration,
    ) -> bool {
        let Ok(outgoing) = Outgoing::new(target, request, &self.user_agent) else { return true };
        let (deadline, period) = (Instant::now() + limit + lasting, limit / 30);
        let (pause, mut quiet) = (Pause::up_to(self.limits.longest_pause), None);
        while let Ok(attempt) = timeout_at(deadline, self.send(target, &outgoing)).await {
            let sign = attempt.map_or(Sign::Unclear, |response| sign(&response));
            if sign == Sign::Still {
                quiet = None;
                pause.after_failure(deadline).await;
                continue;
            }
            let quiet = quiet.get_or_insert_with(|| Quiet::begin(self.limits.longest_pause));
            quiet.samples += 1;
            quiet.gone = if sign == Sign::Gone { quiet.gone + 1 } else { 0 };
            let (enough, waited) = (self.limits.successes, quiet.pause.waited());
            let is_silent = quiet.gone >= enough || (quiet.samples >= enough && waited >= period);
            if is_silent && waited >= lasting {
                return true;
            }
            if is_silent || sign == Sign::Unclear {
                quiet.pause.after_failure(deadline).await;
            }
        }
        false
    }
}

/// A while in which no answer was the route's.
struct Quiet {
    pause: Pause,
    samples: u32,
    /// How many of the last ones said that it is gone.
    gone: u32,
}

impl Quiet {
    fn begin(longest: Duration) -> Self {
        Self { pause: Pause::up_to(longest).at_least(SPACING), samples: 0, gone: 0 }
    }
}
