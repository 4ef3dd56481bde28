//! A second replica of the data plane: it learns of changes later, and answers every other connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arc_swap::ArcSwap;
use tokio::time::Instant;

use crate::chance::{Chance, Purpose};
use crate::core::routing::PortTable;
use crate::lag::{Delay, Lag};

/// What the second replica still serves at a port, if there is one.
pub type Second = Option<Arc<ArcSwap<Former>>>;

/// A table that was before, and until when. None: the port was not open.
#[derive(Debug)]
pub struct Former {
    until: Instant,
    table: Option<Arc<PortTable>>,
}

/// The tables of both replicas.
#[derive(Debug, Clone)]
pub struct Tables {
    /// The first one's.
    pub first: Arc<ArcSwap<PortTable>>,
    /// The second one's, if it is another.
    pub second: Second,
}

/// How late the second replica is.
#[derive(Debug)]
pub struct Replicas {
    late: Delay,
    chance: Chance,
}

impl Replicas {
    /// None where there is one replica alone.
    pub fn new(lag: &Lag) -> Option<Self> {
        let late = lag.replicas.clone()?;
        Some(Self { late, chance: Chance::new(lag.seed, Purpose::Replicas) })
    }

    /// For a port that is being opened.
    pub fn of_new_port(&mut self) -> Arc<ArcSwap<Former>> {
        Arc::new(ArcSwap::from_pointee(self.former(None)))
    }

    /// The second replica goes on with this table for a while.
    pub fn keep(&mut self, second: &ArcSwap<Former>, table: Arc<PortTable>) {
        second.store(Arc::new(self.former(Some(table))));
    }

    fn former(&mut self, table: Option<Arc<PortTable>>) -> Former {
        Former { until: Instant::now() + self.chance.time(Some(&self.late)), table }
    }
}

impl Tables {
    /// The table that the next connection meets; none if its replica does not serve the port yet.
    pub fn of_connection(&self, connections: &AtomicUsize) -> Option<Arc<ArcSwap<PortTable>>> {
        let is_second = connections.fetch_add(1, Ordering::Relaxed) % 2 == 1;
        if let (Some(second), true) = (&self.second, is_second) {
            let former = second.load();
            if former.until > Instant::now() {
                return former.table.clone().map(|table| Arc::new(ArcSwap::new(table)));
            }
        }
        Some(Arc::clone(&self.first))
    }
}
