//! What stands in the way of a run, found in a few seconds and told with its remedy.

mod check;
mod cluster_side;
mod trial_objects;

use std::sync::Arc;

use cluster::{connect::Connection, definitions::definitions, watch::Watches};
use futures::future::join;
use model::names::Namespaces;
use probe::Dialer;

pub use self::check::{Check, Health};
use self::check::{LIMIT, within};
use crate::{context::way, options::Options, test::Suite};

/// Looks at everything that a run needs, all at the same time. A namespace is made for that, with a workload and a Gateway, and
/// removed again.
pub async fn doctor(connection: &Connection, suite: &Suite, options: &Options) -> Vec<Check> {
    let client = &connection.client;
    let (version, definitions) =
        join(cluster_side::api_server(client), within("definitions", definitions(client))).await;
    let mut checks = vec![version];
    let served = match definitions {
        Ok(Ok(found)) => {
            checks.push(cluster_side::release(found.release, options));
            Some(found.served)
        }
        Ok(Err(error)) => {
            checks.push(Check::bad("definitions", error.to_string()));
            None
        }
        Err(check) => {
            checks.push(check);
            None
        }
    };
    let Some(served) = served else { return checks };

    let client = served.translating(client.clone(), options.described.policy.as_deref());
    let watches = Watches::new(client.clone());
    let straight = options.address_map.clone().map_or_else(Dialer::direct, Dialer::mapped);
    let namespaces = Namespaces::prefixed(&options.fixtures.namespace_prefix);
    let through = (&client, &watches);
    let dialer = Arc::new(way::dialer(straight, &options.via, through, &namespaces, LIMIT));
    let at = trial_objects::Place { client: &client, watches: &watches, options };
    let (class, permissions, families, leftovers, trial) = futures::join!(
        cluster_side::class(&watches, &options.gateway_class),
        cluster_side::permissions(&client),
        cluster_side::families(&client),
        cluster_side::leftovers(&client),
        Box::pin(trial_objects::try_out(&at, suite, &dialer)),
    );
    checks.extend([class, permissions, families, leftovers]);
    checks.extend(trial);
    checks
}
