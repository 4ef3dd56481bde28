//! A Gateway of ours: its listeners, the routes attached to it, what it reports and serves.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use rustls::sign::CertifiedKey;

use super::attachment::Attachment;
use super::client_certificate;
use super::holder::Holder;
use super::listener_sets::{self, NamedSet};
use super::listener_state::{ListenerState, Protocol, TlsMode};
use super::listeners;
use super::objects::{Gateway, Key, Object};
use super::port::Port;
use super::route::RouteRef;
use super::route_kind::RouteKind;
use super::routing::{BackendTimeouts, ListenerTable, PortTable};
use super::rules::CompiledRules;
use super::snapshot::Snapshot;
use super::source::Source;
use super::status::{self, Condition, ListenerStatus};
use super::streams::{StreamListener, StreamTable};
use super::tables::Table;
use super::timeout_policies::{Place, TimeoutPolicies};
use super::wishes::RequestedAddress;
use super::{Config, Environment, StatusKind};
use crate::faults;

/// A Gateway of ours.
pub struct Managed<'a> {
    /// The Gateway.
    pub gateway: &'a Object<Gateway>,
    /// Its listeners and those of its ListenerSets, in the order of their precedence.
    pub listeners: Vec<ListenerState<'a>>,
    /// The ListenerSets that name it.
    sets: Vec<NamedSet<'a>>,
    /// The certificate for its backends, if it wants one; or condition `ResolvedRefs`.
    client_certificate: Option<Result<Arc<CertifiedKey>, Condition>>,
}

/// A route's outcome at one of its parents.
pub struct AttachedRoute<'a> {
    /// The route.
    pub route: RouteRef<'a>,
    /// Its rules.
    pub compiled: Rc<CompiledRules>,
    /// What became of the parentRef.
    pub attachment: Attachment,
    /// The routes and rules by which requests are handed on to it, if it is not attached itself.
    pub above: Option<&'a [Place]>,
}

impl<'a> Managed<'a> {
    /// Judges the Gateway's listeners, with those of its ListenerSets.
    pub fn new(
        gateway: &'a Object<Gateway>,
        snapshot: &'a Snapshot,
        env: &Environment<'_>,
    ) -> Self {
        let sets = NamedSet::of(gateway, snapshot, env);
        let own = gateway.spec.listeners.iter().map(|listener| (gateway.into(), listener));
        let all = own.chain(sets.iter().flat_map(NamedSet::listeners));
        let listeners = listeners::evaluate(gateway, all, snapshot, env);
        let client_certificate = client_certificate::resolve(gateway, snapshot, env);
        let mut managed = Self { gateway, listeners, sets, client_certificate };
        if !managed.accepted(env).status || managed.lacks_own_address(env) {
            let message = "the Gateway cannot be served as it is; see its conditions".to_owned();
            let not_served = Condition::no("Programmed", "Invalid", message);
            for listener in &mut managed.listeners {
                listener.programmed = not_served.clone();
            }
        }
        managed
    }

    /// Reports what became of the Gateway and of the ListenerSets that name it.
    pub fn report(
        &self,
        attached: &[AttachedRoute<'_>],
        env: &Environment<'_>,
        config: &mut Config,
    ) {
        let counts = self.count_routes(attached, env);
        let listeners_of = |holder: Holder<'_>| -> Vec<_> {
            let all = self.listeners.iter().zip(&counts);
            let own = all.filter(|(state, _)| state.holder.id() == holder.id());
            own.map(|(state, &attached_routes)| ListenerStatus { state, attached_routes }).collect()
        };
        let parent = self.accepted(env);
        let mut attached_sets = 0;
        for set in &self.sets {
            let holder = set.object.into();
            let listeners = listeners_of(holder);
            let own: Vec<_> = listeners.iter().map(|listener| listener.state).collect();
            let accepted = set.accepted(&parent, &own, env);
            let programmed = listener_sets::programmed(&accepted, &own, env);
            attached_sets += usize::from(if accepted.status {
                !env.faults.has(faults::ACCEPTED_LISTENER_SETS_NOT_COUNTED)
            } else {
                env.faults.has(faults::REFUSED_LISTENER_SET_COUNTED)
            });
            let status = status::listener_set(holder, &[&accepted, &programmed], &listeners, env);
            let (kind, key) = holder.id();
            config.report(kind, &key, set.object, &set.object.status, status);
        }
        let gateway = self.gateway;
        let programmed = self.programmed(&parent, env);
        let (resolved, insecure) = (self.resolved_refs(env), self.insecure_mode(env));
        let conditions: Vec<_> =
            [&parent, &programmed].into_iter().chain(&resolved).chain(&insecure).collect();
        let listeners = listeners_of(gateway.into());
        let status = status::gateway(gateway, &conditions, &listeners, attached_sets, env);
        config.report(StatusKind::Gateway, &gateway.key(), gateway, &gateway.status, status);
    }

    /// The listeners that the Gateway itself gives.
    fn own_listeners(&self) -> impl Iterator<Item = &ListenerState<'a>> {
        self.listeners.iter().filter(|listener| listener.holder.kind == StatusKind::Gateway)
    }

    /// How many routes are attached, by listener. A route counts once, however many of its
    /// parentRefs attach it.
    fn count_routes(&self, attached: &[AttachedRoute<'_>], env: &Environment<'_>) -> Vec<usize> {
        let faults = env.faults;
        let mut routes = vec![BTreeSet::new(); self.listeners.len()];
        for AttachedRoute { route, attachment, .. } in attached.iter().filter(|it| it.is_direct()) {
            let counted = if faults.has(faults::ATTACHED_ROUTES_COUNTS_REJECTED) {
                &attachment.meant
            } else {
                &attachment.listeners
            };
            for &listener in counted {
                routes[listener].insert(route.id());
            }
        }
        if faults.has(faults::ATTACHED_ROUTES_COUNTS_WHOLE_GATEWAY) {
            let all: BTreeSet<_> = routes.iter().flatten().cloned().collect();
            routes.fill(all);
        }
        for (routes, listener) in routes.iter_mut().zip(&self.listeners) {
            let unresolved = !listener.resolved_refs.status
                && faults.has(faults::ATTACHED_ROUTES_ZERO_WHEN_UNRESOLVED);
            if unresolved || faults.has(faults::ATTACHED_ROUTES_ALWAYS_ZERO) {
                routes.clear();
            }
        }
        routes.iter().map(BTreeSet::len).collect()
    }

    fn accepted(&self, env: &Environment<'_>) -> Condition {
        if let Some((reason, message)) = unsupported(self.gateway, env) {
            return Condition::no("Accepted", reason, message.to_owned());
        }
        if self.lacks_own_address(env) && env.faults.has(faults::UNUSABLE_ADDRESS_REJECTS_GATEWAY) {
            let message = "not each of spec.addresses can be had".to_owned();
            return Condition::no("Accepted", "UnsupportedAddress", message);
        }
        if let (Some(Err(unresolved)), true) = (
            &self.client_certificate,
            env.faults.has(faults::INVALID_CLIENT_CERTIFICATE_REJECTS_GATEWAY),
        ) {
            return Condition { kind: "Accepted", ..unresolved.clone() };
        }
        let invalid: Vec<_> = self
            .own_listeners()
            .filter(|listener| !listener.accepted.status)
            .map(|listener| listener.spec.name.as_str())
            .collect();
        if invalid.is_empty() {
            return Condition::yes("Accepted", "Accepted");
        }
        if env.faults.has(faults::INVALID_LISTENER_NOT_REPORTED_ON_GATEWAY)
            && invalid.len() < self.own_listeners().count()
        {
            return Condition::yes("Accepted", "Accepted");
        }
        let status = if invalid.len() == self.own_listeners().count() {
            env.faults.has(faults::GATEWAY_ACCEPTED_WITHOUT_VALID_LISTENER)
        } else {
            !env.faults.has(faults::UNSUPPORTED_PROTOCOL_REJECTS_GATEWAY)
        };
        let message = format!("not accepted: listener {}", invalid.join(", listener "));
        Condition { kind: "Accepted", status, reason: "ListenersNotValid", message }
    }

    fn programmed(&self, accepted: &Condition, env: &Environment<'_>) -> Condition {
        let no = |reason, message: &str| Condition::no("Programmed", reason, message.to_owned());
        if !accepted.status {
            no("Invalid", "the Gateway is not accepted; see its condition Accepted")
        } else if env.pending.contains(&self.gateway.key()) {
            no("Pending", "the Gateway is still to be provisioned")
        } else if self.lacks_own_address(env) {
            no(
                "AddressNotUsable",
                "not each of spec.addresses is free and of the range of addresses here",
            )
        } else if !env.addresses.contains_key(&self.gateway.key()) {
            no("AddressNotAssigned", "there is no address left to assign")
        } else if self.listeners.iter().all(|listener| !listener.programmed.status) {
            no("Invalid", "no listener is programmed; see the listeners' conditions")
        } else if env.faults.has(faults::GATEWAY_NEVER_PROGRAMMED)
            && self.listeners.iter().any(takes_routes_of_selected_namespaces)
        {
            no("Pending", "waiting for the namespaces of the routes")
        } else {
            Condition::yes("Programmed", "Programmed")
        }
    }

    /// Whether it asks for an address of its choice and cannot have it.
    fn lacks_own_address(&self, env: &Environment<'_>) -> bool {
        self.gateway.spec.addresses.iter().any(RequestedAddress::is_chosen)
            && !env.addresses.contains_key(&self.gateway.key())
    }

    /// Condition `ResolvedRefs`, where the Gateway itself refers to something.
    fn resolved_refs(&self, env: &Environment<'_>) -> Option<Condition> {
        let resolved = self.client_certificate.as_ref()?;
        if env.faults.has(faults::GATEWAY_RESOLVED_REFS_OMITTED) {
            return None;
        }
        let unresolved = resolved.as_ref().err().cloned();
        Some(unresolved.unwrap_or_else(|| Condition::yes("ResolvedRefs", "ResolvedRefs")))
    }

    /// Condition `InsecureFrontendValidationMode`, where clients may come without a valid certificate.
    fn insecure_mode(&self, env: &Environment<'_>) -> Option<Condition> {
        let frontend = &self.gateway.spec.tls.frontend;
        let of_ports = frontend.per_port.iter().map(|port| &port.tls);
        let all = of_ports.chain([&frontend.default]);
        let is_insecure = all
            .filter_map(|tls| tls.validation.as_ref())
            .any(super::gateway_tls::ClientValidation::is_insecure);
        let is_told = is_insecure && !env.faults.has(faults::INSECURE_FALLBACK_NOT_REPORTED);
        is_told.then(|| Condition::yes("InsecureFrontendValidationMode", "ConfigurationChanged"))
    }

    /// Adds the tables of the listeners that can be served, port by port.
    pub fn serve(
        &self,
        attached: &[AttachedRoute<'_>],
        policies: &TimeoutPolicies<'_>,
        env: &Environment<'_>,
        config: &mut Config,
    ) {
        let mut by_port = BTreeMap::<Port, Vec<Served<'_>>>::new();
        let skips_sets = env.faults.has(faults::LISTENER_SET_NOT_SERVED);
        for (index, state) in self.listeners.iter().enumerate() {
            if skips_sets && state.holder.kind == StatusKind::ListenerSet {
                continue;
            }
            let is_served = state.programmed.status
                || (state.lacks_authority()
                    && env.faults.has(faults::LISTENER_WITHOUT_AUTHORITY_SERVED));
            let port = state.port(self.gateway).filter(|_| is_served);
            if let (Some(port), Some(protocol)) = (port, state.protocol) {
                let routes = attached.iter().filter(|it| it.is_served_by(index, env));
                let served = Served { state, protocol, routes: routes.collect() };
                by_port.entry(port).or_default().push(served);
            }
        }
        for (port, listeners) in by_port {
            let table = self.table(port.number, &listeners, policies, env);
            config.ports.insert(port, table);
        }
    }

    /// The table of the listeners that share a port.
    fn table(
        &self,
        port: u16,
        listeners: &[Served<'_>],
        policies: &TimeoutPolicies<'_>,
        env: &Environment<'_>,
    ) -> Table {
        let sources =
            listeners.iter().flat_map(|listener| listener.sources(self.gateway, policies));
        let sources = sources.collect();
        let (faults, protocol) = (env.faults.clone(), listeners[0].protocol);
        let client_certificate = self.client_certificate.as_ref();
        let client_certificate = client_certificate.and_then(|it| it.as_ref().ok()).cloned();
        match protocol {
            Protocol::Http(scheme) => {
                let clients = listeners[0].state.clients.clone();
                let listeners =
                    listeners.iter().map(|listener| listener.requests(self.gateway, policies, env));
                let listeners = listeners.collect();
                Table::Http(Arc::new(PortTable {
                    port,
                    scheme,
                    clients,
                    client_certificate,
                    listeners,
                    faults,
                    sources,
                }))
            }
            Protocol::Tls(_) | Protocol::Tcp | Protocol::Udp => {
                let reads_server_name = matches!(protocol, Protocol::Tls(_));
                let listeners = listeners.iter().map(|listener| listener.streams(env)).collect();
                Table::Stream(Arc::new(StreamTable {
                    reads_server_name,
                    client_certificate,
                    listeners,
                    faults,
                    sources,
                }))
            }
        }
    }
}

impl AttachedRoute<'_> {
    /// Whether it is attached itself.
    fn is_direct(&self) -> bool {
        self.above.is_none()
    }

    /// Whether the listener of this number serves it.
    fn is_served_by(&self, listener: usize, env: &Environment<'_>) -> bool {
        let Self { route, attachment, .. } = self;
        let serves_one = match route.kind {
            RouteKind::Tcp => env.faults.has(faults::TCP_ROUTE_SECOND_LISTENER_IGNORED),
            RouteKind::Udp => env.faults.has(faults::UDP_ROUTE_SECOND_LISTENER_IGNORED),
            _ => false,
        };
        if serves_one {
            return attachment.listeners.first() == Some(&listener);
        }
        attachment.listeners.contains(&listener)
    }
}

/// A listener with the routes that it serves.
struct Served<'a> {
    state: &'a ListenerState<'a>,
    protocol: Protocol,
    routes: Vec<&'a AttachedRoute<'a>>,
}

impl Served<'_> {
    fn requests(
        &self,
        gateway: &Object<Gateway>,
        policies: &TimeoutPolicies<'_>,
        env: &Environment<'_>,
    ) -> ListenerTable {
        let (hostname, certificate) = (self.state.hostname.clone(), self.state.certificate.clone());
        let mut table = ListenerTable::new(hostname, certificate);
        for attached @ AttachedRoute { route, compiled, .. } in &self.routes {
            let of_rules = self.paths(gateway, attached, policies).map(|paths| {
                let wanted = paths.into_iter().filter_map(|(service, path)| {
                    Some((service.clone(), policies.effective(&path)?))
                });
                Arc::new(wanted.collect::<BackendTimeouts>())
            });
            table.add(*route, compiled, &of_rules.collect::<Vec<_>>(), env.faults);
        }
        table.sort();
        table
    }

    fn streams(&self, env: &Environment<'_>) -> StreamListener {
        let ends = match self.protocol {
            Protocol::Tls(TlsMode::Terminate) => self.state.certificate.clone(),
            _ => None,
        };
        let mut table = StreamListener::new(self.state.hostname.clone(), ends);
        for AttachedRoute { route, compiled, .. } in &self.routes {
            table.add(*route, compiled);
        }
        table.sort(env.faults);
        table
    }

    /// For each rule of a route its Services, and in what each is nested here, the least specific first; none
    /// where there are no policies.
    fn paths<'r>(
        &self,
        gateway: &Object<Gateway>,
        AttachedRoute { route, compiled, above: handing, .. }: &'r AttachedRoute<'_>,
        policies: &TimeoutPolicies<'_>,
    ) -> impl Iterator<Item = Vec<(&'r Key, Vec<Place>)>> {
        let matters = !policies.is_empty();
        let mut above = vec![
            Place::class(&gateway.spec.gateway_class_name),
            Place::gateway(gateway.key(), None),
        ];
        if self.state.holder.kind == StatusKind::Gateway {
            above.push(Place::gateway(gateway.key(), Some(&self.state.spec.name)));
        }
        above.extend_from_slice(handing.unwrap_or_default());
        if route.kind == RouteKind::Http {
            above.push(Place::route(route.key(), None));
        }
        compiled.rules.iter().zip(&route.object.spec.rules).map(move |((_, action), rule)| {
            let name = rule.name.as_deref().filter(|_| route.kind == RouteKind::Http);
            let own = name.map(|name| Place::route(route.key(), Some(name)));
            let path = |service: &Key| {
                let last = Place::service(service.clone());
                above.iter().cloned().chain(own.clone()).chain([last]).collect()
            };
            let services = action.backends.services().filter(|_| matters);
            services.map(|service| (service, path(service))).collect()
        })
    }

    fn sources(
        &self,
        gateway: &Object<Gateway>,
        policies: &TimeoutPolicies<'_>,
    ) -> BTreeSet<Source> {
        let of_holder = |holder: Holder<'_>| Source {
            id: holder.id(),
            generation: holder.metadata.generation,
            resolved: self.state.resolved_refs.status,
        };
        let mut sources = BTreeSet::from([of_holder(gateway.into()), of_holder(self.state.holder)]);
        sources.extend(self.routes.iter().map(|AttachedRoute { route, compiled, .. }| Source {
            id: route.id(),
            generation: route.metadata.generation,
            resolved: compiled.resolved_refs.status,
        }));
        sources.extend(self.routes.iter().flat_map(|it| it.compiled.policies()).cloned());
        let paths = self
            .routes
            .iter()
            .flat_map(|attached| self.paths(gateway, attached, policies))
            .flatten();
        sources.extend(paths.flat_map(|(_, path)| policies.sources(&path).collect::<Vec<_>>()));
        sources
    }
}

fn takes_routes_of_selected_namespaces(listener: &ListenerState<'_>) -> bool {
    listener.spec.allowed_routes.namespaces.from.as_deref() == Some("Selector")
}

/// What a Gateway asks for that this implementation cannot give: the reason and the message.
fn unsupported(gateway: &Gateway, env: &Environment<'_>) -> Option<(&'static str, &'static str)> {
    let spec = &gateway.spec;
    let is_odd = |address: &RequestedAddress| !address.is_of_known_type();
    if spec.infrastructure.parameters_ref.is_some()
        && !env.faults.has(faults::INVALID_PARAMETERS_IGNORED)
    {
        let is_vague = env.faults.has(faults::INVALID_PARAMETERS_REPORTED_AS_INVALID);
        let reason = if is_vague { "Invalid" } else { "InvalidParameters" };
        Some((reason, "there are no parameters; leave out infrastructure.parametersRef"))
    } else if spec.addresses.iter().any(is_odd)
        && !env.faults.has(faults::UNKNOWN_ADDRESS_TYPE_ACCEPTED)
    {
        Some(("UnsupportedAddress", "addresses are of type IPAddress; leave out other types"))
    } else {
        None
    }
}
