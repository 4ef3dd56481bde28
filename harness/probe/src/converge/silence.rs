//! Whether a deleted route answers no more.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::converge::{limits::Limits, pause::Pause};

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

/// Takes samples until a deleted route answers no more, see
/// [`Prober::answers_no_more`](crate::Prober::answers_no_more).
pub(crate) async fn is_silent<F: Future<Output = Sign>>(
    sample: impl Fn() -> F,
    limits: &Limits,
    limit: Duration,
    lasting: Duration,
) -> bool {
    let (deadline, period) = (Instant::now() + limit + lasting, limit / 30);
    let (pause, mut quiet) = (Pause::up_to(limits.longest_pause), None);
    while let Ok(sign) = timeout_at(deadline, sample()).await {
        if sign == Sign::Still {
            quiet = None;
            pause.after_failure(deadline).await;
            continue;
        }
        let quiet = quiet.get_or_insert_with(|| Quiet::begin(limits.longest_pause));
        quiet.samples += 1;
        quiet.gone = if sign == Sign::Gone { quiet.gone + 1 } else { 0 };
        let (enough, waited) = (limits.successes, quiet.pause.waited());
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
