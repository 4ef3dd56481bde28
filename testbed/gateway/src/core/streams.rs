//! Where streams and datagrams go: by the listener's port alone, or by the server name of a TLS
//! handshake.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustls::sign::CertifiedKey;

use super::backends::{Destination, Endpoints};
use super::hostname::Hostname;
use super::objects::Key;
use super::route::RouteRef;
use super::rules::{Action, CompiledRules};
use super::source::Source;
use crate::faults::{self, Faults};

/// What is served on one port of a Gateway that hands on what it does not understand.
#[derive(Debug)]
pub struct StreamTable {
    /// Whether connections begin with a TLS handshake whose server name decides.
    pub reads_server_name: bool,
    /// The certificate for backends that ask for one.
    pub client_certificate: Option<Arc<CertifiedKey>>,
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
    /// With which TLS ends here; none where it does not.
    certificate: Option<Arc<CertifiedKey>>,
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

/// Where a stream goes.
#[derive(Debug)]
pub struct Handed<'t> {
    /// With which its TLS session ends before that; none where it does not.
    pub certificate: Option<&'t Arc<CertifiedKey>>,
    /// To one of these.
    pub endpoints: &'t Endpoints,
}

impl StreamTable {
    /// Where the next connection goes, which asked for this server name if any; none closes it.
    ///
    /// The most specific listener for the name takes it and no other, and of its routes the most
    /// specific one, or the oldest of several.
    pub fn hand_on(&self, server_name: Option<&str>) -> Option<Handed<'_>> {
        let name = server_name.unwrap_or_default().to_ascii_lowercase();
        let matches = |hostname: &Hostname| hostname.matches(&name, &self.faults);
        let listeners = self.listeners.iter().filter(|listener| matches(&listener.hostname));
        let listener = listeners.max_by_key(|listener| listener.hostname.specificity())?;
        let takes_any = self.faults.has(faults::UNROUTED_SERVER_NAME_TAKEN);
        let mut entries = listener.entries.iter();
        let entry = entries.find(|entry| takes_any || matches(&entry.hostname))?;
        match &entry.action.backends.pick()?.destination {
            Destination::Endpoints(endpoints) => {
                Some(Handed { certificate: listener.certificate.as_ref(), endpoints })
            }
            Destination::Nowhere(_) => None,
        }
    }
}

impl StreamListener {
    /// The table of a listener, yet without routes.
    pub fn new(hostname: Hostname, certificate: Option<Arc<CertifiedKey>>) -> Self {
        Self { hostname, certificate, entries: Vec::new() }
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
    pub fn sort(&mut self, faults: &Faults) {
        let specificity = |entry: &Entry| {
            let is_ignored = faults.has(faults::OLDER_STREAM_ROUTE_BEATS_SPECIFIC);
            if is_ignored { (0, 0) } else { entry.hostname.specificity() }
        };
        self.entries.sort_by(|one, other| {
            let specific = specificity(other).cmp(&specificity(one));
            let older = (&one.created, &one.key).cmp(&(&other.created, &other.key));
            let is_turned_round = faults.has(faults::NEWER_STREAM_ROUTE_WINS);
            specific.then(if is_turned_round { older.reverse() } else { older })
        });
    }
}
