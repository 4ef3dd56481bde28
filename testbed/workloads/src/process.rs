//! What a container's program sees of the world: its address, environment, files and standard
//! output.

use std::{
    collections::{BTreeMap, HashMap},
    net::Ipv4Addr,
};

use crate::logs::ContainerLog;

/// One container about to run.
#[derive(Clone, Debug)]
pub(crate) struct Process {
    pub(crate) address: Ipv4Addr,
    pub(crate) environment: BTreeMap<String, String>,
    /// Mounted files by absolute path.
    pub(crate) files: HashMap<String, Vec<u8>>,
    pub(crate) log: ContainerLog,
}

impl Process {
    /// A variable that is set and not empty.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}
