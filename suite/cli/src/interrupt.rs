//! Ctrl-C and SIGTERM: the first ends what is done in good order, the second leaves at once.

use std::process;

use anyhow::Context;
use console::Term;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::exit::{Exit, Stop};

/// The two signals that ask a program to end.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Gives a token that the first signal cancels, after `first` was called. The second signal ends the
/// process, with what `left` says of what stays behind.
pub fn listen(
    first: impl FnOnce() + Send + 'static,
    left: impl FnOnce() -> String + Send + 'static,
) -> Result<CancellationToken, Stop> {
    let listen = |kind| signal(kind).context("cannot listen to signals").map_err(Stop::not_judged);
    let mut signals = Signals {
        interrupt: listen(SignalKind::interrupt())?,
        terminate: listen(SignalKind::terminate())?,
    };
    let token = CancellationToken::new();
    let cancelled = token.clone();
    tokio::spawn(async move {
        signals.next().await;
        first();
        cancelled.cancel();
        signals.next().await;
        // A progress display may have hidden it, and nothing is left that would show it again.
        let terminal = Term::stderr();
        if terminal.features().is_attended() {
            let _ = terminal.show_cursor();
        }
        eprintln!("\n{}", left());
        process::exit(Exit::NotJudged.code().into());
    });
    Ok(token)
}
