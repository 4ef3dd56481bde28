//! The shell: watches the cluster, has the core compute, serves what comes of it, and reports.
//!
//! Tables are swapped before statuses are written: what a status says is true when it can be read.
//! Unless the Gateway is told to be slow: then each half acts upon the cluster as it was a while
//! ago (see [`late`]).

mod addresses;
mod changes;
mod infrastructure;
mod late;
mod noise;
mod pods;
mod served;
mod writer;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::StreamExt as _;
use jiff::Timestamp;
use kube::Client;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use self::addresses::Addresses;
use self::changes::{Change, Changes};
use self::infrastructure::Accounts;
use self::late::Late;
use self::noise::Noise;
use self::pods::Pods;
use self::served::Served;
pub use self::served::classes;
use self::writer::Writer;
use crate::core::port::Port;
use crate::core::snapshot::Snapshot;
use crate::core::tables::Table;
use crate::core::{self, Config, Environment, StatusUpdate};
use crate::faults;
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
    let served = Served::ask(&client).await?;
    let shell = Shell {
        proxy: Proxy::new(options.ports, port_map, &options.lag),
        changes: changes::watch(&client, &served),
        tells_features: served.tells_features,
        writer: Writer::new(
            client.clone(),
            served,
            Noise::new(&options.lag, &options.controller_name),
        ),
        snapshot: Snapshot::default(),
        addresses: Addresses::new(&options),
        accounts: Accounts::new(client.clone()),
        pods: Pods::new(client, &options.lag),
        late: Late::new(&options.lag),
        failures: BTreeMap::new(),
        options,
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

/// Ports that could not be opened, and what the operating system said.
type Failures = BTreeMap<Port, String>;

struct Shell {
    options: Options,
    changes: Changes,
    writer: Writer,
    proxy: Proxy,
    /// The cluster as it is.
    snapshot: Snapshot,
    addresses: Addresses,
    accounts: Accounts,
    /// The Gateways' Pods, if they have any.
    pods: Option<Pods>,
    tells_features: bool,
    /// The cluster as it is acted upon, if that is not as it is.
    late: Option<Late>,
    /// Of what is served at present.
    failures: Failures,
}

impl Shell {
    async fn run(mut self, started: oneshot::Sender<()>) {
        self.list_all().await;
        self.reconcile().await;
        // Nobody waits any more when the caller has given up.
        started.send(()).ok();
        let mut rested = Instant::now();
        loop {
            let due = self.late.as_ref().and_then(Late::due);
            let readdress = self.addresses.due();
            let ready = self.pods.as_ref().and_then(Pods::due);
            let matters = tokio::select! {
                Some(change) = self.changes.next() => self.apply_burst(change, rested).await,
                again = self.writer.finished() => {
                    if again && self.late.is_some() {
                        self.report();
                        continue;
                    }
                    again
                }
                () = until(due) => self.catch_up().await,
                () = until(readdress) => {
                    self.addresses.change();
                    true
                }
                () = until(ready) => true,
                else => return,
            };
            if matters {
                let begun = Instant::now();
                self.reconcile().await;
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
        let mut missing = self.changes.len();
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
        // What is true for a moment alone must be looked at again.
        respecified || !echo || self.options.faults.has(faults::REDIRECT_ACCEPTED_FOR_A_MOMENT)
    }

    /// Acts upon the cluster as it is now, or has it acted upon later.
    async fn reconcile(&mut self) {
        self.assign_addresses().await;
        if let Some(late) = &mut self.late {
            late.take_in(&self.snapshot);
            return;
        }
        let Config { ports, mut statuses, unfinalized } =
            self.compute(&self.snapshot, &Failures::new());
        self.writer.finalize(unfinalized);
        let failures = self.serve(ports);
        if !failures.is_empty() {
            let config = self.compute(&self.snapshot, &failures);
            self.serve(config.ports);
            statuses = config.statuses;
        }
        self.writer.write(statuses, &self.snapshot);
    }

    /// Acts upon what the halves of a slow Gateway see from now on. Tells whether more follows from it: the
    /// addresses of Gateways that are no longer served are for others.
    async fn catch_up(&mut self) -> bool {
        let Some(late) = &mut self.late else { return false };
        let (serve, mut report) = (late.traffic.advance(), late.status.advance());
        if serve {
            let seen = Arc::clone(late.traffic.seen());
            let failed_before = std::mem::take(&mut self.failures);
            let config = self.compute(&seen, &Failures::new());
            self.failures = self.serve(config.ports);
            if !self.failures.is_empty() {
                let config = self.compute(&seen, &self.failures);
                self.serve(config.ports);
            }
            report |= self.failures != failed_before;
        }
        if report {
            self.report();
        }
        serve && self.assign_addresses().await
    }

    /// Serves these tables, as far as the Gateways' Pods are ready.
    fn serve(&mut self, tables: BTreeMap<Port, Table>) -> Failures {
        let addresses = self.addresses.answering();
        let Some(pods) = &mut self.pods else { return self.proxy.serve(tables, addresses) };
        let failures = self.proxy.serve(tables, &pods.ready(addresses));
        pods.tell();
        failures
    }

    /// Writes the statuses that follow from what a slow Gateway sees, to the objects that are still
    /// the ones that it sees.
    fn report(&mut self) {
        let Some(late) = &self.late else { return };
        let seen = late.status.seen().with_statuses_of(&self.snapshot);
        let Config { mut statuses, unfinalized, .. } = self.compute(&seen, &self.failures);
        self.writer.finalize(unfinalized);
        let uid = |snapshot: &Snapshot, update: &StatusUpdate| {
            let (metadata, _) = snapshot.reported(update.kind, &update.key)?;
            Some(metadata.uid.clone())
        };
        statuses.retain(|update| uid(&seen, update) == uid(&self.snapshot, update));
        self.writer.write(statuses, &self.snapshot);
    }

    fn compute(&self, snapshot: &Snapshot, bind_failures: &Failures) -> Config {
        let env = Environment {
            controller_name: &self.options.controller_name,
            faults: &self.options.faults,
            without: &self.options.without,
            addresses: self.addresses.listed(),
            pending: &self.addresses.pending(),
            bind_failures,
            tells_features: self.tells_features,
            now: &Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        };
        core::compute(snapshot, &env)
    }

    /// Gives addresses to Gateways, and tells whether it did.
    async fn assign_addresses(&mut self) -> bool {
        let Self { snapshot, options, addresses, late, .. } = self;
        let served = late.as_ref().map(|late| Arc::clone(late.traffic.seen()));
        let given = addresses.assign(snapshot, &options.controller_name, |key| {
            let is_served = served.as_ref().is_some_and(|seen| seen.gateways.contains_key(key));
            is_served || snapshot.gateways.contains_key(key)
        });
        let (controller, faults) = (&self.options.controller_name, &self.options.faults);
        let addresses = self.addresses.answering();
        self.accounts.keep(&self.snapshot, controller, addresses, faults);
        if let Some(pods) = &mut self.pods {
            pods.keep(&self.snapshot, controller, addresses, faults).await;
        }
        given
    }
}

/// Waits until then, for ever where there is no such time.
async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}
