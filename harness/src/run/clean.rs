//! Removing what earlier runs left in a cluster.

use std::time::Duration;

use cluster::{
    connect::Connection,
    definitions::definitions,
    remove::{SweepError, remove_labelled},
    watch::Watches,
};
use model::names::RUN_LABEL;

/// How long nothing may go before the rest counts as left: namespaces go only after all that is in them.
const LIMIT: Duration = Duration::from_secs(120);

/// Removes everything that any run left, by its label, in all namespaces. Gives what was removed.
///
/// # Errors
///
/// What could not be listed or removed, or is still there when nothing else went for two minutes, with
/// the finalizers that hold it; the rest is removed.
pub async fn clean(connection: &Connection) -> Result<Vec<String>, SweepError> {
    let client = connection.client.clone();
    // Without definitions there is nothing of theirs.
    let client = match definitions(&client).await {
        Ok(found) => found.served.translating(client, None),
        Err(_) => client,
    };
    let watches = Watches::new(client.clone());
    let removed = remove_labelled(&client, &watches, RUN_LABEL, LIMIT).await?;
    Ok(removed.iter().map(ToString::to_string).collect())
}
