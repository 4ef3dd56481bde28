//! `clean`: removes what earlier runs left in a cluster.

use super::{
    args::CleanArgs,
    exit::{Exit, Stop},
    found::connect,
    interrupt,
    output::print,
    settings::Subject,
    setup,
};

/// Removes everything that any earlier run left in the cluster that was chosen.
pub fn clean(args: CleanArgs) -> Result<Exit, Stop> {
    let Subject::Cluster(cluster) = Subject::choose(args.cluster, None).map_err(Stop::usage)?
    else {
        return Err(Stop::usage(anyhow::anyhow!(
            "no cluster was chosen to be cleaned; add --context or --kubeconfig, or the \
             --gateway-class of the run for the current context"
        )));
    };
    setup::log(false);
    setup::runtime()?.block_on(async {
        let interrupt = interrupt::listen(
            || eprintln!("interrupted"),
            || "left at once; run `clean` again to remove the rest".into(),
        )?;
        let connection = connect(&cluster).await?;
        let removed = tokio::select! {
            removed = harness::clean(&connection) => removed.map_err(Stop::not_judged)?,
            () = interrupt.cancelled() => return Err(Stop::not_judged(anyhow::anyhow!(
                "interrupted; run `clean` again to remove the rest"
            ))),
        };
        let text = match removed.as_slice() {
            [] => format!("nothing to remove in {}\n", connection.description),
            removed => format!("removed\n  {}\n", removed.join("\n  ")),
        };
        print(&text)?;
        Ok(Exit::Passed)
    })
}
