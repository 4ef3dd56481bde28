//! Waiting for what nobody announces.

use std::time::Duration;

use tokio::time::sleep;

/// The pause between two questions whether something has happened that nobody announces.
const PAUSE: Duration = Duration::from_millis(50);

/// Waits for a moment before the next question.
#[expect(clippy::disallowed_methods, reason = "a process tells nobody that it has become ready")]
pub(super) async fn pause() {
    sleep(PAUSE).await;
}
