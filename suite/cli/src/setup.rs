//! What every command that does something needs: a runtime and a log.

use std::io;

use anyhow::Context;
use tracing_subscriber::EnvFilter;

use super::exit::Stop;

/// What `--debug` shows.
const DEBUG: &str =
    "warn,gateway_conformance=debug,cli=debug,harness=debug,cluster=debug,probe=debug";

/// Sends the log to the standard error: what `RUST_LOG` says, or with `debug` everything that the
/// suite does, or nothing, since what matters is told by events and errors.
pub fn log(debug: bool) {
    let fallback = || EnvFilter::new(if debug { DEBUG } else { "off" });
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| fallback());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).init();
}

/// The runtime that a command runs on.
pub fn runtime() -> Result<tokio::runtime::Runtime, Stop> {
    tokio::runtime::Runtime::new().context("cannot start the runtime").map_err(Stop::not_judged)
}
