//! What a test of the user's own does, step by step.

mod comparison;

use std::ops::Range;

use cluster::{Key, Kind};
use model::{
    exchange::{Exchanges, Through},
    timeouts::Limit,
    verdict::{Stop, Verdict},
};
use serde_json::{Map, Value};

use self::comparison::Wanted;
use crate::verbs::subject::Subject;

/// A step of a test.
#[derive(Clone, Debug)]
pub enum Step {
    /// An object must come to be so, and be so at the end.
    Expect {
        /// Which.
        object: Target,
        /// Fields that it must have.
        has: Map<String, Value>,
    },
    /// Exchanges must happen.
    Send {
        /// Which, and through what.
        through: &'static Through,
        /// The Secret whose certificate is trusted.
        trust: Option<&'static str>,
    },
    /// Some of the test's later objects are applied.
    Apply(Range<usize>),
    /// An object is changed by a JSON merge patch.
    Patch {
        /// Which.
        object: Target,
        /// The patch.
        merge: Value,
    },
    /// An object is deleted.
    Delete(Target),
}

/// Which object a step speaks of.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its kind.
    pub kind: Kind,
    /// Its namespace, as manifests call it.
    pub namespace: &'static str,
    /// Its name.
    pub name: &'static str,
}

/// One step after the other.
///
/// # Errors
///
/// A failure of the first that has one, which says which it is.
pub(crate) async fn perform(subject: &Subject, steps: &'static [Step]) -> Verdict {
    for (step, number) in steps.iter().zip(1..) {
        step.perform(subject).await.map_err(|stop| told(stop, number))?;
    }
    Ok(())
}

/// A failure with the number of the step.
fn told(stop: Stop, number: usize) -> Stop {
    let Stop::Failed(mut failure) = stop else { return stop };
    for mismatch in &mut failure.mismatches {
        mismatch.subject = format!("step {number}: {}", mismatch.subject);
    }
    Stop::Failed(failure)
}

impl Step {
    /// The object that it names.
    pub(crate) fn target(&self) -> Option<Target> {
        match self {
            Self::Expect { object, .. } | Self::Patch { object, .. } | Self::Delete(object) => {
                Some(*object)
            }
            Self::Send { .. } | Self::Apply(_) => None,
        }
    }

    /// What it does with an object that the test need not have applied, as RBAC has it.
    pub(crate) fn verbs(&self) -> Vec<(Kind, &'static str)> {
        let verbs: &[_] = match self {
            Self::Expect { .. } => &["list", "watch"],
            Self::Patch { .. } => &["patch"],
            Self::Delete(_) => &["delete", "list", "watch"],
            Self::Send { .. } | Self::Apply(_) => &[],
        };
        let verbs = |target: Target| verbs.iter().map(move |verb| (target.kind, *verb));
        self.target().map(verbs).into_iter().flatten().collect()
    }

    /// What it names of the base environment, if it is there: nothing else of that is applied.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        let (gateway, trust) = match self {
            Self::Send { through, trust } => (Some(through.gateway), *trust),
            _ => (None, None),
        };
        let target = self.target().map(|target| target.name);
        [gateway, trust, target].into_iter().flatten()
    }

    async fn perform(&'static self, subject: &Subject) -> Verdict {
        match self {
            Self::Expect { object, has } => subject.must_have(&object.key(subject), has).await,
            Self::Send { through, trust } => subject.send(through, *trust).await,
            Self::Apply(range) => subject.apply_part(range.clone()).await,
            Self::Patch { object, merge } => {
                let Target { kind, namespace, name } = *object;
                subject.patch(kind, namespace, name, &subject.renamed(merge)).await.map(drop)
            }
            Self::Delete(object) => subject.delete_key(object.key(subject)).await,
        }
    }
}

impl Target {
    /// The object as manifests call it.
    pub(crate) fn as_written(self) -> Key {
        Key::new(self.kind, Some(self.namespace), self.name)
    }

    fn key(self, subject: &Subject) -> Key {
        subject.key(self.kind, self.namespace, self.name)
    }
}

/// How long a status may take, by the kind of its object.
fn limit(kind: Kind) -> Limit {
    match kind {
        Kind::Gateway => Limit::GatewayMustHaveCondition,
        Kind::GatewayClass => Limit::GwcMustBeAccepted,
        Kind::ListenerSet => Limit::ListenerSetMustHaveCondition,
        _ => Limit::RouteMustHaveParents,
    }
}

impl Subject {
    async fn must_have(&self, key: &Key, has: &Map<String, Value>) -> Verdict {
        let fields = self.renamed(&Value::Object(has.clone()));
        let expected = fields.to_string();
        let controller = self.session.controller_name().to_owned();
        let wanted = Wanted { fields, controller };
        self.wait(key, limit(key.kind), &expected, move |object| wanted.is_met_by(object)).await
    }

    async fn send(&self, through: &'static Through, trust: Option<&str>) -> Verdict {
        let gateway = Box::pin(self.gateway(through.gateway)).await?;
        let trusted = match trust {
            Some(secret) => Some(self.certificate(secret).await?),
            None => None,
        };
        match through.exchanges {
            Exchanges::Http(exchanges) => {
                let traffic = match (trusted, through.listener) {
                    (Some(trusted), Some(listener)) => gateway.https_at(listener, trusted)?,
                    (Some(trusted), None) => gateway.https(trusted),
                    (None, Some(listener)) => gateway.http_at(listener)?,
                    (None, None) => gateway.http(),
                };
                traffic.must_give(exchanges).await
            }
            Exchanges::Grpc(calls) => gateway.grpc().must_give(calls).await,
            Exchanges::Streams(conversations) => {
                let streams = gateway.streams().trusting(trusted.unwrap_or_default());
                streams.must_give(conversations).await
            }
        }
    }
}
