//! What a test asks of a route.

use cluster::{
    Key, Kind, Object,
    conditions::satisfied,
    views::{ParentStatusView, RouteView},
};
use model::{
    condition::{Condition, ConditionType},
    names::{GROUP, STALE_CONTROLLER},
    timeouts::Limit,
    verdict::{Mismatch, Verdict},
};
use serde_json::{Value, json};

use crate::{
    gateway::GatewayObject,
    subject::{Subject, listed},
};

/// A route, before it is said under which Gateway it is judged.
pub struct Route<'s> {
    subject: &'s Subject,
    key: Key,
}

/// A route under one of its parents.
pub struct Attachment<'g, 's> {
    pub(crate) subject: &'s Subject,
    pub(crate) key: Key,
    gateway: &'g GatewayObject<'s>,
}

impl<'s> Route<'s> {
    pub(crate) fn new(subject: &'s Subject, kind: Kind, namespace: &str, name: &str) -> Self {
        Self { subject, key: subject.key(kind, namespace, name) }
    }

    /// Under this Gateway.
    pub fn under<'g>(self, gateway: &'g impl AsRef<GatewayObject<'s>>) -> Attachment<'g, 's> {
        Attachment { subject: self.subject, key: self.key, gateway: gateway.as_ref() }
    }
}

impl Attachment<'_, '_> {
    /// The route must have these conditions for the Gateway.
    ///
    /// `Accepted=True/Accepted` is the full attachment of the Go suite: an entry of the class's
    /// controller with group, kind and name of the parent, within `RouteMustHaveParents`, and then
    /// every listener of the Gateway ready. Other conditions are looked for in any entry for the
    /// Gateway, within `HTTPRouteMustHaveCondition`.
    ///
    /// # Errors
    ///
    /// A failure that shows what the status says instead.
    pub async fn must_be(&self, conditions: &[Condition]) -> Verdict {
        for condition in conditions {
            if *condition == ConditionType::Accepted.yes() {
                self.must_have_parent(&[*condition], self.is_elsewhere()).await?;
                self.gateway.listeners_must_be_ready().await?;
            } else {
                let within = Limit::HttpRouteMustHaveCondition;
                self.must_have_condition(*condition, within).await?;
            }
        }
        Ok(())
    }

    /// The class's controller must have an entry for the Gateway that names its namespace and has
    /// these conditions, within `RouteMustHaveParents`.
    ///
    /// # Errors
    ///
    /// A failure that shows what the status says instead.
    pub async fn must_name_parent(&self, conditions: &[Condition]) -> Verdict {
        self.must_have_parent(conditions, true).await
    }

    /// The class's controller must have an entry for the Gateway with these conditions, whose
    /// namespace may be unset, within `RouteMustHaveParents`.
    ///
    /// # Errors
    ///
    /// A failure that shows what the status says instead.
    pub async fn must_be_under(&self, conditions: &[Condition]) -> Verdict {
        self.must_have_parent(conditions, false).await
    }

    async fn must_have_parent(&self, conditions: &[Condition], namespace: bool) -> Verdict {
        let controller = self.subject.session.controller_name();
        let expected = format!("{} from {controller} for {}", listed(conditions), self.gateway.key);
        self.subject
            .wait(&self.key, Limit::RouteMustHaveParents, &expected, |object| {
                let route = RouteView::new(object);
                route.freshness()?;
                let parents = route.parents();
                let ours: Vec<_> = parents
                    .iter()
                    .filter(|parent| parent.controller_name == controller && self.is_of(parent))
                    .collect();
                let mut because = missing(&parents, controller);
                for parent in ours {
                    match attached(parent, namespace, conditions) {
                        Ok(()) => return Ok(()),
                        Err(reason) => because = reason,
                    }
                }
                Err(because)
            })
            .await
    }

    async fn must_have_condition(&self, condition: Condition, within: Limit) -> Verdict {
        let expected = format!("{condition} for {}", self.gateway.key);
        self.subject
            .wait(&self.key, within, &expected, |object| {
                let route = RouteView::new(object);
                route.freshness_of_all()?;
                let parents = route.parents();
                let mut because = missing(&parents, self.subject.session.controller_name());
                for parent in parents.iter().filter(|parent| self.is_of(parent)) {
                    match satisfied(&parent.conditions, &condition) {
                        Ok(()) => return Ok(()),
                        Err(reason) => because = reason,
                    }
                }
                Err(because)
            })
            .await
    }

    /// No parent may have accepted the route: no entry, or one alone that says
    /// `Accepted=False`, within `HTTPRouteMustNotHaveParents`.
    ///
    /// # Errors
    ///
    /// A failure that shows which parents there are.
    pub async fn must_not_be_accepted(&self) -> Verdict {
        let expected = "no parent that accepted it";
        self.subject
            .wait(&self.key, Limit::HttpRouteMustNotHaveParents, expected, |object| {
                let route = RouteView::new(object);
                route.freshness_of_all()?;
                match route.parents().as_slice() {
                    [] => Ok(()),
                    [one] => {
                        satisfied(&one.conditions, &ConditionType::Accepted.no_for_any_reason())
                    }
                    several => Err(format!("{} parents", several.len())),
                }
            })
            .await
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

    /// Beside the verdict: the route should come to have these conditions for the Gateway, within
    /// `MaxTimeToConsistency`.
    pub async fn should_be(&self, rule: &str, spec: &str, conditions: &[Condition]) {
        for condition in conditions {
            let within = Limit::MaxTimeToConsistency;
            let judged = self.must_have_condition(*condition, within).await;
            self.subject.found(rule, spec, judged);
        }
    }

    /// Beside the verdict: the message of a condition must name what it is about, within
    /// `MaxTimeToConsistency`, so that users can tell which reference is meant.
    pub async fn should_explain(&self, condition: ConditionType, word: &str) {
        let rule =
            format!("The message of {} must explain which reference is meant.", condition.name());
        let expected = format!("a message of {} that names {word}", condition.name());
        let limit = Limit::MaxTimeToConsistency;
        let explained = self.subject.wait(&self.key, limit, &expected, |object| {
            let parents = RouteView::new(object).parents();
            let messages: Vec<_> = parents
                .iter()
                .filter(|parent| self.is_of(parent))
                .flat_map(|parent| parent.conditions.iter())
                .filter(|there| there.kind == condition.name())
                .map(|there| there.message)
                .collect();
            if messages.iter().any(|message| message.contains(word)) {
                Ok(())
            } else {
                Err(format!("\"{}\"", messages.join("\", \"")))
            }
        });
        let spec = "apis/v1/httproute_types.go#HTTPBackendRef";
        self.subject.found(&rule, spec, explained.await);
    }

    /// Beside the verdict: the class's controller must have an entry for each of the route's
    /// parentRefs to the Gateway, and none that repeats no parentRef, down to sectionName and port.
    pub fn should_repeat_parent_refs(&self) {
        const RULE: &str = "Each parentRef is treated separately: its entry in the route's status \
                            has the same sectionName and port.";
        const SPEC: &str = "apis/v1/shared_types.go#RouteStatus";
        let Some(object) = self.subject.now(&self.key) else { return };
        let refs: Vec<_> =
            object.data["spec"]["parentRefs"].as_array().cloned().unwrap_or_default();
        let mut parents = RouteView::new(&object).parents();
        parents.retain(|entry| entry.controller_name == self.subject.session.controller_name());
        let find = |expected: &str, observed: String| {
            self.subject.finding(RULE, SPEC, self.mismatch(expected, observed));
        };
        for entry in &parents {
            if !refs.iter().any(|reference| repeats(entry, reference)) {
                let observed = format!("an entry for {}", entry.raw["parentRef"]);
                find("entries for the parentRefs of the spec only", observed);
            }
        }
        let to_gateway = refs.iter().filter(|reference| reference["name"] == self.gateway.key.name);
        for reference in to_gateway {
            if !parents.iter().any(|entry| repeats(entry, reference)) {
                find("an entry for each parentRef", format!("none for {reference}"));
            }
        }
    }

    fn is_elsewhere(&self) -> bool {
        self.key.namespace != self.gateway.key.namespace
    }

    /// Whether an entry is for the Gateway, as far as name and namespace tell.
    fn is_of(&self, parent: &ParentStatusView<'_>) -> bool {
        parent.name == self.gateway.key.name
            && parent.namespace.is_none_or(|ns| self.gateway.key.namespace.as_deref() == Some(ns))
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
    namespace: bool,
    conditions: &[Condition],
) -> Result<(), String> {
    if parent.group != Some(GROUP) || parent.kind != Some("Gateway") {
        return Err(format!(
            "parentRef {} without group {GROUP} and kind Gateway",
            parent.raw["parentRef"]
        ));
    }
    if namespace && parent.namespace.is_none() {
        return Err(format!("parentRef {} without its namespace", parent.raw["parentRef"]));
    }
    conditions.iter().try_for_each(|condition| satisfied(&parent.conditions, condition))
}

/// Why no entry is for the Gateway.
fn missing(parents: &[ParentStatusView<'_>], controller: &str) -> String {
    let others: Vec<_> = parents
        .iter()
        .filter(|parent| parent.controller_name != STALE_CONTROLLER)
        .map(|parent| format!("{} by {}", parent.name, parent.controller_name))
        .collect();
    if others.is_empty() {
        format!("status.parents has no entry of {controller}")
    } else {
        format!("status.parents has only {}", others.join(", "))
    }
}
