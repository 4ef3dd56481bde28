//! What is changed of the fixtures so that they fit a cluster: the Pods of their workloads, and what users patch.

use model::fixtures::{Fixtures, Patch, PullSecret, restricted_container, restricted_pod};
use serde_json::{Map, Value, json};

use crate::object::Object;

/// Makes the Pods of a workload such as pod security `restricted` admits, which is no hindrance where other rules
/// hold, and takes their images from where they are to come. What the manifest says of it itself stays.
pub(super) fn fit(object: &mut Object, fixtures: &Fixtures) {
    let Some(spec) = object.data.pointer_mut("/spec/template/spec") else { return };
    lay_under(&mut spec["securityContext"], restricted_pod());
    if fixtures.pull_secret.is_some() {
        spec["imagePullSecrets"] = json!([{ "name": PullSecret::NAME }]);
    }
    for container in spec["containers"].as_array_mut().into_iter().flatten() {
        // A server of names binds a port below 1024, for which its program asks by itself.
        let mut restricted = restricted_container();
        restricted["capabilities"]["add"] = json!(["NET_BIND_SERVICE"]);
        lay_under(&mut container["securityContext"], restricted);
        if let Some(image) = container["image"].as_str() {
            container["image"] = fixtures.images.resolve(image).into();
        }
        if let Some(policy) = fixtures.pull_policy {
            container["imagePullPolicy"] = policy.name().into();
        }
    }
}

/// The fields of `below` where there are no others.
fn lay_under(value: &mut Value, below: Value) {
    if value.is_null() {
        *value = below;
    } else if let (Value::Object(fields), Value::Object(below)) = (value, below) {
        for (field, value) in below {
            fields.entry(field).or_insert(value);
        }
    }
}

/// The object as the patches have it that name it.
///
/// # Errors
///
/// What a patch asks of the object that cannot be done to it.
pub fn patched(object: Object, patches: &[Patch]) -> Result<Object, String> {
    let (namespace, name) = (object.metadata.namespace.clone(), object.metadata.name.clone());
    let kind = object.types.as_ref().map(|types| types.kind.clone()).unwrap_or_default();
    let name = name.unwrap_or_default();
    let mut own =
        patches.iter().filter(|it| it.target.is(&kind, namespace.as_deref(), &name)).peekable();
    if own.peek().is_none() {
        return Ok(object);
    }
    let failed =
        |target: String, why: String| format!("the patch of {target} on {kind} {name}: {why}");
    let mut value = serde_json::to_value(object).map_err(|error| error.to_string())?;
    for Patch { target, patch } in own {
        if patch.is_array() {
            let done = serde_json::from_value::<json_patch::Patch>(patch.clone())
                .map_err(|error| error.to_string())
                .and_then(|it| {
                    json_patch::patch(&mut value, &it).map_err(|error| error.to_string())
                });
            done.map_err(|why| failed(target.to_string(), why))?;
        } else {
            lay_over(&mut value, patch);
        }
    }
    serde_json::from_value(value).map_err(|error| failed("this".to_owned(), error.to_string()))
}

/// Lays a part of an object over it: null removes, items with names are laid over those of the same name.
fn lay_over(value: &mut Value, part: &Value) {
    match (value, part) {
        (Value::Object(fields), Value::Object(part)) => lay_fields_over(fields, part),
        (Value::Array(items), Value::Array(part))
            if part.iter().all(|it| it["name"].is_string()) =>
        {
            for new in part {
                match items.iter_mut().find(|item| item["name"] == new["name"]) {
                    Some(item) => lay_over(item, new),
                    None => items.push(new.clone()),
                }
            }
        }
        (value, part) => *value = part.clone(),
    }
}

fn lay_fields_over(fields: &mut Map<String, Value>, part: &Map<String, Value>) {
    for (field, part) in part {
        if part.is_null() {
            fields.remove(field);
        } else {
            lay_over(fields.entry(field).or_insert(Value::Null), part);
        }
    }
}

#[cfg(test)]
mod tests {
    use model::fixtures::{Patches, PullPolicy};

    use super::*;

    fn workload() -> Object {
        let text = "apiVersion: apps/v1
kind: Deployment
metadata: {name: echo, namespace: infra}
spec:
  template:
    spec:
      containers:
      - {name: echo, image: 'registry.example/echo:v1', env: [{name: A, value: '1'}]}
      - {name: other, image: 'registry.example/other:v1', securityContext: {allowPrivilegeEscalation: true}}
";
        crate::manifest::parse("workload", text).unwrap().remove(0)
    }

    #[test]
    fn pods_are_such_as_restricted_namespaces_admit() {
        let mut object = workload();
        let fixtures = Fixtures {
            pull_policy: Some(PullPolicy::Never),
            pull_secret: Some(PullSecret("{}".into())),
            ..Fixtures::default()
        };
        fit(&mut object, &fixtures);
        insta::assert_snapshot!(serde_json::to_string_pretty(&object.data["spec"]).unwrap());
    }

    fn with(patches: &str) -> Result<Value, String> {
        let patches: Patches = serde_yaml::from_str(patches).unwrap();
        patched(workload(), &patches.0)
            .map(|object| object.data["spec"]["template"]["spec"].clone())
    }

    #[test]
    fn patches_are_laid_over_or_operations() {
        let over = "- target: {kind: Deployment, namespace: infra}
  patch:
    spec: {template: {spec: {nodeSelector: {a: b}, containers: [{name: echo, env: [{name: B, value: '2'}], image: null}]}}}
- target: {kind: Service}
  patch: {spec: null}
- target: {name: echo}
  patch: [{op: add, path: /spec/template/spec/hostNetwork, value: true}]
";
        let spec = with(over).unwrap();
        assert_eq!(spec["nodeSelector"], json!({ "a": "b" }));
        assert_eq!(spec["hostNetwork"], true);
        let first = &spec["containers"][0];
        assert_eq!(
            first["env"],
            json!([{ "name": "A", "value": "1" }, { "name": "B", "value": "2" }])
        );
        assert!(first["image"].is_null() && spec["containers"][1]["image"].is_string());
    }

    #[test]
    fn a_patch_that_does_not_fit_is_an_error() {
        let error = with("- {target: {}, patch: [{op: remove, path: /spec/nothing}]}").unwrap_err();
        assert!(error.contains("the patch of * */* on Deployment echo"), "{error}");
    }
}
