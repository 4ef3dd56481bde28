//! The shell: watches the cluster, has the core compute, serves what comes of it, and reports.
//!
//! Tables are swapped before statuses are written: what a status says is true when it can be read.

mod changes;
mod writer;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use futures::StreamExt as _;
use jiff::Timestamp;
use kube::Client;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use self::changes::{Change, Changes};
use self::writer::Writer;
use crate::core::objects::Key;
use crate::core::snapshot::Snapshot;
use crate::core::{self, Config, Environment};
use crate::proxy::Proxy;
use crate::{Error, Options, PortMap};

/// Starts the shell, which runs until `stop` is cancelled, and waits until it has served what was
/// in the cluster.
pub async fn start(
    client: Client,
    options: Options,
    port_map: PortMap,
    stop: CancellationToken,
) -> Result<(), Error> {
    changes::check_definitions(&client).await?;
    let shell = Shell {
        proxy: Proxy::new(options.ports, port_map),
        writer: Writer::new(client.clone()),
        changes: changes::watch(&client),
        options,
        snapshot: Snapshot::default(),
        addresses: BTreeMap::new(),
    };
    let (started, waiting) = oneshot::channel();
    tokio::spawn(async move {
        tokio::select! {
            () = shell.run(started) => {}
            () = stop.cancelled() => {}
        }
    });
    waiting.await.map_err(|_| Error::Stopped)
}

struct Shell {
    options: Options,
    changes: Changes,
    writer: Writer,
    proxy: Proxy,
    snapshot: Snapshot,
    addresses: BTreeMap<Key, Ipv4Addr>,
}

impl Shell {
    async fn run(mut self, started: oneshot::Sender<()>) {
        self.list_all().await;
        self.reconcile();
        // Nobody waits any more when the caller has given up.
        started.send(()).ok();
        let mut rested = Instant::now();
        loop {
            let matters = tokio::select! {
                Some(change) = self.changes.next() => self.apply_burst(change, rested).await,
                again = self.writer.finished() => again,
                else => return,
            };
            if matters {
                let begun = Instant::now();
                self.reconcile();
                rested = Instant::now() + begun.elapsed();
            }
        }
    }

    /// Applies a change and those that are there already: a burst is computed once. Tells whether
    /// something may follow from it.
    ///
    /// A first change is never kept waiting. Only where one burst follows upon another, this waits
    /// until as much time has gone by (`rested`) as the last computation took, a millisecond or so,
    /// so that computing never takes more than half of the time.
    async fn apply_burst(&mut self, first: Change, rested: Instant) -> bool {
        let mut matters = self.apply(first);
        while let Ok(Some(change)) = timeout_at(rested, self.changes.next()).await {
            matters |= self.apply(change);
        }
        matters
    }

    /// Waits for the first list of every kind: before that, a reference may seem to lead nowhere.
    async fn list_all(&mut self) {
        let mut missing = changes::KINDS;
        while missing > 0 {
            let Some(change) = self.changes.next().await else { return };
            missing -= usize::from(change.first_list);
            self.apply(change);
        }
    }

    /// Applies a change. Nothing follows from one that only brings back a status as it was written.
    fn apply(&mut self, change: Change) -> bool {
        let Change { reported, apply, .. } = change;
        let generation = |snapshot: &Snapshot| {
            let (kind, key) = reported.as_ref()?;
            snapshot.reported(*kind, key).map(|(metadata, _)| metadata.generation)
        };
        let before = generation(&self.snapshot);
        apply(&mut self.snapshot);
        let respecified = before.is_none() || before != generation(&self.snapshot);
        let echo = reported.as_ref().is_some_and(|(kind, key)| {
            let status = self.snapshot.reported(*kind, key).map(|(_, status)| status);
            status.is_some_and(|status| self.writer.wrote(*kind, key, status))
        });
        respecified || !echo
    }

    fn reconcile(&mut self) {
        self.assign_addresses();
        let now = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let Config { ports, mut statuses } = self.compute(&BTreeMap::new(), &now);
        let failures = self.proxy.serve(ports, &self.addresses);
        if !failures.is_empty() {
            let config = self.compute(&failures, &now);
            self.proxy.serve(config.ports, &self.addresses);
            statuses = config.statuses;
        }
        self.writer.write(statuses);
    }

    fn compute(&self, bind_failures: &BTreeMap<(Key, u16), String>, now: &str) -> Config {
        let env = Environment {
            controller_name: &self.options.controller_name,
            faults: &self.options.faults,
            addresses: &self.addresses,
            bind_failures,
            now,
        };
        core::compute(&self.snapshot, &env)
    }

    fn assign_addresses(&mut self) {
        let Self { snapshot, options, addresses, .. } = self;
        addresses.retain(|key, _| snapshot.gateways.contains_key(key));
        for (key, _) in snapshot.gateways_of(&options.controller_name) {
            if !addresses.contains_key(key)
                && let Some(address) = (options.addresses)()
            {
                addresses.insert(key.clone(), address);
            }
        }
    }
}
