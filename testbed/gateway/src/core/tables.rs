//! What is served on a port, whatever its protocol.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::routing::PortTable;
use super::source::Source;
use super::streams::StreamTable;

/// What is served on one port of a Gateway.
#[derive(Debug, Clone)]
pub enum Table {
    /// Requests.
    Http(Arc<PortTable>),
    /// Streams or datagrams that are handed on as they are.
    Stream(Arc<StreamTable>),
}

impl Table {
    /// What it is made of: a table that is made of the same serves the same.
    pub fn sources(&self) -> &BTreeSet<Source> {
        match self {
            Self::Http(table) => &table.sources,
            Self::Stream(table) => &table.sources,
        }
    }
}
