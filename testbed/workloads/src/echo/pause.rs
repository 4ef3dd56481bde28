//! Waiting because a request asks for it.

use std::time::Duration;

/// Waits for as long as the request says.
#[expect(
    clippy::disallowed_methods,
    reason = "the request asks for an answer that takes this long"
)]
pub(super) async fn pause(duration: Duration) {
    tokio::time::sleep(duration).await;
}
