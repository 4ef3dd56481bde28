//! Objects through a client in the process: what comes back for what is sent.

use kube::api::{
    Api, ApiResource, DeleteParams, DynamicObject, GroupVersionKind, ListParams, ObjectMeta, Patch,
    PatchParams, PostParams, Preconditions,
};
use kube::core::Status;
use kube::{Client, Error};
use serde_json::{Value, json};
use testbed_apiserver::{ApiServer, Channel, Options, Webhook};

fn resource(group: &str, version: &str, kind: &str, plural: &str) -> ApiResource {
    let kind = GroupVersionKind::gvk(group, version, kind);
    ApiResource::from_gvk_with_plural(&kind, plural)
}

fn api(client: &Client, group: &str, kind: &str, plural: &str) -> Api<DynamicObject> {
    Api::default_namespaced_with(client.clone(), &resource(group, "v1", kind, plural))
}

fn config_maps(client: &Client) -> Api<DynamicObject> {
    api(client, "", "ConfigMap", "configmaps")
}

fn gateways(client: &Client) -> Api<DynamicObject> {
    api(client, "gateway.networking.k8s.io", "Gateway", "gateways")
}

fn namespaces(client: &Client) -> Api<DynamicObject> {
    Api::all_with(client.clone(), &resource("", "v1", "Namespace", "namespaces"))
}

fn client() -> Client {
    ApiServer::new(Options::default()).client()
}

fn object(value: Value) -> DynamicObject {
    serde_json::from_value(value).expect("an object")
}

fn named(name: &str) -> DynamicObject {
    object(json!({"metadata": {"name": name}}))
}

fn gateway(listeners: &Value) -> Value {
    json!({
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "Gateway",
        "metadata": {"name": "g"},
        "spec": {"gatewayClassName": "c", "listeners": listeners},
    })
}

fn http(name: &str, port: u16) -> Value {
    json!({"name": name, "port": port, "protocol": "HTTP"})
}

#[track_caller]
fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> Status {
    match result {
        Err(Error::Api(status)) => *status,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

fn causes(status: &Status) -> Vec<(&str, &str)> {
    let details = status.details.as_ref().expect("details");
    details.causes.iter().map(|cause| (cause.reason.as_str(), cause.field.as_str())).collect()
}

#[tokio::test]
async fn an_object_is_created_read_listed_and_deleted() {
    let client = client();
    let api = config_maps(&client);
    let created = api.create(&PostParams::default(), &named("a")).await.unwrap();
    assert!(created.metadata.uid.is_some());
    assert!(created.metadata.creation_timestamp.is_some());
    assert_eq!(created.metadata.namespace.as_deref(), Some("default"));
    assert_eq!(
        refusal(api.create(&PostParams::default(), &named("a")).await).reason,
        "AlreadyExists"
    );
    assert_eq!(api.get("a").await.unwrap(), created);
    assert_eq!(api.list(&ListParams::default()).await.unwrap().items, [created]);

    let status = api.delete("a", &DeleteParams::default()).await.unwrap().right().unwrap();
    assert!(status.is_success());
    let status = refusal(api.get("a").await);
    assert_eq!((status.code, status.reason.as_str()), (404, "NotFound"));
    assert_eq!(status.message, "configmaps \"a\" not found");
}

#[tokio::test]
async fn generated_names_differ() {
    let client = client();
    let unnamed = object(json!({"metadata": {"generateName": "a-"}}));
    let api = config_maps(&client);
    let first = api.create(&PostParams::default(), &unnamed).await.unwrap().metadata.name.unwrap();
    let second = api.create(&PostParams::default(), &unnamed).await.unwrap().metadata.name.unwrap();
    assert!(first.starts_with("a-") && first.len() == 7, "{first}");
    assert_ne!(first, second);
}

#[tokio::test]
async fn a_stale_update_conflicts_and_a_repeated_one_changes_nothing() {
    let client = client();
    let api = config_maps(&client);
    let first = api.create(&PostParams::default(), &named("a")).await.unwrap();
    let mut changed = first.clone();
    changed.data["data"] = json!({"k": "v"});
    let second = api.replace("a", &PostParams::default(), &changed).await.unwrap();
    assert_ne!(second.metadata.resource_version, first.metadata.resource_version);
    assert_eq!(
        refusal(api.replace("a", &PostParams::default(), &changed).await).reason,
        "Conflict"
    );
    let same = api.replace("a", &PostParams::default(), &second).await.unwrap();
    assert_eq!(same.metadata.resource_version, second.metadata.resource_version);
}

#[tokio::test]
async fn a_gateway_gets_its_defaults_and_counts_generations_of_its_spec_only() {
    let client = client();
    let api = gateways(&client);
    let wanted = object(gateway(&json!([http("http", 80)])));
    let created = api.create(&PostParams::default(), &wanted).await.unwrap();
    assert_eq!(created.metadata.generation, Some(1));
    let listener = &created.data["spec"]["listeners"][0];
    assert_eq!(listener["allowedRoutes"], json!({"namespaces": {"from": "Same"}}));
    let types: Vec<_> = created.data["status"]["conditions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|condition| (condition["type"].clone(), condition["status"].clone()))
        .collect();
    assert_eq!(
        types,
        [("Accepted".into(), "Unknown".into()), ("Programmed".into(), "Unknown".into())]
    );

    let mut status = created.clone();
    status.data["spec"]["gatewayClassName"] = "other".into();
    status.data["status"] = json!({"conditions": []});
    let updated = api.replace_status("g", &PostParams::default(), &status).await.unwrap();
    assert_eq!(updated.metadata.generation, Some(1));
    assert_eq!(updated.data["status"], json!({"conditions": []}));
    assert_eq!(updated.data["spec"]["gatewayClassName"], "c", "the status alone is written");

    let patch = json!({"spec": {"gatewayClassName": "d"}, "status": {"conditions": null}});
    let patched = api.patch("g", &PatchParams::default(), &Patch::Merge(&patch)).await.unwrap();
    assert_eq!(patched.metadata.generation, Some(2));
    assert_eq!(patched.data["status"], json!({"conditions": []}), "the status is left alone");
}

#[tokio::test]
async fn a_null_is_taken_as_a_field_that_was_left_out() {
    let api = gateways(&client());
    let mut wanted = object(gateway(&json!([http("http", 80)])));
    wanted.data["spec"]["addresses"] = Value::Null;
    wanted.data["spec"]["listeners"][0]["allowedRoutes"] = Value::Null;
    let mut gateway = api.create(&PostParams::default(), &wanted).await.unwrap();
    assert_eq!(gateway.data["spec"].get("addresses"), None);
    let routes = &gateway.data["spec"]["listeners"][0]["allowedRoutes"];
    assert_eq!(*routes, json!({"namespaces": {"from": "Same"}}));

    gateway.data["spec"]["addresses"] = Value::Null;
    let updated = api.replace("g", &PostParams::default(), &gateway).await.unwrap();
    assert_eq!(updated.data["spec"].get("addresses"), None);
    assert_eq!(updated.metadata.generation, Some(1));
}

#[tokio::test]
async fn an_older_version_is_the_same_object() {
    let client = client();
    let wanted = object(gateway(&json!([http("http", 80)])));
    let created = gateways(&client).create(&PostParams::default(), &wanted).await.unwrap();
    let older = resource("gateway.networking.k8s.io", "v1beta1", "Gateway", "gateways");
    let older: Api<DynamicObject> = Api::default_namespaced_with(client, &older);
    let same = older.get("g").await.unwrap();
    assert_eq!(same.types.unwrap().api_version, "gateway.networking.k8s.io/v1beta1");
    assert_eq!(same.metadata.uid, created.metadata.uid);
}

#[tokio::test]
async fn broken_rules_are_named() {
    let client = client();
    let api = gateways(&client);
    let twice = gateway(&json!([http("a", 80), http("a", 80)]));
    let status = refusal(api.create(&PostParams::default(), &object(twice)).await);
    assert_eq!((status.code, status.reason.as_str()), (422, "Invalid"));
    let expected =
        [("FieldValueDuplicate", "spec.listeners[1]"), ("FieldValueInvalid", "spec.listeners")];
    assert_eq!(causes(&status), expected);
    let status = refusal(config_maps(&client).create(&PostParams::default(), &named("Aa_")).await);
    assert_eq!(causes(&status), [("FieldValueInvalid", "metadata.name")]);
}

#[tokio::test]
async fn nonsense_is_refused_and_breaks_nothing() {
    let client = client();
    let api = api(&client, "", "Service", "services");
    let service = object(json!({"metadata": {"name": "s"}, "spec": {"ports": [{"port": 80}]}}));
    api.create(&PostParams::default(), &service).await.unwrap();
    let nonsense = [
        json!({"spec": "x"}),
        json!({"spec": {"ports": ["x"]}}),
        json!({"metadata": {"labels": ["x"]}}),
        json!({"metadata": []}),
        json!([]),
    ];
    for patch in nonsense {
        let result = api.patch("s", &PatchParams::default(), &Patch::Merge(&patch)).await;
        assert!([400, 422].contains(&refusal(result).code), "{patch}");
    }
    api.get("s").await.unwrap();
}

#[tokio::test]
async fn dry_runs_store_nothing() {
    let client = client();
    let api = config_maps(&client);
    let dry = PostParams { dry_run: true, ..PostParams::default() };
    assert!(api.create(&dry, &named("a")).await.unwrap().metadata.uid.is_some());
    assert!(api.get_opt("a").await.unwrap().is_none());
}

#[tokio::test]
async fn finalizers_hold_an_object_back() {
    let client = client();
    let api = config_maps(&client);
    let held = object(json!({"metadata": {"name": "a", "finalizers": ["x/y"]}}));
    api.create(&PostParams::default(), &held).await.unwrap();
    let held = api.delete("a", &DeleteParams::default()).await.unwrap().left().unwrap();
    assert!(held.metadata.deletion_timestamp.is_some());
    let more = json!({"metadata": {"finalizers": ["x/y", "z"]}});
    let status = refusal(api.patch("a", &PatchParams::default(), &Patch::Merge(&more)).await);
    assert_eq!(causes(&status), [("FieldValueForbidden", "metadata.finalizers")]);
    let none = json!({"metadata": {"finalizers": null}});
    api.patch("a", &PatchParams::default(), &Patch::Merge(&none)).await.unwrap();
    assert!(api.get_opt("a").await.unwrap().is_none());
}

#[tokio::test]
async fn preconditions_guard_a_deletion() {
    let client = client();
    let api = config_maps(&client);
    api.create(&PostParams::default(), &named("a")).await.unwrap();
    let preconditions = Preconditions { uid: Some("other".to_owned()), resource_version: None };
    let params = DeleteParams { preconditions: Some(preconditions), ..DeleteParams::default() };
    assert_eq!(refusal(api.delete("a", &params).await).reason, "Conflict");
    assert!(api.get_opt("a").await.unwrap().is_some());
}

#[tokio::test]
async fn a_namespace_stays_until_it_is_finalized_and_takes_nothing_new() {
    let client = client();
    let api = namespaces(&client);
    let created = api.create(&PostParams::default(), &named("n")).await.unwrap();
    assert_eq!(created.metadata.labels.unwrap()["kubernetes.io/metadata.name"], "n");
    api.delete("n", &DeleteParams::default()).await.unwrap().left().unwrap();
    let terminating = api.get("n").await.unwrap();
    assert_eq!(terminating.data["status"]["phase"], "Terminating");

    let maps = resource("", "v1", "ConfigMap", "configmaps");
    let inside: Api<DynamicObject> = Api::namespaced_with(client.clone(), "n", &maps);
    let status = refusal(inside.create(&PostParams::default(), &named("a")).await);
    assert_eq!(status.code, 403);
    assert_eq!(causes(&status), [("NamespaceTerminating", "metadata.namespace")]);
    let nowhere: Api<DynamicObject> = Api::namespaced_with(client.clone(), "none", &maps);
    assert_eq!(refusal(nowhere.create(&PostParams::default(), &named("a")).await).code, 404);

    let finalized = json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "n"},
        "spec": {"finalizers": []},
    });
    let request = http::Request::put("/api/v1/namespaces/n/finalize")
        .body(finalized.to_string().into_bytes())
        .unwrap();
    client.request::<Value>(request).await.unwrap();
    assert!(api.get_opt("n").await.unwrap().is_none());
}

#[tokio::test]
async fn a_running_pod_is_deleted_in_two_steps() {
    let client = client();
    let api = api(&client, "", "Pod", "pods");
    let pod = |name: &str, node: Option<&str>| {
        object(json!({
            "metadata": {"name": name},
            "spec": {"nodeName": node, "containers": [{"name": "c", "image": "i"}]},
        }))
    };
    api.create(&PostParams::default(), &pod("waiting", None)).await.unwrap();
    assert!(api.delete("waiting", &DeleteParams::default()).await.unwrap().is_right());
    api.create(&PostParams::default(), &pod("running", Some("node"))).await.unwrap();
    let running = api.delete("running", &DeleteParams::default()).await.unwrap().left().unwrap();
    assert_eq!(running.metadata.deletion_grace_period_seconds, Some(30));
    let at_once = DeleteParams::default().grace_period(0);
    assert!(api.delete("running", &at_once).await.unwrap().is_right());
    assert!(api.get_opt("running").await.unwrap().is_none());
}

#[tokio::test]
async fn selected_objects_are_deleted_together() {
    let client = client();
    let api = config_maps(&client);
    for (name, run) in [("a", "1"), ("b", "2"), ("c", "1")] {
        let labelled = object(json!({"metadata": {"name": name, "labels": {"run": run}}}));
        api.create(&PostParams::default(), &labelled).await.unwrap();
    }
    let selected = ListParams::default().labels("run in (1)");
    assert_eq!(api.list(&selected).await.unwrap().items.len(), 2);
    api.delete_collection(&DeleteParams::default(), &selected).await.unwrap();
    let left = api.list(&ListParams::default()).await.unwrap().items;
    assert_eq!(left[0].metadata.name.as_deref(), Some("b"));
    assert_eq!(left.len(), 1);
}

#[tokio::test]
async fn services_get_addresses_and_keep_them() {
    let client = client();
    let api = api(&client, "", "Service", "services");
    let service =
        |name: &str, spec: Value| object(json!({"metadata": {"name": name}, "spec": spec}));
    let ports = json!([{"port": 80}]);
    let create = async |name: &str, spec: Value| {
        api.create(&PostParams::default(), &service(name, spec)).await.unwrap().data
    };
    let first = create("a", json!({"ports": ports})).await;
    let second = create("b", json!({"ports": ports})).await;
    let headless = create("c", json!({"ports": ports, "clusterIP": "None"})).await;
    assert!(first["spec"]["clusterIP"].as_str().unwrap().starts_with("10.96."));
    assert_ne!(first["spec"]["clusterIP"], second["spec"]["clusterIP"]);
    assert_eq!(headless["spec"]["clusterIP"], "None");
    let replaced = service("a", json!({"ports": [{"port": 81}]}));
    let replaced = api.replace("a", &PostParams::default(), &replaced).await.unwrap().data;
    assert_eq!(replaced["spec"]["clusterIP"], first["spec"]["clusterIP"]);
}

#[tokio::test]
async fn an_apply_creates_changes_and_takes_back_its_own_fields() {
    let client = client();
    let api = gateways(&client);
    let params = PatchParams::apply("one");
    let both = gateway(&json!([http("a", 80), http("b", 81)]));
    let first = api.patch("g", &params, &Patch::Apply(&both)).await.unwrap();
    let again = api.patch("g", &params, &Patch::Apply(&both)).await.unwrap();
    assert_eq!(again.metadata.resource_version, first.metadata.resource_version);

    // What another manager adds stays when the first takes a listener back.
    let label = json!({
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "Gateway",
        "metadata": {"name": "g", "labels": {"team": "x"}},
    });
    api.patch("g", &PatchParams::apply("two"), &Patch::Apply(&label)).await.unwrap();
    let only = gateway(&json!([http("b", 81)]));
    let third = api.patch("g", &params, &Patch::Apply(&only)).await.unwrap();
    let names: Vec<&Value> =
        third.data["spec"]["listeners"].as_array().unwrap().iter().map(|l| &l["name"]).collect();
    assert_eq!(names, ["b"]);
    assert_eq!(third.metadata.labels.unwrap()["team"], "x");
}

#[tokio::test]
async fn an_apply_conflicts_with_other_owners_unless_forced() {
    let client = client();
    let api = gateways(&client);
    let wanted = gateway(&json!([http("a", 80)]));
    api.patch("g", &PatchParams::apply("one"), &Patch::Apply(&wanted)).await.unwrap();
    let other = gateway(&json!([http("a", 8080)]));
    let params = PatchParams::apply("two");
    let status = refusal(api.patch("g", &params, &Patch::Apply(&other)).await);
    assert_eq!(status.code, 409);
    assert_eq!(causes(&status), [("FieldManagerConflict", ".spec.listeners[name=\"a\"].port")]);
    assert_eq!(
        status.message,
        "Apply failed with 1 conflict: conflict with \"one\": \
         .spec.listeners[name=\"a\"].port"
    );
    let forced = api.patch("g", &params.force(), &Patch::Apply(&other)).await.unwrap();
    assert_eq!(forced.data["spec"]["listeners"][0]["port"], 8080);
    // The loser agrees to the new value: nothing is in conflict any more.
    api.patch("g", &PatchParams::apply("one"), &Patch::Apply(&other)).await.unwrap();
}

#[tokio::test]
async fn statuses_are_applied_by_condition() {
    let client = client();
    let api = gateways(&client);
    let wanted = object(gateway(&json!([http("a", 80)])));
    api.create(&PostParams::default(), &wanted).await.unwrap();
    let status = json!({
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "Gateway",
        "metadata": {"name": "g"},
        "status": {"conditions": [{"type": "Accepted", "status": "True", "reason": "Accepted",
            "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z"}]},
    });
    let params = PatchParams::apply("controller").force();
    let patched = api.patch_status("g", &params, &Patch::Apply(&status)).await.unwrap();
    let conditions = patched.data["status"]["conditions"].as_array().unwrap();
    let statuses: Vec<&Value> = conditions.iter().map(|condition| &condition["status"]).collect();
    assert_eq!(statuses, ["True", "Unknown"], "the other condition is as it was");
    let owners = patched.metadata.managed_fields.unwrap();
    let owner = owners.iter().find(|owner| owner.manager.as_deref() == Some("controller")).unwrap();
    assert_eq!(owner.subresource.as_deref(), Some("status"));
}

#[tokio::test]
async fn patches_are_taken_in_the_formats_of_the_kind() {
    let client = client();
    let api = gateways(&client);
    let wanted = object(gateway(&json!([http("a", 80)])));
    api.create(&PostParams::default(), &wanted).await.unwrap();
    let operations = serde_json::from_value(json!([
        {"op": "test", "path": "/spec/listeners/0/port", "value": 80},
        {"op": "replace", "path": "/spec/listeners/0/port", "value": 81},
    ]));
    let patch = Patch::Json::<()>(operations.unwrap());
    let patched = api.patch("g", &PatchParams::default(), &patch).await.unwrap();
    assert_eq!(patched.data["spec"]["listeners"][0]["port"], 81);
    assert_eq!(refusal(api.patch("g", &PatchParams::default(), &patch).await).code, 422);
    let strategic = Patch::Strategic(json!({"spec": {}}));
    let status = refusal(api.patch("g", &PatchParams::default(), &strategic).await);
    assert_eq!((status.code, status.reason.as_str()), (415, "UnsupportedMediaType"));
    let maps = config_maps(&client);
    maps.create(&PostParams::default(), &named("m")).await.unwrap();
    let strategic = Patch::Strategic(json!({"data": {"k": "v"}}));
    let patched = maps.patch("m", &PatchParams::default(), &strategic).await.unwrap();
    assert_eq!(patched.data["data"]["k"], "v");
}

#[tokio::test]
async fn the_definitions_tell_their_release() {
    let options = Options { bundle_version: "v1.6.3".to_owned(), channel: Channel::Experimental };
    let client = ApiServer::new(options).client();
    let definitions = resource(
        "apiextensions.k8s.io",
        "v1",
        "CustomResourceDefinition",
        "customresourcedefinitions",
    );
    let api: Api<DynamicObject> = Api::all_with(client, &definitions);
    let gateways = api.get("gateways.gateway.networking.k8s.io").await.unwrap();
    let annotations = gateways.metadata.annotations.unwrap();
    assert_eq!(annotations["gateway.networking.k8s.io/bundle-version"], "v1.6.3");
    assert_eq!(annotations["gateway.networking.k8s.io/channel"], "experimental");
    assert_eq!(gateways.data["status"]["conditions"][1]["type"], "Established");
}

#[tokio::test]
async fn metadata_alone_can_be_asked_for() {
    let client = client();
    let api = config_maps(&client);
    let full = object(json!({"metadata": {"name": "a"}, "data": {"k": "v"}}));
    api.create(&PostParams::default(), &full).await.unwrap();
    let partial = api.get_metadata("a").await.unwrap();
    let ObjectMeta { name, resource_version, .. } = partial.metadata;
    assert_eq!(name.as_deref(), Some("a"));
    assert!(resource_version.is_some());
    assert_eq!(api.list_metadata(&ListParams::default()).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn a_webhook_refuses_creations_and_changes_and_lets_deletions_be() {
    let server = ApiServer::new(Options::default());
    let maps = config_maps(&server.client());
    let map = |text: &str| object(json!({"metadata": {"name": "a"}, "data": {"text": text}}));
    server.admit(Webhook {
        name: "validate.example.dev",
        refuses: |object| (object["data"]["text"] == "bad").then(|| "no bad texts".to_owned()),
    });
    let refused = maps.create(&PostParams::default(), &map("bad")).await.expect_err("it is bad");
    let Error::Api(status) = refused else { panic!("{refused}") };
    assert_eq!((status.code, status.reason.as_str()), (403, "Forbidden"));
    let message = "admission webhook \"validate.example.dev\" denied the request: no bad texts";
    assert_eq!(status.message, message);

    maps.create(&PostParams::default(), &map("good")).await.expect("it is good");
    let patch = Patch::Merge(json!({"data": {"text": "bad"}}));
    let refused = maps.patch("a", &PatchParams::default(), &patch).await.expect_err("it is bad");
    assert!(matches!(&refused, Error::Api(status) if status.code == 403), "{refused}");
    maps.delete("a", &DeleteParams::default()).await.expect("anything may go");
}
