//! What a test asks of a Gateway.

use cluster::{
    Key, Kind, Object,
    conditions::{freshness, satisfied},
    views::{GatewayView, ListenerStatusView},
};
use model::{
    condition::{Condition, ConditionType, ListenerExpectation},
    names::{GROUP, INFRA},
    timeouts::Limit,
    verdict::{Mismatch, Verdict},
};
use probe::{Place, Scheme, Target};
use serde_json::{Value, json};

use crate::verbs::{
    pods,
    subject::{Subject, listed},
};

/// What an attached listener's conditions must be: all three `True`, for any reason.
const READY: [Condition; 3] = [
    ConditionType::ResolvedRefs.yes().for_any_reason(),
    ConditionType::Accepted.yes().for_any_reason(),
    ConditionType::Programmed.yes().for_any_reason(),
];

/// A Gateway in the infra namespace, whatever its state.
#[derive(Clone)]
pub struct GatewayObject<'s> {
    pub(crate) subject: &'s Subject,
    pub(crate) key: Key,
}

/// A Gateway that has an address, so that traffic can be sent through it.
pub struct Gateway<'s> {
    object: GatewayObject<'s>,
    host: String,
    listeners: Vec<(String, u16, String)>,
}

impl Subject {
    /// A Gateway in the infra namespace that has an address; the traffic verbs start here.
    ///
    /// # Errors
    ///
    /// A failure if its conditions are not current or it has no address within
    /// `GatewayMustHaveAddress`.
    pub async fn gateway(&self, name: &'static str) -> Verdict<Gateway<'_>> {
        Gateway::with_address(self.gateway_object(name)).await
    }

    /// A Gateway in the infra namespace, whatever its state; the status verbs start here.
    pub fn gateway_object(&self, name: &'static str) -> GatewayObject<'_> {
        GatewayObject::new(self, name)
    }
}

impl<'s> GatewayObject<'s> {
    pub(crate) fn new(subject: &'s Subject, name: &str) -> Self {
        Self { subject, key: subject.key(Kind::Gateway, INFRA, name) }
    }

    /// Every condition of the Gateway must speak of its current generation, within
    /// `LatestObservedGenerationSet`.
    ///
    /// # Errors
    ///
    /// A failure that names the first condition that does not.
    pub async fn must_be_current(&self) -> Verdict {
        let expected = "conditions with the current observedGeneration";
        self.subject.wait(&self.key, Limit::LatestObservedGenerationSet, expected, fresh).await
    }

    /// The Gateway must have these conditions, within `GatewayMustHaveCondition`.
    ///
    /// # Errors
    ///
    /// A failure that shows the first that it does not have.
    pub async fn must_be(&self, conditions: &[Condition]) -> Verdict {
        self.must_be_within(Limit::GatewayMustHaveCondition, conditions).await
    }

    /// The Gateway must be accepted and programmed, and the Pods that serve it be ready where there are
    /// any, as all of the infra namespace must be before traffic is judged, each within
    /// `NamespacesMustBeReady`.
    ///
    /// # Errors
    ///
    /// A failure that shows the first condition that it does not have.
    pub async fn must_be_programmed(&self) -> Verdict {
        let conditions = [
            ConditionType::Accepted.yes().for_any_reason(),
            ConditionType::Programmed.yes().for_any_reason(),
        ];
        self.must_be_within(Limit::NamespacesMustBeReady, &conditions).await?;
        // Boxed, since tests hold several of these at a time.
        Box::pin(pods::must_be_ready(self.subject, &self.key)).await
    }

    async fn must_be_within(&self, limit: Limit, conditions: &[Condition]) -> Verdict {
        let conditions = conditions.to_vec();
        self.subject
            .wait(&self.key, limit, &listed(&conditions), move |object| {
                let there = GatewayView::new(object).conditions();
                fresh(object)?;
                conditions.iter().try_for_each(|wanted| satisfied(&there, wanted))
            })
            .await
    }

    /// The Gateway's status must have exactly these listeners from now on (what it had before does
    /// not count), within `GatewayStatusMustHaveListeners`.
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
            .wait(&self.key, Limit::GatewayStatusMustHaveListeners, &expected, move |object| {
                let listeners = GatewayView::new(object).listener_statuses();
                fresh(object)?;
                compare_all(&listeners, &wanted)
            })
            .await
    }

    /// No route may be attached to the Gateway, which has one listener at most, from now on, within
    /// `GatewayStatusMustHaveListeners`.
    ///
    /// # Errors
    ///
    /// A failure that shows what is attached.
    pub async fn must_have_no_routes(&self) -> Verdict {
        let expected = "no attached routes";
        self.subject.catch_up(&self.key).await?;
        self.subject
            .wait(&self.key, Limit::GatewayStatusMustHaveListeners, expected, |object| {
                fresh(object)?;
                match GatewayView::new(object).listener_statuses().as_slice() {
                    [] => Ok(()),
                    [one] if one.attached_routes.unwrap_or_default() == 0 => Ok(()),
                    several => Err(attached_text(several)),
                }
            })
            .await
    }

    /// Every listener in the Gateway's status must have its references resolved, be accepted and
    /// be programmed, within `GatewayListenersMustHaveConditions`.
    ///
    /// # Errors
    ///
    /// A failure that shows the first listener that is not.
    pub async fn listeners_must_be_ready(&self) -> Verdict {
        let expected = format!("every listener {}", listed(&READY));
        self.subject
            .wait(&self.key, Limit::GatewayListenersMustHaveConditions, &expected, |object| {
                let listeners = GatewayView::new(object).listener_statuses();
                let unready = listeners.iter().find_map(|listener| {
                    let missing =
                        READY.iter().find_map(|c| satisfied(&listener.conditions, c).err());
                    missing.map(|because| format!("listener {}: {because}", listener.name))
                });
                unready.map_or(Ok(()), Err)
            })
            .await
    }

    /// The Gateway as it is once its status has an entry for a listener.
    ///
    /// # Errors
    ///
    /// A failure if it has none within `GatewayStatusMustHaveListeners`.
    pub async fn must_report_listener(&self, name: &'static str) -> Verdict {
        let expected = format!("an entry for listener {name} in status.listeners");
        self.subject
            .wait(&self.key, Limit::GatewayStatusMustHaveListeners, &expected, move |object| {
                let listeners = GatewayView::new(object).listener_statuses();
                if listeners.iter().any(|listener| listener.name == name) {
                    Ok(())
                } else {
                    Err(format!("listeners {}", names(&listeners)))
                }
            })
            .await
    }

    /// Every condition of the Gateway and of each listener must speak of the current generation,
    /// within `LatestObservedGenerationSet`.
    ///
    /// # Errors
    ///
    /// A failure that names the first condition that does not.
    pub async fn must_be_current_with_listeners(&self) -> Verdict {
        let expected =
            "conditions of the Gateway and its listeners with the current observedGeneration";
        self.subject
            .wait(&self.key, Limit::LatestObservedGenerationSet, expected, |object| {
                let listeners = GatewayView::new(object).listener_statuses();
                fresh(object)?;
                listeners.iter().try_for_each(|listener| {
                    freshness(object, &listener.conditions)
                        .map_err(|stale| format!("listener {}: {stale}", listener.name))
                })
            })
            .await
    }

    /// The Gateway as the API server has it now.
    ///
    /// # Errors
    ///
    /// An error if it is not there.
    pub async fn read(&self) -> Verdict<Object> {
        self.subject.read(&self.key).await
    }

    /// Changes the Gateway's listeners; what is judged from here on is the changed Gateway.
    ///
    /// # Errors
    ///
    /// An error if the API server refuses; a failure if `metadata.generation` stays as it was.
    pub async fn change_listeners(&self, change: impl FnOnce(&mut Vec<Value>)) -> Verdict {
        self.subject
            .change_spec(&self.key, |object| {
                let mut listeners =
                    object.data["spec"]["listeners"].as_array().cloned().unwrap_or_default();
                change(&mut listeners);
                json!({ "spec": { "listeners": listeners } })
            })
            .await
    }

    /// Changes the Gateway's status, as another controller would.
    ///
    /// # Errors
    ///
    /// An error if the API server refuses.
    pub async fn edit_status(&self, change: impl Fn(&mut Object) + Send) -> Verdict<Object> {
        self.subject.edit_status(&self.key, change).await
    }

    /// A failure about this Gateway.
    pub fn mismatch(&self, expected: impl Into<String>, observed: impl Into<String>) -> Mismatch {
        Mismatch::new(self.key.to_string(), expected, observed)
    }

    /// Beside the verdict: no listener of this Gateway should lack one of these conditions in the state
    /// that the verdict was given on.
    pub fn listeners_should_be(&self, rule: &str, spec: &str, conditions: &[Condition]) {
        let Some(object) = self.subject.judged_state(&self.key) else { return };
        for listener in GatewayView::new(&object).listener_statuses() {
            for wanted in conditions {
                if let Err(observed) = satisfied(&listener.conditions, wanted) {
                    let subject = format!("{}, listener {}", self.key, listener.name);
                    let mismatch = Mismatch::new(subject, wanted.to_string(), observed);
                    self.subject.finding(rule, spec, mismatch);
                }
            }
        }
    }
}

impl<'s> Gateway<'s> {
    pub(crate) async fn with_address(object: GatewayObject<'s>) -> Verdict<Self> {
        let expected = "current conditions and an address in status.addresses";
        let limit = object.subject.limit(Limit::GatewayMustHaveAddress);
        let found = object.subject.until(&object.key, limit, expected, |object| {
            fresh(object)?;
            let addresses = GatewayView::new(object).addresses();
            match addresses.iter().find(|address| address.kind.is_some()) {
                Some(address) => Ok(address.value.to_owned()),
                None if addresses.is_empty() => Err("no address".into()),
                None => Err("no address that has a type".into()),
            }
        });
        let host = found.await?;
        Ok(Self::at(object, host))
    }

    fn at(object: GatewayObject<'s>, host: String) -> Self {
        let now = object.subject.judged_state(&object.key);
        let listeners = now.iter().flat_map(|gateway| {
            GatewayView::new(gateway)
                .listeners()
                .into_iter()
                .map(|l| (l.name.to_owned(), l.port, l.protocol.to_owned()))
                .collect::<Vec<_>>()
        });
        Self { listeners: listeners.collect(), object, host }
    }

    /// The status verbs.
    pub fn object(&self) -> &GatewayObject<'s> {
        &self.object
    }

    pub(crate) fn port_of(&self, protocol: &str) -> Option<u16> {
        self.listeners.iter().find(|(_, _, p)| p == protocol).map(|(_, port, _)| *port)
    }

    /// The port of the listener of this name.
    pub(crate) fn port_named(&self, listener: &str) -> Option<u16> {
        self.listeners.iter().find(|(name, _, _)| name == listener).map(|(_, port, _)| *port)
    }

    pub(crate) fn subject(&self) -> &'s Subject {
        self.object.subject
    }

    /// One of its ports, as a prober wants it.
    pub(crate) fn target(&self, port: u16, scheme: Scheme) -> Target {
        let label = format!("Gateway {}", self.name());
        Target { host: self.host.clone(), port, scheme, label }
    }

    /// One of its ports, as a prober wants it for conversations.
    pub(crate) fn place(&self, port: u16) -> Place {
        Place { host: self.host.clone(), port, label: format!("Gateway {}", self.name()) }
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.object.key.name
    }
}

impl<'s> AsRef<GatewayObject<'s>> for GatewayObject<'s> {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl<'s> AsRef<GatewayObject<'s>> for Gateway<'s> {
    fn as_ref(&self) -> &GatewayObject<'s> {
        &self.object
    }
}

fn fresh(object: &Object) -> Result<(), String> {
    GatewayView::new(object).freshness()
}

fn names(listeners: &[ListenerStatusView<'_>]) -> String {
    let names: Vec<_> = listeners.iter().map(|listener| listener.name).collect();
    if names.is_empty() { "none".into() } else { names.join(", ") }
}

fn attached_text(listeners: &[ListenerStatusView<'_>]) -> String {
    let counts = listeners.iter().map(|listener| {
        format!(
            "{} routes at listener {}",
            listener.attached_routes.unwrap_or_default(),
            listener.name
        )
    });
    counts.collect::<Vec<_>>().join(", ")
}

fn expectation_text(wanted: &ListenerExpectation) -> String {
    let kinds = if wanted.supported_kinds.is_empty() {
        "no supported kinds".to_owned()
    } else {
        format!("supported kind {}", wanted.supported_kinds.join(", "))
    };
    let conditions = listed(wanted.conditions);
    format!("{} ({kinds}, {} attached routes, {conditions})", wanted.name, wanted.attached_routes)
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
    let attached = listener.attached_routes.unwrap_or_default();
    if attached != wanted.attached_routes {
        return Err(format!("{attached} attached routes"));
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
