//! What a test asks of a policy that tells of itself at its ancestors, the Gateways through which it has an
//! effect.

use cluster::{
    Key, Kind, Object,
    conditions::{freshness, satisfied},
    views::{RouteView, status_conditions},
};
use model::{
    condition::Condition,
    names::{INFRA, STALE_CONTROLLER},
    policy::{Setting, Shows},
    timeouts::Limit,
    verdict::{JudgeError, Verdict},
};
use serde_json::{Value, json};

use crate::verbs::{
    parent::Parent,
    route::{is_of, missing},
    subject::{Subject, listed},
};

/// A policy, before it is said at which ancestor it is judged.
pub struct Policy<'s> {
    pub(crate) subject: &'s Subject,
    pub(crate) key: Key,
}

/// A policy at one of its ancestors.
pub struct Effect<'g, 's> {
    pub(crate) subject: &'s Subject,
    pub(crate) key: Key,
    ancestor: &'g Parent<'s>,
}

impl Subject {
    /// A BackendTLSPolicy in the infra namespace.
    pub fn backend_tls_policy(&self, name: &'static str) -> Policy<'_> {
        Policy { subject: self, key: self.key(Kind::BackendTlsPolicy, INFRA, name) }
    }

    /// A policy of the implementer in the infra namespace, as the manifests have it.
    pub fn policy(&self, name: &'static str) -> Policy<'_> {
        Policy { subject: self, key: self.key(Kind::Policy, INFRA, name) }
    }
}

impl<'s> Policy<'s> {
    /// Everything that its controller says of the policy must have this condition, and be current, within
    /// `HTTPRouteMustHaveCondition`. Whether an entry is about the target or about a Gateway is the implementer's
    /// choice, and so is a status without entries, which GEP-713 only advises against.
    ///
    /// # Errors
    ///
    /// A failure that shows what the status says instead.
    pub async fn must_be(&self, condition: Condition) -> Verdict {
        let session = &self.subject.session;
        let described = session.described().policy.as_deref();
        let described = described.and_then(|policy| policy.controller_name.as_deref());
        let controller = described.unwrap_or(session.controller_name()).to_owned();
        let expected = format!("{condition} in each entry of {controller}");
        let expect = move |object: &Object| {
            let policy = RouteView::new(object);
            policy.freshness()?;
            let (entries, conditions) = (policy.parents(), status_conditions(object));
            if entries.is_empty() && !conditions.is_empty() {
                freshness(object, &conditions)?;
                return satisfied(&conditions, &condition);
            }
            let mut ours = entries.iter().filter(|it| it.controller_name == controller).peekable();
            ours.peek().ok_or_else(|| missing(&entries, &controller))?;
            ours.try_for_each(|entry| satisfied(&entry.conditions, &condition))
        };
        let limit = Limit::HttpRouteMustHaveCondition;
        self.subject.wait(&self.key, limit, &expected, expect).await
    }

    /// Has the implementer's policy say this value; what is judged from here on is the changed policy.
    ///
    /// # Errors
    ///
    /// An error if no policy is described, or the API server refuses.
    pub async fn change(&self, setting: Setting, shows: Shows) -> Verdict {
        let policy = self.subject.session.described().policy.as_deref();
        let policy = policy.ok_or_else(|| JudgeError::new("no policy is described"))?;
        let patch = |object: &Object| {
            let mut spec = object.data["spec"].clone();
            policy.set(&mut spec, setting, shows);
            json!({ "spec": replacing(&object.data["spec"], spec) })
        };
        self.subject.change_spec(&self.key, patch).await
    }

    /// Removes the policy.
    ///
    /// # Errors
    ///
    /// An error if the API server refuses.
    pub async fn detach(&self) -> Verdict {
        self.subject.delete_key(self.key.clone()).await
    }

    /// At this Gateway.
    pub fn under<'g>(self, ancestor: &'g impl AsRef<Parent<'s>>) -> Effect<'g, 's> {
        Effect { subject: self.subject, key: self.key, ancestor: ancestor.as_ref() }
    }
}

impl Effect<'_, '_> {
    /// The policy must have each of these conditions in an entry for the Gateway, whoever wrote it, within
    /// `HTTPRouteMustHaveCondition`; that entry and those before it must be current, but for what a test wrote.
    ///
    /// # Errors
    ///
    /// A failure that shows what the status says instead.
    pub async fn must_be(&self, conditions: &[Condition]) -> Verdict {
        let expected = format!("{} for {}", listed(conditions), self.ancestor.key);
        let controller = self.subject.session.controller_name().to_owned();
        let (wanted, conditions) = (self.ancestor.key.clone(), conditions.to_vec());
        let limit = Limit::HttpRouteMustHaveCondition;
        let expect = move |object: &Object| {
            let policy = RouteView::new(object);
            let entries = policy.parents();
            let is_there = |condition: &Condition| {
                let mut because = None;
                for entry in entries.iter().filter(|it| it.controller_name != STALE_CONTROLLER) {
                    policy.freshness_at(entry)?;
                    if !is_of(entry, &wanted) {
                        continue;
                    }
                    match satisfied(&entry.conditions, condition) {
                        Ok(()) => return Ok(()),
                        Err(wrong) => because = Some(wrong),
                    }
                }
                Err(because.unwrap_or_else(|| missing(&entries, &controller)))
            };
            conditions.iter().try_for_each(is_there)
        };
        self.subject.wait(&self.key, limit, &expected, expect).await
    }

    /// Every condition at every ancestor must speak of the current generation, within
    /// `LatestObservedGenerationSet`; what a test wrote is left out.
    ///
    /// # Errors
    ///
    /// A failure that names the first that does not.
    pub async fn must_be_current(&self) -> Verdict {
        let expected = "conditions with the current observedGeneration";
        let is_current = |object: &Object| RouteView::new(object).freshness();
        self.subject.wait(&self.key, Limit::LatestObservedGenerationSet, expected, is_current).await
    }

    /// Gives the controller a second to report the policy as it is, before the test changes it; whether the
    /// report comes is no part of the verdict.
    ///
    /// # Errors
    ///
    /// An error if the policies cannot be watched.
    pub async fn may_be_reported(&self) -> Verdict {
        let is_reported = |object: &Object| {
            let policy = RouteView::new(object);
            policy.freshness()?;
            if policy.parents().is_empty() { Err("no entries".into()) } else { Ok(()) }
        };
        self.subject.may_be_reported(&self.key, is_reported).await
    }

    /// Has a BackendTLSPolicy trust the authority in this ConfigMap alone, which need not exist.
    ///
    /// # Errors
    ///
    /// As [`Self::change_validation`].
    pub async fn trust(&self, config_map: &str) -> Verdict {
        let authority = json!({ "group": "", "kind": "ConfigMap", "name": config_map });
        self.change_validation(json!({ "caCertificateRefs": [authority] })).await
    }

    /// Changes `spec.validation` by a JSON merge patch; what is judged from here on is the changed policy.
    ///
    /// # Errors
    ///
    /// An error if the API server refuses, or does not raise `metadata.generation`.
    pub async fn change_validation(&self, patch: Value) -> Verdict {
        let patch = json!({ "spec": { "validation": patch } });
        self.subject.change_spec(&self.key, |_| patch).await
    }
}

/// The JSON merge patch that makes one value another: fields that are there no more are null in it.
fn replacing(before: &Value, mut after: Value) -> Value {
    if let (Some(old), Some(new)) = (before.as_object(), after.as_object_mut()) {
        for (name, old) in old {
            let new = new.entry(name).or_insert(Value::Null);
            *new = replacing(old, new.take());
        }
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_takes_away_what_is_there_no_more() {
        let before = json!({ "a": { "b": 1, "c": [2] }, "d": 3 });
        let after = json!({ "a": { "c": [4] }, "e": 5 });
        let patch = json!({ "a": { "b": null, "c": [4] }, "d": null, "e": 5 });
        assert_eq!(replacing(&before, after), patch);
    }
}
