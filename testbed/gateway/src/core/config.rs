//! What the core computes.

use std::collections::BTreeMap;

use serde_json::Value;

use super::objects::{Key, Object};
use super::port::Port;
use super::status_update::{StatusKind, StatusUpdate};
use super::tables::Table;

/// What follows from a snapshot.
#[derive(Debug, Default)]
pub struct Config {
    /// What is served, by port.
    pub ports: BTreeMap<Port, Table>,
    /// The statuses that differ from what the objects say.
    pub statuses: Vec<StatusUpdate>,
    /// The `GatewayClass`es that are to have the finalizer and have it not yet.
    pub unfinalized: Vec<Key>,
}

impl Config {
    /// Notes a status that is not what it was before.
    pub fn report<T>(
        &mut self,
        kind: StatusKind,
        key: &Key,
        object: &Object<T>,
        before: &Value,
        status: Value,
    ) {
        if *before != status {
            let resource_version = object.metadata.resource_version.clone();
            self.statuses.push(StatusUpdate { kind, key: key.clone(), resource_version, status });
        }
    }
}
