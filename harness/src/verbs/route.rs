//! What a test asks of a route.

use cluster::{
    Key, Kind, Object,
    conditions::satisfied,
    views::{ParentStatusView, RouteView},
};
use model::{
    condition::{Condition, ConditionType},
    names::{GROUP, INFRA, STALE_CONTROLLER},
    timeouts::Limit,
    verdict::{Mismatch, Verdict},
};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::verbs::{
    parent::Parent,
    subject::{Subject, listed},
};

/// A route, before it is said under which parent it is judged.
#[derive(Clone)]
pub struct Route<'s> {
    subject: &'s Subject,
    key: Key,
}

/// A route under one of its parents.
pub struct Attachment<'g, 's> {
    pub(crate) subject: &'s Subject,
    pub(crate) key: Key,
    parent: &'g Parent<'s>,
}

impl Subject {
    /// An HTTPRoute in the infra namespace.
    pub fn http_route(&self, name: &'static str) -> Route<'_> {
        Route::new(self, Kind::HttpRoute, INFRA, name)
    }

    /// A GRPCRoute in the infra namespace.
    pub fn grpc_route(&self, name: &'static str) -> Route<'_> {
        Route::new(self, Kind::GrpcRoute, INFRA, name)
    }

    /// A TCPRoute in the infra namespace.
    pub fn tcp_route(&self, name: &'static str) -> Route<'_> {
        Route::new(self, Kind::TcpRoute, INFRA, name)
    }

    /// A TLSRoute in the infra namespace.
    pub fn tls_route(&self, name: &'static str) -> Route<'_> {
        Route::new(self, Kind::TlsRoute, INFRA, name)
    }

    /// A UDPRoute in the infra namespace.
    pub fn udp_route(&self, name: &'static str) -> Route<'_> {
        Route::new(self, Kind::UdpRoute, INFRA, name)
    }

    /// An HTTPRoute in the infra namespace as the parent of others.
    pub fn parent_route(&self, name: &'static str) -> Parent<'_> {
        Parent { subject: self, key: self.key(Kind::HttpRoute, INFRA, name) }
    }

    /// How often a request is handed on from route to route at most, where that is described.
    pub fn most_delegations(&self) -> Option<u32> {
        self.session.described().delegation.as_ref()?.depth
    }

    /// An HTTPRoute in another namespace.
    pub fn http_route_in(&self, namespace: &'static str, name: &'static str) -> Route<'_> {
        Route::new(self, Kind::HttpRoute, namespace, name)
    }
}

impl<'s> Route<'s> {
    fn new(subject: &'s Subject, kind: Kind, namespace: &str, name: &str) -> Self {
        Self { subject, key: subject.key(kind, namespace, name) }
    }

    /// Under this parent.
    pub fn under<'g>(self, parent: &'g impl AsRef<Parent<'s>>) -> Attachment<'g, 's> {
        Attachment { subject: self.subject, key: self.key, parent: parent.as_ref() }
    }
}

impl Attachment<'_, '_> {
    /// The route must have these conditions for the parent.
    ///
    /// `Accepted=True/Accepted` is the full attachment of the Go suite: an entry of the class's
    /// controller with group, kind and name of the parent, within `RouteMustHaveParents`, and then
    /// every listener of the parent ready. Other conditions are looked for in any entry for the
    /// parent, within the limit of the kind, `HTTPRouteMustHaveCondition` of an HTTPRoute.
    ///
    /// # Errors
    ///
    /// A failure that shows what the status says instead.
    pub async fn must_be(&self, conditions: &[Condition]) -> Verdict {
        for condition in conditions {
            if *condition == ConditionType::Accepted.yes() {
                self.must_have_parent(&[*condition], self.is_elsewhere()).await?;
                self.parent.listeners_must_be_ready().await?;
            } else {
                let within = match self.key.kind {
                    Kind::TlsRoute => Limit::TlsRouteMustHaveCondition,
                    Kind::TcpRoute => Limit::TcpRouteMustHaveCondition,
                    Kind::UdpRoute => Limit::UdpRouteMustHaveCondition,
                    _ => Limit::HttpRouteMustHaveCondition,
                };
                self.must_have_condition(*condition, within).await?;
            }
        }
        Ok(())
    }

    /// The class's controller must have an entry for the parent that names its namespace and has
    /// these conditions, within `RouteMustHaveParents`.
    ///
    /// # Errors
    ///
    /// A failure that shows what the status says instead.
    pub async fn must_name_parent(&self, conditions: &[Condition]) -> Verdict {
        self.must_have_parent(conditions, true).await
    }

    /// The class's controller must have an entry for the parent with these conditions, whose
    /// namespace may be unset, within `RouteMustHaveParents`.
    ///
    /// # Errors
    ///
    /// A failure that shows what the status says instead.
    pub async fn must_be_under(&self, conditions: &[Condition]) -> Verdict {
        self.must_have_parent(conditions, false).await
    }

    async fn must_have_parent(&self, conditions: &[Condition], namespace: bool) -> Verdict {
        let controller = self.subject.session.controller_name().to_owned();
        let expected = format!("{} from {controller} for {}", listed(conditions), self.parent.key);
        let (wanted, conditions) = (self.parent.key.clone(), conditions.to_vec());
        let is_dated = self.key.kind != Kind::TlsRoute;
        self.subject
            .wait(&self.key, Limit::RouteMustHaveParents, &expected, move |object| {
                let route = RouteView::new(object);
                // As in the Go suite, which does not ask that of a TLSRoute.
                if is_dated {
                    route.freshness()?;
                }
                let parents = route.parents();
                let ours = parents.iter().filter(|parent| {
                    parent.controller_name == controller && is_of(parent, &wanted)
                });
                ours.map(|parent| attached(parent, wanted.kind, namespace, &conditions))
                    .reduce(Result::or)
                    .unwrap_or_else(|| Err(missing(&parents, &controller)))
            })
            .await
    }

    async fn must_have_condition(&self, condition: Condition, within: Limit) -> Verdict {
        self.subject
            .wait(&self.key, within, &self.expected(condition), self.has_condition(condition))
            .await
    }

    fn expected(&self, condition: Condition) -> String {
        format!("{condition} for {}", self.parent.key)
    }

    /// Some entry for the parent has the condition, and all entries are current.
    fn has_condition(
        &self,
        condition: Condition,
    ) -> impl Fn(&Object) -> Result<(), String> + Send + Sync + 'static {
        let controller = self.subject.session.controller_name().to_owned();
        let wanted = self.parent.key.clone();
        move |object| {
            let route = RouteView::new(object);
            route.freshness_of_all()?;
            let parents = route.parents();
            let ours = parents.iter().filter(|parent| is_of(parent, &wanted));
            ours.map(|parent| satisfied(&parent.conditions, &condition))
                .reduce(Result::or)
                .unwrap_or_else(|| Err(missing(&parents, &controller)))
        }
    }

    /// No parent may have accepted the route: no entry for a second, or one alone that says
    /// `Accepted=False`, within `HTTPRouteMustNotHaveParents`.
    ///
    /// # Errors
    ///
    /// A failure that shows which parents there are.
    pub async fn must_not_be_accepted(&self) -> Verdict {
        let expected = "no parent that accepted it";
        let within = self.subject.limit(Limit::HttpRouteMustNotHaveParents);
        let deadline = Instant::now() + within;
        let has_entries = |object: &Object| !RouteView::new(object).parents().is_empty();
        let comes = |object: &Object| if has_entries(object) { Ok(()) } else { Err("none".into()) };
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            self.subject.until(&self.key, left, expected, is_not_accepted).await?;
            let judged = self.subject.judged_state(&self.key);
            // Before its controller has looked at it a route has no entries either.
            if judged.is_some_and(|judged| has_entries(&judged))
                || !self.subject.changes(&self.key, comes).await?
            {
                self.subject.held.hold(&self.key, within, expected, is_not_accepted);
                return Ok(());
            }
        }
    }

    /// Every condition of every parent must speak of the current generation, within
    /// `LatestObservedGenerationSet`.
    ///
    /// # Errors
    ///
    /// A failure that names the first that does not.
    pub async fn must_be_current(&self) -> Verdict {
        let expected = "conditions with the current observedGeneration";
        self.subject
            .wait(&self.key, Limit::LatestObservedGenerationSet, expected, |object| {
                RouteView::new(object).freshness_of_all()
            })
            .await
    }

    /// Gives the controller a second to report the route as it is, before the test changes it; whether the
    /// report comes is no part of the verdict.
    ///
    /// # Errors
    ///
    /// An error if the routes cannot be watched.
    pub async fn may_be_reported(&self) -> Verdict {
        let is_reported = |object: &Object| {
            let route = RouteView::new(object);
            route.freshness_of_all()?;
            if route.parents().is_empty() { Err("no entries".into()) } else { Ok(()) }
        };
        self.subject.may_be_reported(&self.key, is_reported).await
    }

    /// The route as the API server has it now.
    ///
    /// # Errors
    ///
    /// An error if it is not there.
    pub async fn read(&self) -> Verdict<Object> {
        self.subject.read(&self.key).await
    }

    /// Changes the route's rules; what is judged from here on is the changed route.
    ///
    /// # Errors
    ///
    /// An error if the API server refuses, or does not raise `metadata.generation`.
    pub async fn change_rules(&self, change: impl FnOnce(&mut Vec<Value>)) -> Verdict {
        self.subject
            .change_spec(&self.key, |object| {
                let mut rules =
                    object.data["spec"]["rules"].as_array().cloned().unwrap_or_default();
                change(&mut rules);
                json!({ "spec": { "rules": rules } })
            })
            .await
    }

    /// Changes the route's status, as another controller would.
    ///
    /// # Errors
    ///
    /// An error if the API server refuses.
    pub async fn edit_status(&self, change: impl Fn(&mut Object) + Send) -> Verdict<Object> {
        self.subject.edit_status(&self.key, change).await
    }

    /// A failure about this route.
    pub fn mismatch(&self, expected: impl Into<String>, observed: impl Into<String>) -> Mismatch {
        Mismatch::new(self.key.to_string(), expected, observed)
    }

    /// Beside the verdict: the route should come to have these conditions for the parent.
    pub async fn should_be(&self, rule: &str, spec: &str, conditions: &[Condition]) {
        let limit = self.subject.beside(Limit::MaxTimeToConsistency);
        for condition in conditions {
            let expected = self.expected(*condition);
            let has = self.has_condition(*condition);
            let judged = self.subject.until(&self.key, limit, &expected, has).await;
            self.subject.found(rule, spec, judged);
        }
    }

    /// Beside the verdict: the message of a condition should name what it is about in the state that
    /// the verdict was given on, so that users can tell which reference is meant.
    pub fn should_explain(&self, condition: ConditionType, word: &str) {
        let Some(object) = self.subject.judged_state(&self.key) else { return };
        let parents = RouteView::new(&object).parents();
        let messages: Vec<_> = parents
            .iter()
            .filter(|parent| is_of(parent, &self.parent.key))
            .flat_map(|parent| parent.conditions.iter())
            .filter(|there| there.kind == condition.name())
            .map(|there| there.message)
            .collect();
        if !messages.iter().any(|message| message.contains(word)) {
            let rule = format!(
                "The message of {} must explain which reference is meant.",
                condition.name()
            );
            let expected = format!("a message of {} that names {word}", condition.name());
            let mismatch = self.mismatch(expected, format!("\"{}\"", messages.join("\", \"")));
            self.subject.finding(&rule, "apis/v1/httproute_types.go#HTTPBackendRef", mismatch);
        }
    }

    /// Beside the verdict: the class's controller must have an entry for each of the route's
    /// parentRefs to the parent, and none that repeats no parentRef, down to sectionName and port, within a second.
    pub async fn should_repeat_parent_refs(&self) {
        const RULE: &str = "Each parentRef is treated separately: its entry in the route's status \
                            has the same sectionName and port.";
        const SPEC: &str = "apis/v1/shared_types.go#RouteStatus";
        let limit = self.subject.beside(Limit::RouteMustHaveParents);
        let expected = "an entry for each parentRef, and none beside";
        let controller = self.subject.session.controller_name();
        let repeats = |object: &Object| repeat(object, controller, &self.parent.key.name);
        let judged = self.subject.until(&self.key, limit, expected, repeats).await;
        self.subject.found(RULE, SPEC, judged);
    }

    fn is_elsewhere(&self) -> bool {
        self.key.namespace != self.parent.key.namespace
    }
}

/// Whether a controller's entries in a route's status are one for each parentRef to a parent, and for parentRefs only.
fn repeat(object: &Object, controller: &str, parent: &str) -> Result<(), String> {
    let refs = object.data["spec"]["parentRefs"].as_array().map_or(&[][..], Vec::as_slice);
    let mut entries = RouteView::new(object).parents();
    entries.retain(|entry| entry.controller_name == controller);
    let beside = |entry: &&ParentStatusView<'_>| !refs.iter().any(|it| repeats(entry, it));
    let missing = |reference: &&Value| {
        reference["name"] == parent && !entries.iter().any(|entry| repeats(entry, reference))
    };
    let beside = entries.iter().filter(beside).map(|it| format!("one for {}", it.raw["parentRef"]));
    let missing = refs.iter().filter(missing).map(|it| format!("none for {it}"));
    let found: Vec<_> = missing.chain(beside).collect();
    if found.is_empty() { Ok(()) } else { Err(found.join("; ")) }
}

/// Whether an entry is for this parent, as far as name and namespace tell.
pub(crate) fn is_of(entry: &ParentStatusView<'_>, parent: &Key) -> bool {
    entry.name == parent.name
        && entry.namespace.is_none_or(|ns| parent.namespace.as_deref() == Some(ns))
}

fn is_not_accepted(object: &Object) -> Result<(), String> {
    let route = RouteView::new(object);
    route.freshness_of_all()?;
    match route.parents().as_slice() {
        [] => Ok(()),
        [one] => satisfied(&one.conditions, &ConditionType::Accepted.no_for_any_reason()),
        several => Err(format!("{} parents", several.len())),
    }
}

/// Whether an entry is for this parentRef and no other of the same parent.
fn repeats(entry: &ParentStatusView<'_>, reference: &Value) -> bool {
    reference["name"] == entry.name
        && reference["sectionName"].as_str() == entry.section_name
        && reference["port"].as_u64() == entry.port.map(u64::from)
}

/// Whether an entry of the right controller and parent is complete and has the conditions.
fn attached(
    parent: &ParentStatusView<'_>,
    kind: Kind,
    namespace: bool,
    conditions: &[Condition],
) -> Result<(), String> {
    if parent.group != Some(GROUP) || parent.kind != Some(kind.name()) {
        return Err(format!(
            "parentRef {} without group {GROUP} and kind {}",
            parent.raw["parentRef"],
            kind.name()
        ));
    }
    if namespace && parent.namespace.is_none() {
        return Err(format!("parentRef {} without its namespace", parent.raw["parentRef"]));
    }
    conditions.iter().try_for_each(|condition| satisfied(&parent.conditions, condition))
}

/// Why no entry is for the parent.
pub(crate) fn missing(parents: &[ParentStatusView<'_>], controller: &str) -> String {
    let others: Vec<_> = parents
        .iter()
        .filter(|parent| parent.controller_name != STALE_CONTROLLER)
        .map(|parent| format!("{} by {}", parent.name, parent.controller_name))
        .collect();
    if others.is_empty() {
        format!("the status has no entry of {controller}")
    } else {
        format!("the status has entries only for {}", others.join(", "))
    }
}
