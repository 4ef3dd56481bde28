//! An implementer's policy, as a description file tells of it: what it can be attached to, where its definition
//! has what, and how a value shows in traffic.
//!
//! The tests' manifests have policies of kind `Policy`, of [`POLICY_GROUP`]: `spec.targetRefs` beside one of
//! `spec.value`, `spec.defaults` and `spec.overrides`, which is `Shown` or `Plain`. [`Description::spec`] makes of
//! that what the implementer's definition wants. See <https://gateway-api.sigs.k8s.io/geps/gep-713/>.

use std::slice;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::{
    description,
    exchange::{Exchange, Header},
    names::POLICY_GROUP,
};

/// A description file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Description {
    /// The API group.
    pub group: String,
    /// The version in which it is applied.
    pub version: String,
    /// As in a manifest's `kind`: `TimeoutPolicy`.
    pub kind: String,
    /// As in paths: `timeoutpolicies`.
    pub plural: String,
    /// Who writes its status, if that is not the controller of the GatewayClass.
    pub controller_name: Option<String>,
    /// What it can be attached to, the least specific first.
    pub targets: Vec<Target>,
    /// Whether its status has `ancestors`; true unless it is said.
    #[serde(default = "yes")]
    pub ancestors: bool,
    /// Where its spec has what.
    pub fields: Fields,
    /// What every policy has in its spec besides.
    #[serde(default)]
    pub spec: Map<String, Value>,
    /// The two values that are tried.
    pub values: Values,
}

const fn yes() -> bool {
    true
}

/// A kind that the policy can be attached to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Target {
    /// The API group; empty for the core group.
    pub group: String,
    /// The kind: `Gateway`.
    pub kind: String,
    /// Whether `sectionName` can choose a part of it: a listener, a rule, a port.
    #[serde(default)]
    pub sections: bool,
    /// Whether a reference has a `namespace`; else it stays in that of the policy.
    #[serde(default)]
    pub namespaces: bool,
}

/// Where the policy's spec has what, as paths below `spec`: `default.timeouts.http.requestTimeout`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fields {
    /// The list of targets; one of this and `target_ref` is given.
    pub target_refs: Option<String>,
    /// The only target.
    pub target_ref: Option<String>,
    /// The value of a policy that knows neither defaults nor overrides.
    pub value: Option<String>,
    /// A value that what is more specific may replace.
    pub defaults: Option<String>,
    /// A value that it may not.
    pub overrides: Option<String>,
}

/// Two values that can be told apart in traffic.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Values {
    /// One that shows.
    pub shown: Shown,
    /// One with which traffic is as without any policy, if there is such a value.
    pub plain: Option<Value>,
}

/// A value, and how it shows: by one of two signs. The requests of the tests ask the backend to wait for 250 ms.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Shown {
    /// What is written into the policy.
    pub set: Value,
    /// The status of the answers then.
    pub status: Option<u16>,
    /// A header that the answers have then, and else have not.
    #[serde(default, deserialize_with = "kept")]
    #[schemars(with = "Option<NamedHeader>")]
    pub header: Option<&'static Header>,
}

impl Values {
    /// The exchange as it is where this value counts, given that without a policy it is `exchange`.
    pub fn exchange(&self, exchange: &Exchange, shows: Shows) -> Exchange {
        let Shown { status, header, .. } = &self.shown;
        let exchange = match (shows, status, header) {
            (Shows::Shown, Some(status), _) => exchange.request.is(*status),
            (Shows::Shown, None, Some(header)) => exchange.answers_with(slice::from_ref(header)),
            (Shows::Plain, None, Some((name, _))) => {
                exchange.answers_without(slice::from_ref(name))
            }
            (Shows::Plain, ..) | (Shows::Shown, None, None) => *exchange,
        };
        exchange.as_sign(shows == Shows::Shown)
    }
}

/// A header as a description has it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NamedHeader {
    name: String,
    value: String,
}

/// A header of a description, which is there for as long as the exchanges of the tests.
fn kept<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'static Header>, D::Error> {
    let NamedHeader { name, value } = NamedHeader::deserialize(deserializer)?;
    let header: Header = (name.leak(), value.leak());
    Ok(Some(Box::leak(Box::new(header))))
}

/// Which of the two values shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// That with which it is as without a policy; or there is none.
    Plain,
    /// The other one.
    Shown,
}

/// What a policy of the manifests says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// A value, of what knows neither defaults nor overrides.
    Value,
    /// A value that what is more specific may replace.
    Defaults,
    /// A value that it may not.
    Overrides,
}

impl Setting {
    const ALL: [Self; 3] = [Self::Value, Self::Defaults, Self::Overrides];

    /// The field of the manifests.
    const fn name(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Defaults => "defaults",
            Self::Overrides => "overrides",
        }
    }
}

impl description::Description for Description {
    fn validate(&self) -> Result<(), String> {
        let Fields { target_refs, target_ref, value, defaults, overrides } = &self.fields;
        if target_refs.is_some() == target_ref.is_some() {
            return Err("fields: name one of targetRefs and targetRef".to_owned());
        }
        let inherits = defaults.is_some() || overrides.is_some();
        if value.is_some() == inherits {
            return Err("fields: name value, or else defaults, overrides or both".to_owned());
        }
        if self.targets.is_empty() {
            return Err("targets: name a kind that the policy can be attached to".to_owned());
        }
        let Shown { status, header, .. } = &self.values.shown;
        if status.is_some() == header.is_some() {
            return Err("values.shown: name one of status and header".to_owned());
        }
        if self.group == POLICY_GROUP {
            return Err(format!("group: {POLICY_GROUP} is that of the tests' own manifests"));
        }
        Ok(())
    }
}

impl Description {
    /// Whether it has what a manifest needs.
    ///
    /// # Errors
    ///
    /// What it has not: `TimeoutPolicy has no status.ancestors`.
    pub fn has(&self, needed: &str) -> Result<(), String> {
        if needed == "ancestors" && !self.ancestors {
            return Err(format!("{} has no status.ancestors", self.kind));
        }
        Ok(())
    }

    /// Whether a policy of the manifests can be said with it; `spec` is its spec.
    ///
    /// # Errors
    ///
    /// What cannot: `TimeoutPolicy takes no Service as a target`.
    pub fn takes(&self, spec: &Value) -> Result<(), String> {
        let targets = spec["targetRefs"].as_array().map(Vec::as_slice).unwrap_or_default();
        if targets.len() > 1 && self.fields.target_refs.is_none() {
            return Err(format!("{} has one target", self.kind));
        }
        for target in targets {
            let kind = target["kind"].as_str().unwrap_or_default();
            match self.target(target) {
                None => return Err(format!("{} takes no {kind} as a target", self.kind)),
                Some(known) if !known.sections && target["sectionName"].is_string() => {
                    return Err(format!("{} takes no section of {kind} as a target", self.kind));
                }
                Some(_) => {}
            }
        }
        let [(setting, value)] = settings(spec)[..] else {
            return Err("the manifest must have one of value, defaults and overrides".to_owned());
        };
        if value == "Plain" && self.values.plain.is_none() {
            return Err(format!("every value of {} shows", self.kind));
        }
        let path = self.path(setting);
        path.map(drop).ok_or_else(|| format!("{} knows no {}", self.kind, setting.name()))
    }

    /// The spec of the implementer's policy for that of a policy of the manifests.
    pub fn spec(&self, spec: &Value) -> Value {
        let mut made = Value::Object(self.spec.clone());
        let Fields { target_refs, target_ref, .. } = &self.fields;
        let mut targets = spec["targetRefs"].clone();
        for target in targets.as_array_mut().into_iter().flatten() {
            let known = self.target(target).is_some_and(|known| known.namespaces);
            if let Some(target) = target.as_object_mut().filter(|_| !known) {
                target.remove("namespace");
            }
        }
        if let Some(path) = target_ref {
            put(&mut made, path, targets[0].clone());
        }
        if let Some(path) = target_refs {
            put(&mut made, path, targets);
        }
        for (setting, value) in settings(spec) {
            self.set(
                &mut made,
                setting,
                if value == "Shown" { Shows::Shown } else { Shows::Plain },
            );
        }
        made
    }

    /// Has the spec of an implementer's policy say this value, if there is such a setting and such a value.
    pub fn set(&self, spec: &mut Value, setting: Setting, shows: Shows) {
        let Values { shown, plain } = &self.values;
        let value = if shows == Shows::Shown { Some(&shown.set) } else { plain.as_ref() };
        if let (Some(path), Some(value)) = (self.path(setting), value) {
            put(spec, path, value.clone());
        }
    }

    /// What is known of a target's kind.
    fn target(&self, target: &Value) -> Option<&Target> {
        let mut known = self.targets.iter();
        known.find(|known| target["group"] == *known.group && target["kind"] == *known.kind)
    }

    /// Where a setting belongs. What knows defaults alone takes a value for one.
    fn path(&self, setting: Setting) -> Option<&str> {
        let Fields { value, defaults, overrides, .. } = &self.fields;
        let path = match setting {
            Setting::Value => value.as_ref().or(defaults.as_ref()).or(overrides.as_ref()),
            Setting::Defaults => defaults.as_ref(),
            Setting::Overrides => overrides.as_ref(),
        };
        path.map(String::as_str)
    }
}

/// What a policy of the manifests sets: one of three, unless the manifest is wrong.
fn settings(spec: &Value) -> Vec<(Setting, &Value)> {
    let known = Setting::ALL.into_iter();
    known.filter_map(|setting| Some((setting, spec.get(setting.name())?))).collect()
}

/// Puts a value at a path of names.
fn put(holder: &mut Value, path: &str, value: Value) {
    match path.split_once('.') {
        Some((first, rest)) => put(&mut holder[first], rest, value),
        None => holder[path] = value,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{description::Description as _, exchange::get};

    fn described() -> Description {
        let description = json!({
            "group": "example.com", "version": "v1", "kind": "TimeoutPolicy", "plural": "timeoutpolicies",
            "targets": [
                { "group": "gateway.networking.k8s.io", "kind": "Gateway", "sections": true },
                { "group": "", "kind": "Service" },
                { "group": "example.com", "kind": "Room", "namespaces": true },
            ],
            "fields": { "targetRef": "targetRef", "defaults": "default.timeouts.request" },
            "spec": { "mode": "Strict" },
            "values": { "shown": { "set": "300ms", "status": 504 }, "plain": "10s" },
        });
        serde_json::from_value(description).unwrap()
    }

    fn policy(kind: &str, group: &str, setting: &str) -> Value {
        json!({ "targetRefs": [{ "group": group, "kind": kind, "name": "a" }], setting: "Shown" })
    }

    #[test]
    fn a_policy_of_the_manifests_becomes_one_of_the_implementer() {
        let spec = policy("Service", "", "defaults");
        assert_eq!(described().takes(&spec), Ok(()));
        assert_eq!(
            described().spec(&spec),
            json!({
                "mode": "Strict", "targetRef": { "group": "", "kind": "Service", "name": "a" },
                "default": { "timeouts": { "request": "300ms" } },
            })
        );
    }

    #[test]
    fn a_target_has_a_namespace_where_references_have_one() {
        let in_other = |kind, group| {
            let mut spec = policy(kind, group, "value");
            spec["targetRefs"][0]["namespace"] = json!("other");
            described().spec(&spec)["targetRef"]["namespace"].clone()
        };
        assert_eq!(in_other("Room", "example.com"), "other");
        assert_eq!(in_other("Service", ""), Value::Null);
    }

    #[test]
    fn a_value_shows_by_a_status_or_by_a_header() {
        let header = json!({ "name": "X-Policy", "value": "on" });
        let values = [json!({ "set": 1, "status": 504 }), json!({ "set": 1, "header": header })];
        let told = values.map(|shown| {
            let values: Values = serde_json::from_value(json!({ "shown": shown })).unwrap();
            let exchange = |shows| values.exchange(&get("/").is(200), shows).expectation();
            format!("{}; {}", exchange(Shows::Shown), exchange(Shows::Plain))
        });
        insta::assert_snapshot!(told.join("\n"), @r"
        504; 200
        200, with X-Policy=on; 200, without X-Policy
        ");
    }

    #[test]
    fn what_the_policy_cannot_say_is_told() {
        let takes = |spec: Value| described().takes(&spec).unwrap_err();
        let mut section = policy("Service", "", "defaults");
        section["targetRefs"][0]["sectionName"] = json!("http");
        let mut plain = policy("Service", "", "defaults");
        plain["defaults"] = json!("Plain");
        let mut two = policy("Service", "", "defaults");
        two["targetRefs"] = json!([two["targetRefs"][0], two["targetRefs"][0]]);
        let told = [
            takes(policy("HTTPRoute", "gateway.networking.k8s.io", "defaults")),
            takes(section),
            takes(two),
            takes(policy("Service", "", "overrides")),
            Description { ancestors: false, ..described() }.has("ancestors").unwrap_err(),
            Description { values: Values { plain: None, ..described().values }, ..described() }
                .takes(&plain)
                .unwrap_err(),
        ];
        insta::assert_snapshot!(told.join("\n"), @r"
        TimeoutPolicy takes no HTTPRoute as a target
        TimeoutPolicy takes no section of Service as a target
        TimeoutPolicy has one target
        TimeoutPolicy knows no overrides
        TimeoutPolicy has no status.ancestors
        every value of TimeoutPolicy shows
        ");
    }

    #[test]
    fn what_is_no_description_is_told() {
        assert_eq!(described().validate(), Ok(()));
        let both = Fields { target_refs: Some("targetRefs".into()), ..described().fields };
        let none = Fields { defaults: None, ..described().fields };
        let mut no_sign = described().values;
        no_sign.shown.status = None;
        let wrong = [
            Description { fields: both, ..described() },
            Description { fields: none, ..described() },
            Description { targets: Vec::new(), ..described() },
            Description { values: no_sign, ..described() },
        ];
        let told = wrong.map(|description| description.validate().unwrap_err());
        insta::assert_snapshot!(told.join("\n"), @r"
        fields: name one of targetRefs and targetRef
        fields: name value, or else defaults, overrides or both
        targets: name a kind that the policy can be attached to
        values.shown: name one of status and header
        ");
    }
}
