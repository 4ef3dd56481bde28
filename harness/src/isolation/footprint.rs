//! What a test touches, read from its manifests: enough to tell which tests may run side by side.
//!
//! Two tests conflict when
//! - they apply the same object,
//! - a ReferenceGrant of one permits a reference of the other, or would for an implementation that does
//!   not compare one of its fields, or
//! - they share traffic: routes of both are attached to one Gateway, or to Gateways whose
//!   addresses coincide, on the same port and with hostnames that a request could have in common; where
//!   tests run in company only if a request of one may be answered by a route of the other, or
//! - one counts the routes of a Gateway to which the other attaches some, or
//! - one adds listeners, by a ListenerSet, to a Gateway of the base environment that the other uses, or
//! - one changes how a Service is reached that it does not bring itself: it runs alone.

use std::collections::{BTreeMap, BTreeSet};

use cluster::{Key, Kind, Object};
use model::exchange::Through;
use serde_json::Value;

use crate::{
    context::addresses::GatewayName,
    isolation::{
        asking::Asking,
        routing::{Rule, Sample, Services, array, overlap},
    },
};

/// What a test touches.
#[derive(Clone, Debug, Default)]
pub(crate) struct Footprint {
    objects: BTreeSet<Key>,
    grants: Vec<Grant>,
    references: Vec<Reference>,
    traffic: Vec<Traffic>,
    /// What it sends.
    requests: Vec<Sent>,
    exclusive: BTreeSet<GatewayName>,
    /// Whether others may be disturbed, whatever they touch.
    is_opaque: bool,
    /// The Gateways that its routes and ListenerSets name, or that it makes.
    pub(crate) gateways: BTreeSet<GatewayName>,
    /// Those of them that it does not make, and to which its ListenerSets add listeners.
    extended: BTreeSet<GatewayName>,
    /// What its HTTPRoutes and GRPCRoutes answer.
    pub(crate) rules: Vec<Rule>,
}

/// Why two tests cannot run side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Conflict {
    /// Routes of both, of one kind, answer at one place over plain HTTP; nothing else.
    Routes,
    /// They share more than that.
    More,
}

/// A listener on which a test's requests may be answered.
#[derive(Clone, Debug)]
struct Traffic {
    gateway: GatewayName,
    port: i64,
    way: Way,
    /// Empty: any hostname.
    hostnames: Vec<String>,
    /// Those of the route that are attached there.
    rules: Vec<Rule>,
}

/// How something is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Way {
    /// By routes of this kind.
    kind: Kind,
    /// Over plain HTTP.
    is_plain: bool,
}

/// A request, a call or a conversation with a listener.
#[derive(Clone, Debug)]
struct Sent {
    gateway: GatewayName,
    port: i64,
    way: Way,
    asking: Asking,
    /// Whether the Gateway has the listener before the test changes it.
    has_listener: bool,
}

/// What a test says of itself.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Declared<'d> {
    /// The namespace of the Gateways that it names.
    pub(crate) infra: &'d str,
    /// The base Gateways whose routes it counts.
    pub(crate) exclusive: &'d [&'d str],
    /// What it sends.
    pub(crate) sends: &'d [Through],
    /// Whether no other test may run beside it.
    pub(crate) alone: bool,
}

#[derive(Clone, Debug)]
struct Grant {
    from: Referrer,
    to_namespace: String,
    to_group: String,
    to_kind: String,
    to_name: Option<String>,
}

/// A reference across namespaces.
#[derive(Clone, Debug)]
struct Reference {
    from: Referrer,
    to_namespace: String,
    to_group: String,
    to_kind: String,
    to_name: String,
}

/// Who names something in another namespace.
#[derive(Clone, Debug)]
struct Referrer {
    group: String,
    kind: String,
    namespace: String,
}

/// The listeners of the Gateways that stand before any test.
pub(crate) type Listeners = BTreeMap<GatewayName, Vec<Listener>>;

/// What counts of a listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listener {
    pub(crate) name: String,
    pub(crate) port: i64,
    pub(crate) protocol: String,
    pub(crate) hostname: Option<String>,
    /// The ListenerSet that adds it to those of its Gateway, by namespace and name.
    pub(crate) set: Option<(String, String)>,
}

/// The listeners of the Gateways among some objects.
pub(crate) fn listeners(objects: &[Object]) -> Listeners {
    let gateways = objects.iter().filter(|object| is(object, Kind::Gateway));
    gateways.map(|gateway| (name_of(gateway), listeners_of(gateway, None))).collect()
}

/// The ListenerSets among some objects, each with its Gateway.
fn sets(objects: &[Object]) -> impl Iterator<Item = (&Object, GatewayName)> {
    let sets = objects.iter().filter(|object| is(object, Kind::ListenerSet));
    sets.map(|set| (set, named(&set.data["spec"]["parentRef"], &name_of(set).0)))
}

/// The listeners of a Gateway, or of the ListenerSet of this name.
fn listeners_of(object: &Object, set: Option<&(String, String)>) -> Vec<Listener> {
    let listeners = array(&object.data["spec"]["listeners"]).map(|listener| Listener {
        name: text(&listener["name"]).unwrap_or_default().to_owned(),
        port: listener["port"].as_i64().unwrap_or_default(),
        protocol: text(&listener["protocol"]).unwrap_or_default().to_owned(),
        hostname: text(&listener["hostname"]).map(str::to_owned),
        set: set.cloned(),
    });
    listeners.collect()
}

impl Footprint {
    /// Reads it from a test's objects. `base` are the listeners of the base Gateways, `services` what
    /// its routes can name.
    pub(crate) fn read(
        objects: &[Object],
        base: &Listeners,
        services: &Services,
        declared: Declared<'_>,
    ) -> Self {
        let made = listeners(objects);
        let mut own = made.clone();
        for (set, gateway) in sets(objects) {
            own.entry(gateway).or_default().extend(listeners_of(set, Some(&name_of(set))));
        }
        let all = |gateway: &GatewayName| {
            let of_base = base.get(gateway).filter(|_| !made.contains_key(gateway));
            let added = own.get(gateway).into_iter().flatten();
            of_base.into_iter().flatten().chain(added).cloned().collect::<Vec<_>>()
        };
        let in_infra = |name: &str| (declared.infra.to_owned(), name.to_owned());
        let requests = declared.sends.iter().flat_map(|through| {
            let gateway = in_infra(through.gateway);
            Sent::all(through, &gateway, &all(&gateway))
        });
        let mut footprint = Self {
            objects: objects.iter().filter_map(Key::of).collect(),
            exclusive: declared.exclusive.iter().map(|name| in_infra(name)).collect(),
            requests: requests.collect(),
            gateways: own.keys().cloned().collect(),
            extended: own.keys().filter(|it| !made.contains_key(*it)).cloned().collect(),
            is_opaque: declared.alone || objects.iter().any(|object| is_opaque(object, objects)),
            ..Self::default()
        };
        for object in objects {
            footprint.read_references(object);
            if let Some(kind) = Kind::of(object).filter(|kind| kind.is_route()) {
                let rules = Rule::of_route(object, services);
                footprint.read_route(object, kind, &rules, objects, all);
                if kind.routes_requests() {
                    footprint.rules.extend(rules);
                }
            }
        }
        // Without routes a plain listener answers nobody, but a certificate is chosen per address, and what is
        // not HTTP has its port alone.
        for (gateway, listeners) in &own {
            let others = listeners.iter().filter(|listener| listener.protocol != "HTTP");
            footprint.traffic.extend(others.map(|listener| Traffic {
                gateway: gateway.clone(),
                port: listener.port,
                way: Way { kind: Kind::Gateway, is_plain: false },
                hostnames: listener.hostname.iter().cloned().collect(),
                rules: Vec::new(),
            }));
        }
        footprint
    }

    fn read_route(
        &mut self,
        route: &Object,
        kind: Kind,
        rules: &[Rule],
        objects: &[Object],
        listeners: impl Fn(&GatewayName) -> Vec<Listener>,
    ) {
        let hostnames: Vec<String> =
            array(&route.data["spec"]["hostnames"]).filter_map(text).map(str::to_owned).collect();
        let namespace = route.metadata.namespace.clone().unwrap_or_default();
        for parent in array(&route.data["spec"]["parentRefs"]) {
            let name = named(parent, &namespace);
            let (gateway, set) = match text(&parent["kind"]) {
                Some("ListenerSet") => {
                    let found = sets(objects).find(|(set, _)| name_of(set) == name);
                    let Some((_, gateway)) = found else { continue };
                    (gateway, Some(name))
                }
                // What it gets is within what its parent is seen to take.
                Some("HTTPRoute") => continue,
                _ => (name, None),
            };
            self.gateways.insert(gateway.clone());
            let section = text(&parent["sectionName"]);
            for listener in listeners(&gateway).iter().filter(|listener| listener.set == set) {
                if section.is_none_or(|section| section == listener.name) {
                    self.traffic.push(Traffic {
                        gateway: gateway.clone(),
                        port: listener.port,
                        way: Way { kind, is_plain: listener.protocol == "HTTP" },
                        hostnames: narrowed(&hostnames, listener.hostname.as_deref()),
                        rules: rules.to_vec(),
                    });
                }
            }
        }
    }

    fn read_references(&mut self, object: &Object) {
        let Some(types) = &object.types else { return };
        let group = types.api_version.rsplit_once('/').map_or("", |(group, _)| group).to_owned();
        let namespace = object.metadata.namespace.clone().unwrap_or_default();
        if is(object, Kind::ReferenceGrant) {
            for from in array(&object.data["spec"]["from"]) {
                for to in array(&object.data["spec"]["to"]) {
                    let field = |key: &str| text(&from[key]).unwrap_or_default().to_owned();
                    self.grants.push(Grant {
                        from: Referrer {
                            group: field("group"),
                            kind: field("kind"),
                            namespace: field("namespace"),
                        },
                        to_namespace: namespace.clone(),
                        to_group: text(&to["group"]).unwrap_or_default().to_owned(),
                        to_kind: text(&to["kind"]).unwrap_or_default().to_owned(),
                        to_name: text(&to["name"]).map(str::to_owned),
                    });
                }
            }
            return;
        }
        let from = Referrer { group, kind: types.kind.clone(), namespace: namespace.clone() };
        let mut found = Vec::new();
        for (list, kind) in [
            ("backendRefs", "Service"),
            ("certificateRefs", "Secret"),
            ("clientCertificateRef", "Secret"),
            ("caCertificateRefs", "ConfigMap"),
        ] {
            let mut refs = Vec::new();
            collect(&object.data, list, &mut refs);
            found.extend(refs.into_iter().map(|reference| (reference, kind)));
        }
        for (reference, kind) in found {
            let to_namespace = text(&reference["namespace"]).unwrap_or(&namespace);
            if to_namespace != namespace {
                self.references.push(Reference {
                    from: from.clone(),
                    to_namespace: to_namespace.to_owned(),
                    to_group: text(&reference["group"]).unwrap_or_default().to_owned(),
                    to_kind: text(&reference["kind"]).unwrap_or(kind).to_owned(),
                    to_name: text(&reference["name"]).unwrap_or_default().to_owned(),
                });
            }
        }
    }

    /// Why two tests cannot run side by side, if they cannot. `same_address` tells whether two
    /// Gateways answer at one address, as far as that is known.
    pub(crate) fn conflict(
        &self,
        other: &Self,
        same_address: impl Fn(&GatewayName, &GatewayName) -> bool,
    ) -> Option<Conflict> {
        let counts = |a: &Self, b: &Self| !a.exclusive.is_disjoint(&b.gateways);
        let extends = |a: &Self, b: &Self| {
            !a.extended.is_disjoint(&b.gateways)
                || b.requests.iter().any(|sent| a.extended.contains(&sent.gateway))
        };
        if self.is_opaque
            || other.is_opaque
            || !self.objects.is_disjoint(&other.objects)
            || self.reaches(other)
            || other.reaches(self)
            || counts(self, other)
            || counts(other, self)
            || extends(self, other)
            || extends(other, self)
        {
            return Some(Conflict::More);
        }
        let mut found = None;
        for mine in &self.traffic {
            for theirs in &other.traffic {
                let meet = mine.port == theirs.port
                    && mine.overlaps(theirs)
                    && (mine.gateway == theirs.gateway
                        || same_address(&mine.gateway, &theirs.gateway));
                match meet {
                    true if mine.way == theirs.way && mine.way.is_plain => {
                        found = Some(Conflict::Routes);
                    }
                    true => return Some(Conflict::More),
                    false => {}
                }
            }
        }
        found
    }

    /// Whether a request of this test may be answered by a route of the other one.
    pub(crate) fn may_be_answered_by(
        &self,
        other: &Self,
        same_address: impl Fn(&GatewayName, &GatewayName) -> bool,
    ) -> bool {
        self.requests.iter().any(|sent| other.may_answer(sent, &same_address))
    }

    /// What it sends, in words, that a route must answer and none of its own may; a listener that the test adds
    /// itself is not known.
    pub(crate) fn unanswered(&self) -> impl Iterator<Item = &str> {
        let is_orphan = |sent: &&Sent| {
            let needs_route = sent.has_listener && !sent.asking.is_for_nobody;
            needs_route && !self.may_answer(sent, |_, _| false)
        };
        self.requests.iter().filter(is_orphan).map(|sent| &*sent.asking.text)
    }

    fn may_answer(
        &self,
        sent: &Sent,
        same_address: impl Fn(&GatewayName, &GatewayName) -> bool,
    ) -> bool {
        self.traffic.iter().any(|there| {
            there.way == sent.way
                && there.port == sent.port
                && (there.gateway == sent.gateway || same_address(&there.gateway, &sent.gateway))
                && there.serves(&sent.asking.sample)
        })
    }

    fn reaches(&self, other: &Self) -> bool {
        self.grants.iter().any(|grant| other.references.iter().any(|r| grant.may_permit(r)))
    }
}

impl Grant {
    /// Whether it permits a reference, or would if one of its fields were not compared. What another
    /// test grants must not decide the verdict on an implementation that errs in one.
    fn may_permit(&self, reference: &Reference) -> bool {
        let fields = [
            self.from.group == reference.from.group,
            self.from.kind == reference.from.kind,
            self.from.namespace == reference.from.namespace,
            self.to_namespace == reference.to_namespace,
            self.to_group == reference.to_group,
            self.to_kind == reference.to_kind,
            self.to_name.as_ref().is_none_or(|name| *name == reference.to_name),
        ];
        fields.into_iter().filter(|is_equal| !is_equal).count() <= 1
    }
}

impl Sent {
    /// What goes through a Gateway with these listeners.
    fn all(through: &Through, gateway: &GatewayName, listeners: &[Listener]) -> Vec<Self> {
        let (protocol, port) = if through.tls { ("HTTPS", 443) } else { ("HTTP", 80) };
        let sent = |asking: Asking| {
            let is_meant = |it: &&Listener| match asking.listener.or(through.listener) {
                Some(name) => it.name == name,
                None => it.protocol == protocol,
            };
            let listener = listeners.iter().find(is_meant);
            // A session that ends at a backend is handed on as a stream, whatever is in it.
            let is_stream = listener.is_some_and(|listener| listener.protocol == "TLS");
            let kind = if is_stream { Kind::TlsRoute } else { asking.kind };
            let is_plain = !through.tls && kind.routes_requests();
            Self {
                gateway: gateway.clone(),
                port: listener.map_or(port, |listener| listener.port),
                way: Way { kind, is_plain },
                has_listener: listener.is_some(),
                asking,
            }
        };
        Asking::all(through.exchanges).into_iter().map(sent).collect()
    }
}

impl Traffic {
    /// Whether one of its rules may match the request.
    fn serves(&self, request: &Sample) -> bool {
        let host = self.hostnames.is_empty()
            || self.hostnames.iter().any(|hostname| request.may_be_for(hostname));
        host && self.rules.iter().any(|rule| rule.may_match(request))
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.hostnames.is_empty()
            || other.hostnames.is_empty()
            || self.hostnames.iter().any(|a| other.hostnames.iter().any(|b| overlap(a, b)))
    }
}

/// The hostnames of a route that a listener lets through; empty for any.
fn narrowed(hostnames: &[String], listener: Option<&str>) -> Vec<String> {
    match listener {
        None => hostnames.to_vec(),
        Some(listener) => vec![listener.to_owned()],
    }
}

/// What the fields of this name hold: one reference, or a list of them.
fn collect<'a>(value: &'a Value, list: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                if key == list {
                    let one = (!value.is_array()).then_some(value);
                    found.extend(array(value).chain(one));
                } else {
                    collect(value, list, found);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, list, found)),
        _ => {}
    }
}

/// Whether it changes how a Service is reached that others of the test's `objects` do not bring, or is attached to
/// another object, by a policy of a kind that is not known here.
fn is_opaque(object: &Object, objects: &[Object]) -> bool {
    let namespace = object.metadata.namespace.as_deref().unwrap_or_default();
    let is_of_kind = |it: &Object, target: &Value| {
        it.types.as_ref().is_some_and(|types| Some(types.kind.as_str()) == text(&target["kind"]))
    };
    let is_own = |target: &Value| {
        let name = named(target, namespace);
        objects.iter().any(|it| is_of_kind(it, target) && name_of(it) == name)
    };
    let spec = &object.data["spec"];
    let one = Some(&spec["targetRef"]).filter(|it| !it.is_null());
    let mut targets = array(&spec["targetRefs"]).chain(one);
    match Kind::of(object) {
        Some(Kind::BackendTlsPolicy) => !targets.all(is_own),
        Some(Kind::Own(_)) => !targets.all(is_own) || !spec["targetSelectors"].is_null(),
        _ => false,
    }
}

fn is(object: &Object, kind: Kind) -> bool {
    Key::of(object).is_some_and(|key| key.kind == kind)
}

/// Namespace and name of what an object in a namespace refers to.
fn named(reference: &Value, namespace: &str) -> (String, String) {
    (
        text(&reference["namespace"]).unwrap_or(namespace).to_owned(),
        text(&reference["name"]).unwrap_or_default().to_owned(),
    )
}

fn name_of(object: &Object) -> GatewayName {
    (
        object.metadata.namespace.clone().unwrap_or_default(),
        object.metadata.name.clone().unwrap_or_default(),
    )
}

fn text(value: &Value) -> Option<&str> {
    value.as_str()
}

#[cfg(test)]
mod tests;
