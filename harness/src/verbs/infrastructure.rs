//! What a test asks of the objects that an implementation makes for a Gateway.

use cluster::{Key, Kind, Object, apply, wait::Progress, watch::Scope};
use futures::future::{select_ok, try_join_all};
use model::{
    timeouts::Limit,
    timing::SpanKind,
    verdict::{Failure, JudgeError, Mismatch, Verdict},
};
use serde_json::Value;

use crate::{
    context::owners::GATEWAY_NAME,
    verbs::{gateway::GatewayObject, subject::judge},
};

/// The kinds that are looked at, as in the Go suite.
const KINDS: [Kind; 3] = [Kind::ServiceAccount, Kind::Pod, Kind::Service];

impl GatewayObject<'_> {
    /// Something must be made for the Gateway within `DefaultTestTimeout`, and the first object of each kind
    /// have the labels and annotations of the Gateway's `infrastructure`. So should the others, by this
    /// rule beside the verdict.
    ///
    /// # Errors
    ///
    /// A failure that names each label and annotation that is not there.
    pub async fn must_mark_what_is_made_for_it(&self, rule: &str, spec: &str) -> Verdict {
        let gateway = self.read().await?;
        let infrastructure = &gateway.data["spec"]["infrastructure"];
        let mut mismatches = Vec::new();
        for objects in self.made_for_it().await? {
            for (index, object) in objects.iter().enumerate() {
                for lacking in lacking(object, infrastructure) {
                    if index == 0 {
                        mismatches.push(lacking);
                    } else {
                        self.subject.finding(rule, spec, lacking);
                    }
                }
            }
        }
        if mismatches.is_empty() {
            self.subject.notes.moment(format!("{}: what is made for it is marked", self.key));
            return Ok(());
        }
        Err(Failure { mismatches, cause: None, timeline: Vec::new() }.into())
    }

    /// What is made for the Gateway, kind by kind, once there is something.
    async fn made_for_it(&self) -> Verdict<Vec<Vec<Object>>> {
        let (session, namespace) = (&self.subject.session, self.key.namespace.as_deref());
        let selector = format!("{GATEWAY_NAME}={}", self.key.name);
        let limit = self.subject.limit(Limit::DefaultTestTimeout);
        let stores = KINDS.map(|kind| {
            let scope = Scope { namespace: namespace.map(Into::into), ..Scope::all(kind) };
            session.watches().on(scope.labelled(&selector))
        });
        let any = select_ok(stores.iter().map(|store| {
            Box::pin(store.until_all(limit, |objects| match objects {
                [] => Progress::NotYet("none".into()),
                _ => Progress::Met(()),
            }))
        }));
        if let Err(unmet) = self.subject.notes.during(SpanKind::Status, any).await {
            if let Some(error) = unmet.watch_error {
                return Err(JudgeError::new(error).into());
            }
            let expected = format!("a ServiceAccount, Pod or Service with label {selector}");
            let mismatch = Mismatch {
                waited: Some(unmet.waited),
                ..Mismatch::new(self.key.to_string(), expected, unmet.because)
            };
            return Err(Failure::of(mismatch).into());
        }
        let lists =
            KINDS.map(|kind| apply::list(session.client(), kind, namespace, Some(&selector)));
        Ok(try_join_all(lists).await.map_err(judge)?)
    }
}

/// The labels and annotations that an object lacks of those that a Gateway's `infrastructure` gives.
fn lacking(object: &Object, infrastructure: &Value) -> Vec<Mismatch> {
    let (labels, annotations) = (&object.metadata.labels, &object.metadata.annotations);
    let mut mismatches = Vec::new();
    for (field, there) in [("labels", labels), ("annotations", annotations)] {
        for (name, value) in infrastructure[field].as_object().into_iter().flatten() {
            let has = there.as_ref().and_then(|there| there.get(name));
            if has.map(String::as_str) != value.as_str() {
                let subject = Key::of(object).map(|key| key.to_string()).unwrap_or_default();
                let expected = format!("{name} of {value} in metadata.{field}");
                let observed = has.map_or("none".into(), |has| format!("{name} of {has:?}"));
                mismatches.push(Mismatch::new(subject, expected, observed));
            }
        }
    }
    mismatches
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_lacking_is_named_and_more_may_be_there() {
        let service = json!({
            "apiVersion": "v1", "kind": "Service",
            "metadata": { "name": "s", "namespace": "n", "labels": { "a": "b", "c": "d" } },
        });
        let service: Object = serde_json::from_value(service).unwrap();
        let lacking = |wanted: Value| {
            let lacking = lacking(&service, &wanted).into_iter();
            let text = |it: Mismatch| format!("{}: {}: {}", it.subject, it.expected, it.observed);
            lacking.map(text).collect::<Vec<_>>()
        };
        assert!(lacking(json!({ "labels": { "a": "b" } })).is_empty());
        assert_eq!(
            lacking(json!({ "labels": { "a": "b", "c": "x" }, "annotations": { "e": "f" } })),
            [
                "Service n/s: c of \"x\" in metadata.labels: c of \"d\"",
                "Service n/s: e of \"f\" in metadata.annotations: none",
            ]
        );
    }
}
