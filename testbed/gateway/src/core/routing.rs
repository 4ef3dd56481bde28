//! Routing tables: from a request on a port to the rule that takes it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustls::sign::CertifiedKey;

use super::client_validation::Clients;
use super::hostname::Hostname;
use super::listener_state::Scheme;
use super::matching::{Precedence, RequestHead, RequestMatch};
use super::objects::Key;
use super::route::RouteRef;
use super::rules::{Action, CompiledRules};
use super::source::Source;
use super::timeout_policy::Effective;
use crate::faults::{self, Faults};

/// What is served on one port of a Gateway that reads requests.
#[derive(Debug)]
pub struct PortTable {
    /// The port, as listeners give it.
    pub port: u16,
    /// How connections begin.
    pub scheme: Scheme,
    /// What is asked of clients, where connections begin with TLS.
    pub clients: Clients,
    /// The certificate for backends that ask for one.
    pub client_certificate: Option<Arc<CertifiedKey>>,
    /// The listeners that share the port.
    pub listeners: Vec<ListenerTable>,
    /// The faults to have.
    pub faults: Faults,
    /// What it is made of: a table that is made of the same serves the same.
    pub sources: BTreeSet<Source>,
}

/// What is served through one listener.
#[derive(Debug)]
pub struct ListenerTable {
    hostname: Hostname,
    certificate: Option<Arc<CertifiedKey>>,
    /// In order of precedence.
    entries: Vec<Entry>,
}

/// One match of one rule, under one hostname of its route.
#[derive(Debug, Clone)]
pub struct Entry {
    hostname: Hostname,
    precedence: Precedence,
    /// The match.
    pub matched: RequestMatch,
    /// What happens to its requests.
    pub action: Arc<Action>,
    /// What policies want for the requests to each backend.
    pub policies: Arc<BackendTimeouts>,
}

/// What policies want for the requests to backends, by their Services.
pub type BackendTimeouts = BTreeMap<Key, Effective>;

/// Where a request goes.
#[derive(Debug)]
pub enum Routed<'a> {
    /// To this rule.
    To(&'a Entry),
    /// No rule takes it: 404.
    Nowhere,
    /// It came over a connection that was made for another listener: 421.
    Misdirected,
}

impl PortTable {
    /// The most specific listener for a host (lower case, without port).
    fn listener(&self, host: &str) -> Option<&ListenerTable> {
        let specificity = |listener: &&ListenerTable| {
            let (rank, length) = listener.hostname.specificity();
            if self.faults.has(faults::WILDCARD_LISTENER_BEATS_EXACT) && rank == 2 {
                // Above none, below every wildcard.
                return (1, 0);
            }
            (rank, length)
        };
        self.listeners
            .iter()
            .filter(|listener| listener.hostname.matches(host, &self.faults))
            .max_by_key(specificity)
    }

    /// The certificate for a connection with this server name.
    pub fn certificate(&self, server_name: Option<&str>) -> Option<Arc<CertifiedKey>> {
        let name = server_name.unwrap_or_default().to_ascii_lowercase();
        let listener = self.listener(&name)?;
        if self.faults.has(faults::HTTPS_LISTENER_WITHOUT_HOSTNAME_REFUSES)
            && listener.hostname == Hostname::Any
        {
            return None;
        }
        listener.certificate.clone()
    }

    /// Finds the rule for a request, which came over a connection with this server name if any.
    ///
    /// The most specific listener for the host takes it, and no other, even when none of its routes
    /// does. A request over TLS whose server name belongs to another listener is misdirected.
    pub fn route(&self, server_name: Option<&str>, request: &RequestHead<'_>) -> Routed<'_> {
        let fits = |entry: &&Entry| {
            (entry.hostname.matches(request.host, &self.faults)
                || self.faults.has(faults::ROUTE_HOSTNAMES_IGNORED))
                && entry.matched.matches(request, &self.faults)
        };
        if self.faults.has(faults::LISTENER_HOSTNAME_IGNORED) {
            let entries = self.listeners.iter().flat_map(|listener| &listener.entries);
            let best = entries.filter(fits).min_by_key(|entry| &entry.precedence);
            return best.map_or(Routed::Nowhere, Routed::To);
        }
        if self.scheme == Scheme::Https && self.is_misdirected(server_name, request.host) {
            return if self.faults.has(faults::MISDIRECTED_REQUEST_GIVES_404) {
                Routed::Nowhere
            } else {
                Routed::Misdirected
            };
        }
        let mut entries = self.entries(request.host).filter(fits);
        let Some(first) = entries.next() else { return Routed::Nowhere };
        let skip = first.action.filters.redirect.is_none()
            && first.action.backends.all_invalid()
            && self.skips_invalid(&first.action);
        Routed::To(entries.next().filter(|_| skip).unwrap_or(first))
    }

    /// Whether a server name is of another listener than a host.
    fn is_misdirected(&self, server_name: Option<&str>, host: &str) -> bool {
        if self.faults.has(faults::MISDIRECTED_REQUEST_SERVED) {
            return false;
        }
        let name = server_name.unwrap_or_default().to_ascii_lowercase();
        let of_one = match (self.listener(&name), self.listener(host)) {
            (Some(one), Some(other)) => std::ptr::eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        };
        !of_one || (name != host && self.faults.has(faults::SERVER_NAME_MUST_BE_HOST))
    }

    /// What is there for a host, in order of precedence: what the most specific listener for it has.
    fn entries(&self, host: &str) -> impl Iterator<Item = &Entry> {
        let taker = self.listener(host);
        let own = taker.into_iter().flat_map(|listener| &listener.entries);
        let first = own.clone().find(|entry| entry.hostname.matches(host, &self.faults));
        let only_first = self.faults.has(faults::LESS_SPECIFIC_HOSTNAME_NOT_TRIED);
        let own = own.filter(move |entry| {
            !only_first || first.is_some_and(|first| first.hostname == entry.hostname)
        });
        let others = self.listeners.iter().filter(move |other| {
            other.hostname.matches(host, &self.faults)
                && !taker.is_some_and(|taker| std::ptr::eq(taker, *other))
        });
        let others = others.flat_map(|listener| &listener.entries).filter(|entry| {
            self.faults.has(faults::LESS_SPECIFIC_LISTENER_TRIED)
                || (entry.hostname != Hostname::Any
                    && self.faults.has(faults::ROUTE_HOSTNAME_REACHES_BEYOND_LISTENER))
        });
        own.chain(others)
    }

    fn skips_invalid(&self, action: &Action) -> bool {
        if action.backends.is_empty() {
            self.faults.has(faults::NO_BACKEND_REFS_FALLS_THROUGH)
        } else {
            self.faults.has(faults::INVALID_BACKEND_FALLS_THROUGH)
        }
    }
}

impl ListenerTable {
    /// The table of a listener, yet without routes.
    pub fn new(hostname: Hostname, certificate: Option<Arc<CertifiedKey>>) -> Self {
        Self { hostname, certificate, entries: Vec::new() }
    }

    /// Adds the rules of a route that is attached to the listener, with what policies want for the backends of
    /// each.
    pub fn add(
        &mut self,
        route: RouteRef<'_>,
        compiled: &CompiledRules,
        policies: &[Arc<BackendTimeouts>],
        faults: &Faults,
    ) {
        for hostname in route.hostname_patterns() {
            let compared = if faults.has(faults::HOSTNAMES_COMPARED_AS_LISTENER_LEAVES_THEM) {
                std::cmp::max_by_key(&hostname, &self.hostname, |name| name.specificity())
            } else {
                &hostname
            };
            let rules = compiled.rules.iter().zip(policies).enumerate();
            for (index, ((matches, action), policies)) in rules {
                self.entries.extend(matches.iter().map(|matched| Entry {
                    hostname: hostname.clone(),
                    precedence: Precedence::new(compared, matched, &route, index, faults),
                    matched: matched.clone(),
                    action: Arc::clone(action),
                    policies: Arc::clone(policies),
                }));
            }
        }
    }

    /// Puts the entries in order; to be called once all routes are added.
    pub fn sort(&mut self) {
        self.entries.sort_by(|one, other| one.precedence.cmp(&other.precedence));
    }
}
