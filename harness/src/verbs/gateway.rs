//! What a test asks of a Gateway.

use std::ops::Deref;

use cluster::{
    Key, Kind, Object,
    conditions::{freshness, satisfied},
    views::{GatewayView, ListenerStatusView},
};
use model::{
    condition::{Condition, ConditionType},
    names::INFRA,
    timeouts::Limit,
    verdict::{JudgeError, Mismatch, Verdict},
};
use probe::{Identities, Place, Scheme, Target};
use serde_json::{Value, json};

use crate::verbs::{
    parent::{Parent, fresh, names},
    pods,
    subject::Subject,
};

/// A Gateway in the infra namespace, whatever its state.
#[derive(Clone)]
pub struct GatewayObject<'s>(Parent<'s>);

/// A Gateway that has an address, so that traffic can be sent through it.
pub struct Gateway<'s> {
    object: GatewayObject<'s>,
    host: String,
    listeners: Vec<(String, u16, String)>,
}

impl Subject {
    /// A Gateway in the infra namespace that has an address, and whose Pods are ready where there are any, as
    /// are those that the test applied; the traffic verbs start here.
    ///
    /// # Errors
    ///
    /// A failure if its conditions are not current or it has no address within `GatewayMustHaveAddress`, or
    /// if a Pod is not ready within `NamespacesMustBeReady`; an error if that is one of the test's own.
    pub async fn gateway(&self, name: &'static str) -> Verdict<Gateway<'_>> {
        Box::pin(self.own_pods_are_ready()).await?;
        Gateway::with_address(self.gateway_object(name)).await
    }

    /// A Gateway in the infra namespace, whatever its state; the status verbs start here.
    pub fn gateway_object(&self, name: &'static str) -> GatewayObject<'_> {
        GatewayObject::at(self, self.key(Kind::Gateway, INFRA, name))
    }
}

impl<'s> GatewayObject<'s> {
    pub(crate) fn at(subject: &'s Subject, key: Key) -> Self {
        Self(Parent { subject, key })
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

    /// So many ListenerSets must be attached to the Gateway, and no more at a second look: whoever counts one
    /// that it refuses may do so a moment after it has said so.
    ///
    /// # Errors
    ///
    /// A failure that shows how many there are.
    pub async fn must_have_only_listener_sets(&self, wanted: i64) -> Verdict {
        self.must_have_listener_sets(wanted).await?;
        let changes = self.subject.changes(&self.key, move |object| {
            match GatewayView::new(object).attached_listener_sets().unwrap_or_default() {
                count if count == wanted => Err(format!("{count} attached ListenerSets")),
                _ => Ok(()),
            }
        });
        if changes.await? { self.must_have_listener_sets(wanted).await } else { Ok(()) }
    }

    /// So many ListenerSets must be attached to the Gateway, from now on, within
    /// `GatewayStatusMustHaveListeners`.
    ///
    /// # Errors
    ///
    /// A failure that shows how many there are.
    pub async fn must_have_listener_sets(&self, wanted: i64) -> Verdict {
        let expected = format!("status.attachedListenerSets of {wanted}");
        self.subject.catch_up(&self.key).await?;
        self.subject
            .wait(&self.key, Limit::GatewayStatusMustHaveListeners, &expected, move |object| {
                fresh(object)?;
                match GatewayView::new(object).attached_listener_sets() {
                    count if count.unwrap_or_default() == wanted => Ok(()),
                    Some(count) => Err(format!("{count} attached ListenerSets")),
                    None => Err("no count of attached ListenerSets".into()),
                }
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
        self.change_list("listeners", change).await
    }

    /// Changes a list in the Gateway's spec.
    pub(crate) async fn change_list(
        &self,
        field: &str,
        change: impl FnOnce(&mut Vec<Value>),
    ) -> Verdict {
        self.subject
            .change_spec(&self.key, |object| {
                let mut items = object.data["spec"][field].as_array().cloned().unwrap_or_default();
                change(&mut items);
                json!({ "spec": { field: items } })
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
        let session = &object.subject.session;
        let found = object.subject.until(&object.key, limit, expected, |object| {
            fresh(object)?;
            session.asked_at(object).map(str::to_owned)
        });
        let host = found.await?;
        // Boxed, since tests hold several of these at a time.
        Box::pin(pods::must_be_ready(object.subject, &object.key)).await?;
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
    ///
    /// # Errors
    ///
    /// An error if the Gateway's spec has no such listener.
    pub(crate) fn port_named(&self, listener: &str) -> Verdict<u16> {
        let named = self.listeners.iter().find(|(name, _, _)| name == listener);
        named.map(|(_, port, _)| *port).ok_or_else(|| {
            let name = self.name();
            JudgeError::new(format!("Gateway {name} has no listener {listener} in its spec")).into()
        })
    }

    pub(crate) fn subject(&self) -> &'s Subject {
        self.object.subject
    }

    /// One of its ports, as a prober wants it.
    pub(crate) fn target(&self, port: u16, scheme: Scheme) -> Target {
        let label = format!("Gateway {}", self.name());
        let identities = Identities::default();
        Target { host: self.host.clone(), port, scheme, identities, label }
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

/// A Gateway is a parent of routes, and more.
impl<'s> Deref for GatewayObject<'s> {
    type Target = Parent<'s>;

    fn deref(&self) -> &Parent<'s> {
        &self.0
    }
}

impl<'s> AsRef<Parent<'s>> for GatewayObject<'s> {
    fn as_ref(&self) -> &Parent<'s> {
        self
    }
}

impl<'s> AsRef<Parent<'s>> for Gateway<'s> {
    fn as_ref(&self) -> &Parent<'s> {
        &self.object
    }
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
