//! Where streams and datagrams go: by the listener's port alone, or by the server name of a TLS
//! handshake.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;

use super::backends::Destination;
use super::hostname::Hostname;
use super::objects::Key;
use super::route::RouteRef;
use super::rules::{Action, CompiledRules};
use super::source::Source;
use crate::faults::Faults;

/// What is served on one port of a Gateway that hands on what it does not understand.
#[derive(Debug)]
pub struct StreamTable {
    /// Whether connections begin with a TLS handshake whose server name decides.
    pub reads_server_name: bool,
    /// The listeners that share the port: more than one where hostnames tell them apart.
    pub listeners: Vec<StreamListener>,
    /// The faults to have.
    pub faults: Faults,
    /// What it is made of: a table that is made of the same serves the same.
    pub sources: BTreeSet<Source>,
}

/// What is served through one listener.
#[derive(Debug)]
pub struct StreamListener {
    hostname: Hostname,
    /// In order of precedence.
    entries: Vec<Entry>,
}

/// A route under one of its hostnames.
#[derive(Debug)]
struct Entry {
    hostname: Hostname,
    created: String,
    key: Key,
    action: Arc<Action>,
}

impl StreamTable {
    /// The endpoint for the next connection, which asked for this server name if any; none closes it.
    ///
    /// The most specific listener for the name takes it and no other, and of its routes the most
    /// specific one, or the oldest of several.
    pub fn endpoint(&self, server_name: Option<&str>) -> Option<SocketAddr> {
        let name = server_name.unwrap_or_default().to_ascii_lowercase();
        let matches = |hostname: &Hostname| hostname.matches(&name, &self.faults);
        let listeners = self.listeners.iter().filter(|listener| matches(&listener.hostname));
        let listener = listeners.max_by_key(|listener| listener.hostname.specificity())?;
        let entry = listener.entries.iter().find(|entry| matches(&entry.hostname))?;
        match &entry.action.backends.pick()?.destination {
            Destination::Endpoints(endpoints) => endpoints.next(),
            Destination::Nowhere(_) => None,
        }
    }
}

impl StreamListener {
    /// The table of a listener, yet without routes.
    pub fn new(hostname: Hostname) -> Self {
        Self { hostname, entries: Vec::new() }
    }

    /// Adds a route that is attached to the listener. It has one rule: there is nothing that a second
    /// one could match.
    pub fn add(&mut self, route: RouteRef<'_>, compiled: &CompiledRules) {
        let Some((_, action)) = compiled.rules.first() else { return };
        let entry = |hostname| Entry {
            hostname,
            created: route.metadata.creation_timestamp.clone(),
            key: route.key(),
            action: Arc::clone(action),
        };
        self.entries.extend(route.hostname_patterns().into_iter().map(entry));
    }

    /// Puts the routes in order; to be called once all are added.
    pub fn sort(&mut self) {
        self.entries.sort_by(|one, other| {
            let specific = other.hostname.specificity().cmp(&one.hostname.specificity());
            specific.then_with(|| (&one.created, &one.key).cmp(&(&other.created, &other.key)))
        });
    }
}
