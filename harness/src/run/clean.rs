//! Removing what earlier runs left in a cluster.

use std::time::Duration;

use cluster::{
    connect::Connection,
    remove::{SweepError, remove_labelled},
    watch::Watches,
};
use model::names::RUN_LABEL;

/// How long the removal may take: namespaces go only after all that is in them.
const LIMIT: Duration = Duration::from_secs(120);

/// Removes everything that any run left, by its label, in all namespaces. Gives what was removed.
///
/// # Errors
///
/// What could not be listed or removed, or is still there after two minutes, with the finalizers
/// that hold it; the rest is removed.
pub async fn clean(connection: &Connection) -> Result<Vec<String>, SweepError> {
    let watches = Watches::new(connection.client.clone());
    let removed = remove_labelled(&connection.client, &watches, RUN_LABEL, LIMIT).await?;
    Ok(removed.iter().map(ToString::to_string).collect())
}
