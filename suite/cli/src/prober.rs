//! `prober`: the far end of a relay, where Gateways can be reached.

use anyhow::Context;
use tokio::net::TcpListener;

use super::{
    args::ProberArgs,
    exit::{Exit, Stop},
    output::print,
    setup,
};

/// Carries what it is asked to until the process ends.
pub fn prober(args: &ProberArgs) -> Result<Exit, Stop> {
    setup::runtime()?.block_on(async {
        let listener = TcpListener::bind(args.listen)
            .await
            .with_context(|| format!("cannot listen at {}", args.listen))
            .map_err(Stop::usage)?;
        let at = listener.local_addr().map_err(Stop::not_judged)?;
        print(&format!("ready ADDRESS={at}\n"))?;
        match harness::serve_prober(listener).await {
            Ok(never) => match never {},
            Err(error) => Err(Stop::not_judged(error)),
        }
    })
}
