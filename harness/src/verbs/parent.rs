//! What a test asks of an object that has listeners, and that routes can be under: a Gateway or a
//! ListenerSet.

use cluster::{
    Key, Kind, Object,
    conditions::satisfied,
    views::{GatewayView, ListenerStatusView},
};
use model::{
    condition::{Condition, ListenerExpectation, READY},
    names::{GROUP, INFRA},
    timeouts::Limit,
    verdict::Verdict,
};

use crate::verbs::subject::{Subject, listed};

/// A Gateway or a ListenerSet, or an HTTPRoute that hands on requests, whatever its state.
#[derive(Clone)]
pub struct Parent<'s> {
    pub(crate) subject: &'s Subject,
    pub(crate) key: Key,
}

impl Subject {
    /// A ListenerSet in the infra namespace, whatever its state.
    pub fn listener_set(&self, name: &'static str) -> Parent<'_> {
        self.listener_set_in(INFRA, name)
    }

    /// A ListenerSet in another namespace, whatever its state.
    pub fn listener_set_in(&self, namespace: &'static str, name: &'static str) -> Parent<'_> {
        Parent { subject: self, key: self.key(Kind::ListenerSet, namespace, name) }
    }
}

impl Parent<'_> {
    /// Each of its conditions must speak of its current generation, within
    /// `LatestObservedGenerationSet`.
    ///
    /// # Errors
    ///
    /// A failure that names the first condition that does not.
    pub async fn must_be_current(&self) -> Verdict {
        let expected = "conditions with the current observedGeneration";
        self.subject.wait(&self.key, Limit::LatestObservedGenerationSet, expected, fresh).await
    }

    /// It must have these conditions, within `GatewayMustHaveCondition` or
    /// `ListenerSetMustHaveCondition`.
    ///
    /// # Errors
    ///
    /// A failure that shows the first that it does not have.
    pub async fn must_be(&self, conditions: &[Condition]) -> Verdict {
        self.must_be_within(self.limits().condition, conditions).await
    }

    pub(crate) async fn must_be_within(&self, limit: Limit, conditions: &[Condition]) -> Verdict {
        let conditions = conditions.to_vec();
        self.subject
            .wait(&self.key, limit, &listed(&conditions), move |object| {
                let there = GatewayView::new(object).conditions();
                fresh(object)?;
                conditions.iter().try_for_each(|wanted| satisfied(&there, wanted))
            })
            .await
    }

    /// Its status must have exactly these listeners from now on (what it had before does not count),
    /// within `GatewayStatusMustHaveListeners` or `ListenerSetListenersMustHaveConditions`.
    ///
    /// # Errors
    ///
    /// A failure that shows the first difference.
    pub async fn must_have_listeners(&self, wanted: &[ListenerExpectation]) -> Verdict {
        let wanted = wanted.to_vec();
        let expected: Vec<_> = wanted.iter().map(expectation_text).collect();
        let expected = format!("status.listeners of {}", expected.join("; "));
        self.subject.catch_up(&self.key).await?;
        self.subject
            .wait(&self.key, self.limits().listeners, &expected, move |object| {
                let listeners = GatewayView::new(object).listener_statuses();
                fresh(object)?;
                compare_all(&listeners, &wanted)
            })
            .await
    }

    /// As [`Self::must_have_listeners`], and at a second look too: whoever counts a route that it refuses may do
    /// so a moment after it has said so.
    ///
    /// # Errors
    ///
    /// A failure that shows the first difference.
    pub async fn must_have_only_listeners(&self, wanted: &[ListenerExpectation]) -> Verdict {
        self.must_have_listeners(wanted).await?;
        let others = wanted.to_vec();
        let changes = self.subject.changes(&self.key, move |object| {
            match compare_all(&GatewayView::new(object).listener_statuses(), &others) {
                Ok(()) => Err("the same listeners".to_owned()),
                Err(_) => Ok(()),
            }
        });
        if changes.await? { self.must_have_listeners(wanted).await } else { Ok(()) }
    }

    /// Every listener in its status must have its references resolved, be accepted and be programmed,
    /// within `GatewayListenersMustHaveConditions` or `ListenerSetListenersMustHaveConditions`.
    ///
    /// # Errors
    ///
    /// A failure that shows the first listener that is not.
    pub(crate) async fn listeners_must_be_ready(&self) -> Verdict {
        self.listeners_must_be(None, READY).await
    }

    /// The listener of this name must have these conditions, within the same limit.
    ///
    /// # Errors
    ///
    /// A failure that shows what it has instead.
    pub async fn listener_must_be(&self, name: &'static str, conditions: &[Condition]) -> Verdict {
        self.listeners_must_be(Some(name), conditions).await
    }

    /// The listener of this name must have its references resolved, be accepted and be programmed, within
    /// the same limit.
    ///
    /// # Errors
    ///
    /// A failure that shows what it has instead.
    pub async fn listener_must_be_ready(&self, name: &'static str) -> Verdict {
        self.listeners_must_be(Some(name), READY).await
    }

    /// Of the listeners in its status, all or the one of this name.
    async fn listeners_must_be(
        &self,
        name: Option<&'static str>,
        conditions: &[Condition],
    ) -> Verdict {
        let which = name.map_or("every listener".to_owned(), |name| format!("listener {name}"));
        let expected = format!("{which} {}", listed(conditions));
        let conditions = conditions.to_vec();
        let is_fresh = self.key.kind == Kind::ListenerSet;
        self.subject
            .wait(&self.key, self.limits().listener_conditions, &expected, move |object| {
                // As in the Go suite, which does not ask that of a Gateway here.
                if is_fresh {
                    fresh(object)?;
                }
                let mut listeners = GatewayView::new(object).listener_statuses();
                if let Some(name) = name {
                    let there = names(&listeners);
                    listeners.retain(|listener| listener.name == name);
                    if listeners.is_empty() {
                        return Err(format!("listeners {there}"));
                    }
                }
                listeners.iter().try_for_each(|listener| {
                    let mut missing =
                        conditions.iter().map(|wanted| satisfied(&listener.conditions, wanted));
                    let first = missing.find_map(Result::err).map_or(Ok(()), Err);
                    first.map_err(|because| format!("listener {}: {because}", listener.name))
                })
            })
            .await
    }

    fn limits(&self) -> Limits {
        if self.key.kind == Kind::ListenerSet { OF_LISTENER_SET } else { OF_GATEWAY }
    }
}

/// Within which limits it must be as expected.
struct Limits {
    /// Its own conditions.
    condition: Limit,
    /// The listeners in its status.
    listeners: Limit,
    /// The conditions of these.
    listener_conditions: Limit,
}

const OF_GATEWAY: Limits = Limits {
    condition: Limit::GatewayMustHaveCondition,
    listeners: Limit::GatewayStatusMustHaveListeners,
    listener_conditions: Limit::GatewayListenersMustHaveConditions,
};

const OF_LISTENER_SET: Limits = Limits {
    condition: Limit::ListenerSetMustHaveCondition,
    listeners: Limit::ListenerSetListenersMustHaveConditions,
    listener_conditions: Limit::ListenerSetListenersMustHaveConditions,
};

impl AsRef<Self> for Parent<'_> {
    fn as_ref(&self) -> &Self {
        self
    }
}

/// Whether its own conditions speak of its current generation.
pub(crate) fn fresh(object: &Object) -> Result<(), String> {
    GatewayView::new(object).freshness()
}

/// The names of listeners.
pub(crate) fn names(listeners: &[ListenerStatusView<'_>]) -> String {
    let names: Vec<_> = listeners.iter().map(|listener| listener.name).collect();
    if names.is_empty() { "none".into() } else { names.join(", ") }
}

fn expectation_text(wanted: &ListenerExpectation) -> String {
    let kinds = if wanted.supported_kinds.is_empty() {
        "no supported kinds".to_owned()
    } else {
        format!("supported kind {}", wanted.supported_kinds.join(", "))
    };
    let conditions = listed(wanted.conditions);
    format!("{} ({kinds}, {}, {conditions})", wanted.name, attached(wanted.attached_routes))
}

fn attached(routes: i64) -> String {
    format!("{routes} attached route{}", if routes == 1 { "" } else { "s" })
}

fn compare_all(
    listeners: &[ListenerStatusView<'_>],
    wanted: &[ListenerExpectation],
) -> Result<(), String> {
    if listeners.len() != wanted.len() {
        return Err(format!("listeners {}", names(listeners)));
    }
    wanted.iter().try_for_each(|wanted| {
        let listener = listeners
            .iter()
            .find(|listener| listener.name == wanted.name)
            .ok_or_else(|| format!("listeners {}", names(listeners)))?;
        compare(listener, wanted).map_err(|because| format!("listener {}: {because}", wanted.name))
    })
}

fn compare(listener: &ListenerStatusView<'_>, wanted: &ListenerExpectation) -> Result<(), String> {
    let found = listener.attached_routes.unwrap_or_default();
    if found != wanted.attached_routes {
        return Err(attached(found));
    }
    let kinds = &listener.supported_kinds;
    if wanted.supported_kinds.is_empty() && !kinds.is_empty() {
        let kinds: Vec<_> = kinds.iter().map(|(_, kind)| *kind).collect();
        return Err(format!("supported kinds {}", kinds.join(", ")));
    }
    for kind in wanted.supported_kinds {
        if !kinds.contains(&(GROUP, *kind)) {
            return Err(format!("no {kind} among the supported kinds"));
        }
    }
    wanted.conditions.iter().try_for_each(|condition| satisfied(&listener.conditions, condition))
}
