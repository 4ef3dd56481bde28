//! What one replica of the data plane serves on a port: each change when it has heard of it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::core::routing::PortTable;
use crate::core::tables::Table;

/// The tables of a port, in their order, as one replica sees them.
#[derive(Debug, Default)]
pub struct Line(Mutex<Tables>);

#[derive(Debug, Default)]
struct Tables {
    served: Option<Table>,
    coming: VecDeque<(Instant, Table)>,
}

impl Line {
    /// What is served now; none before the first table is due.
    pub fn table(&self) -> Option<Table> {
        let mut tables = self.lock();
        tables.advance();
        tables.served.clone()
    }

    /// What is served now, where that is requests.
    pub fn requests(&self) -> Option<Arc<PortTable>> {
        match self.table()? {
            Table::Http(table) => Some(table),
            Table::Stream(_) => None,
        }
    }

    /// Whether a table serves the same as the newest that there is.
    pub fn is_known(&self, table: &Table) -> bool {
        let tables = self.lock();
        tables.newest().is_some_and(|newest| newest.sources() == table.sources())
    }

    /// Serves a table in so long, though never before an earlier one; until then, what was before. One
    /// that serves the same as the newest takes its place.
    pub fn push(&self, table: Table, delay: Duration) {
        let mut tables = self.lock();
        tables.advance();
        let known = tables.newest().is_some_and(|newest| newest.sources() == table.sources());
        let Tables { served, coming } = &mut *tables;
        match coming.back_mut() {
            Some((_, newest)) if known => *newest = table,
            None if known || delay.is_zero() => *served = Some(table),
            last => {
                let after = last.map(|(at, _)| *at);
                let at = Instant::now() + delay;
                coming.push_back((after.map_or(at, |after| after.max(at)), table));
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tables {
    fn newest(&self) -> Option<&Table> {
        self.coming.back().map(|(_, table)| table).or(self.served.as_ref())
    }

    fn advance(&mut self) {
        if self.coming.is_empty() {
            return;
        }
        let now = Instant::now();
        let due = self.coming.partition_point(|(at, _)| *at <= now);
        if let Some((_, table)) = self.coming.drain(..due).next_back() {
            self.served = Some(table);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::core::StatusKind;
    use crate::core::client_validation::Clients;
    use crate::core::listener_state::Scheme;
    use crate::core::objects::Key;
    use crate::core::source::Source;
    use crate::faults::Faults;

    const SECOND: Duration = Duration::from_secs(1);

    fn table(generation: i64) -> Table {
        let id = (StatusKind::Gateway, Key::new("infra", "gw"));
        let source = Source { id, generation, resolved: true };
        Table::Http(Arc::new(PortTable {
            port: 80,
            scheme: Scheme::Http,
            clients: Clients::Anybody,
            client_certificate: None,
            listeners: Vec::new(),
            faults: Faults::default(),
            sources: BTreeSet::from([source]),
        }))
    }

    fn served(line: &Line) -> Option<i64> {
        line.table().and_then(|table| table.sources().first().map(|source| source.generation))
    }

    #[tokio::test(start_paused = true)]
    async fn a_replica_serves_each_table_when_it_is_due_and_none_before_an_earlier_one() {
        let line = Line::default();
        line.push(table(1), SECOND);
        assert_eq!(served(&line), None, "it has not heard of the port");
        tokio::time::advance(SECOND).await;
        assert_eq!(served(&line), Some(1));

        line.push(table(2), 2 * SECOND);
        line.push(table(3), Duration::ZERO);
        assert_eq!(served(&line), Some(1), "what was before");
        tokio::time::advance(SECOND).await;
        line.push(table(3), 9 * SECOND);
        tokio::time::advance(SECOND).await;
        assert_eq!(served(&line), Some(3), "the same table once more is no change");
    }

    #[test]
    fn without_a_delay_a_table_is_served_at_once() {
        let line = Line::default();
        line.push(table(1), Duration::ZERO);
        assert_eq!(served(&line), Some(1));
        assert!(line.is_known(&table(1)) && !line.is_known(&table(2)));
        line.push(table(2), Duration::ZERO);
        assert_eq!(served(&line), Some(2));
    }
}
