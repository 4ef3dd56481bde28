//! The pauses between attempts, and the only place where time is waited for.

use std::time::Duration;

use tokio::time::Instant;

const SHORTEST: Duration = Duration::from_millis(2);

/// The pauses after failures: an eighth of the time that has passed, so that little is lost after a
/// short wait and little is asked during a long one.
pub(crate) struct Pause {
    began: Instant,
    shortest: Duration,
    longest: Duration,
}

impl Pause {
    /// Pauses from 2 ms up to this length, beginning now.
    pub(crate) fn up_to(longest: Duration) -> Self {
        Self { began: Instant::now(), shortest: SHORTEST, longest }
    }

    /// But no shorter than this.
    pub(crate) fn at_least(self, shortest: Duration) -> Self {
        Self { shortest, longest: self.longest.max(shortest), ..self }
    }

    /// How long ago they began.
    pub(crate) fn waited(&self) -> Duration {
        self.began.elapsed()
    }

    /// Pauses until then.
    pub(crate) async fn until(then: Instant) {
        tokio::time::sleep_until(then).await;
    }

    /// Pauses, but not beyond the deadline.
    #[expect(clippy::disallowed_methods, reason = "a Gateway does not tell when it is programmed")]
    pub(crate) async fn after_failure(&self, deadline: Instant) {
        let pause = (self.waited() / 8).max(self.shortest).min(self.longest);
        tokio::time::sleep(pause.min(deadline.saturating_duration_since(Instant::now()))).await;
    }
}
