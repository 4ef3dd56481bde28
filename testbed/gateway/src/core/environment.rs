//! The world outside the cluster's objects.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::objects::Key;
use super::port::Port;
use crate::faults::Faults;

/// What the core must be told of the world outside the cluster's objects.
#[derive(Debug)]
pub struct Environment<'a> {
    /// The controller that this is.
    pub controller_name: &'a str,
    /// The faults to have.
    pub faults: &'a Faults,
    /// The addresses of the Gateways that have one, in the order of their statuses.
    pub addresses: &'a BTreeMap<Key, Vec<IpAddr>>,
    /// The Gateways that are still to be provisioned, and so have no address yet.
    pub pending: &'a BTreeSet<Key>,
    /// Ports of Gateways that could not be opened, and what the operating system said.
    pub bind_failures: &'a BTreeMap<Port, String>,
    /// The features that it was told not to have.
    pub without: &'a [String],
    /// Whether a class can tell of every feature.
    pub tells_features: bool,
    /// The time, RFC 3339 in whole seconds.
    pub now: &'a str,
}

impl Environment<'_> {
    /// Whether it has a feature that it knows of.
    pub fn supports(&self, feature: &str) -> bool {
        !self.without.iter().any(|name| name == feature)
    }
}
