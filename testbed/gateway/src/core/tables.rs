//! What is served on a port, whatever its protocol.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::StatusKind;
use super::objects::Key;
use super::routing::PortTable;
use super::streams::StreamTable;

/// What is served on one port of a Gateway.
#[derive(Debug, Clone)]
pub enum Table {
    /// Requests.
    Http(Arc<PortTable>),
    /// Streams or datagrams that are handed on as they are.
    Stream(Arc<StreamTable>),
}

/// An object that a table is made of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// The Gateway or route.
    pub id: (StatusKind, Key),
    /// Its generation.
    pub generation: i64,
    /// Whether its references were resolved.
    pub resolved: bool,
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
