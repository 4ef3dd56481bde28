//! What a test asks of a GatewayClass.

use cluster::{
    Key, Kind,
    conditions::{freshness, satisfied},
    views::status_conditions,
};
use model::{condition::Condition, timeouts::Limit, verdict::Verdict};
use serde_json::Value;

use crate::verbs::subject::{Subject, listed};

/// A GatewayClass that a test applied.
pub struct GatewayClass<'s> {
    subject: &'s Subject,
    key: Key,
}

impl Subject {
    /// A GatewayClass that this test applied.
    pub fn gateway_class(&self, name: &'static str) -> GatewayClass<'_> {
        GatewayClass::new(self, name)
    }
}

impl<'s> GatewayClass<'s> {
    fn new(subject: &'s Subject, name: &str) -> Self {
        Self { subject, key: Key::new(Kind::GatewayClass, None, name) }
    }

    /// The class must have these conditions, current ones, within `GWCMustBeAccepted`.
    ///
    /// # Errors
    ///
    /// A failure that shows the first that it does not have.
    pub async fn must_be(&self, conditions: &[Condition]) -> Verdict {
        let conditions = conditions.to_vec();
        self.subject
            .wait(&self.key, Limit::GwcMustBeAccepted, &listed(&conditions), move |object| {
                let there = status_conditions(object);
                freshness(object, &there)?;
                conditions.iter().try_for_each(|wanted| satisfied(&there, wanted))
            })
            .await
    }

    /// Every condition must speak of the current generation, within
    /// `LatestObservedGenerationSet`.
    ///
    /// # Errors
    ///
    /// A failure that names the first that does not.
    pub async fn must_be_current(&self) -> Verdict {
        let expected = "conditions with the current observedGeneration";
        self.subject
            .wait(&self.key, Limit::LatestObservedGenerationSet, expected, |object| {
                freshness(object, &status_conditions(object))
            })
            .await
    }

    /// Changes the class by a JSON merge patch; what is judged from here on is the changed class.
    ///
    /// # Errors
    ///
    /// An error if the API server refuses, or does not raise `metadata.generation`.
    pub async fn change(&self, patch: &Value) -> Verdict {
        self.subject.change_spec(&self.key, |_| patch.clone()).await
    }
}
