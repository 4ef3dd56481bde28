//! What users change of the fixtures.

#[path = "common/program.rs"]
mod program;
#[path = "common/subject.rs"]
mod subject;

use std::{fs, process::Output, sync::Mutex};

use gateway_conformance::SUITE;
use harness::{
    Ended, Options,
    model::{
        event::Event,
        fixtures::{Fixtures, ImageRule, Images, Patches, PullPolicy, PullSecret},
        version::SuiteVersion,
    },
};
use kube::{
    Api, Client,
    api::{DynamicObject, ListParams},
    core::{ApiResource, GroupVersionKind},
};
use reports::{summary::Summary, text::failure_text};
use tokio_util::sync::CancellationToken;

use self::subject::Subject;

fn answer(files: &[(&str, &str)], line: &str) -> (String, Option<i32>) {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    let Output { status, stdout, stderr } = program::program(folder.path(), line).output().unwrap();
    let text = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    (text, status.code())
}

#[test]
fn images_are_listed_as_they_are_pulled() {
    let (text, code) = answer(&[], "fixtures images --suite-version v1.6.3");
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("/echo-basic:v1.5.1\n") && text.contains("/coredns:v1.12.2\n"), "{text}");
    let (text, _) = answer(&[], "fixtures images --image-registry 10.0.0.1:5000/mirror/");
    assert!(text.lines().all(|image| image.starts_with("10.0.0.1:5000/mirror/")), "{text}");
    assert!(
        text.contains("10.0.0.1:5000/mirror/gateway-api/conformance/echo-basic:v0.1.0\n"),
        "{text}"
    );
}

#[test]
fn what_changes_nothing_is_refused() {
    let patch = ("patch.yaml", "- {target: {kind: Deployment, name: infra-backend-v9}, patch: {}}");
    let secret = ("config.json", r#"{"credsStore": "desktop"}"#);
    for (line, expected) in [
        ("run --image-map echo-basic=x", "did you mean \""),
        ("run --image-map echo-basic", "is not IMAGE=IMAGE"),
        ("run --patch patch.yaml", "no manifest has an object Deployment */infra-backend-v9"),
        ("run --patch nowhere.yaml", "No such file"),
        ("run --pull-secret config.json", "it has no \"auths\""),
        ("run --pull-policy always", "write Always, IfNotPresent or Never"),
        ("run --namespace-prefix My_", "write at most 14 characters"),
    ] {
        let (text, code) = answer(&[patch, secret], line);
        assert_eq!(code, Some(2), "{line}: {text}");
        assert!(text.contains(expected), "{line}: {text}");
    }
}

/// Runs what matches on the testbed, and looks at what a look sees when a test ends.
async fn run(options: impl FnOnce(Options) -> Options) -> (Ended, Summary, Vec<DynamicObject>) {
    let subject = Subject::start(SuiteVersion::NEWEST, &[]).await.unwrap();
    let client = subject.connection().client;
    let options = options(Options { cleanup_base: false, ..subject.options() });
    let summary = std::sync::Arc::new(Mutex::new(Summary::default()));
    let told = summary.clone();
    let events = move |event: Event| told.lock().unwrap().fold(&event);
    let ended = subject.judge(options, events, CancellationToken::new()).await.unwrap();
    let mut all = list(&client, "", "Namespace").await;
    for (group, kind) in [("apps", "Deployment"), ("", "Secret")] {
        all.extend(list(&client, group, kind).await);
    }
    let summary = summary.lock().unwrap().clone();
    (ended, summary, all)
}

async fn list(client: &Client, group: &str, kind: &str) -> Vec<DynamicObject> {
    let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(group, "v1", kind));
    let api = Api::<DynamicObject>::all_with(client.clone(), &resource);
    api.list(&ListParams::default().labels("gateway-conformance.dev/run")).await.unwrap().items
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_suite_passes_in_namespaces_of_other_names() {
    let fixtures = Fixtures { namespace_prefix: "try-1-".into(), ..Fixtures::default() };
    let (ended, summary, objects) = run(|options| Options { fixtures, ..options }).await;
    let failures = summary.tests().filter_map(|it| Some(failure_text(it.test, it.failure?, 100)));
    assert_eq!(failures.collect::<Vec<_>>(), [""; 0]);
    assert_eq!(ended, Ended { passed: SUITE.tests.len(), ..Ended::default() });
    assert!(!objects.is_empty());
    for object in objects {
        let name = object.metadata.namespace.or(object.metadata.name).unwrap();
        assert!(name.starts_with("try-1-"), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn workloads_are_as_the_user_wants_them() {
    let map = "registry.k8s.io/gateway-api/conformance/echo-basic=mirror.example/echo-basic";
    let patches: Patches = serde_json::from_value(serde_json::json!([
        { "target": { "kind": "Namespace" }, "patch": { "metadata": { "labels": { "mesh": "on" } } } },
        { "target": { "kind": "Deployment" }, "patch": [
            { "op": "add", "path": "/spec/template/spec/nodeSelector", "value": { "pool": "a" } },
        ] },
    ]))
    .unwrap();
    let fixtures = Fixtures {
        images: Images { map: vec![map.parse::<ImageRule>().unwrap()], registry: None },
        pull_policy: Some(PullPolicy::Always),
        pull_secret: Some(PullSecret(r#"{"auths":{}}"#.into())),
        patches: patches.0,
        ..Fixtures::default()
    };
    let (ended, _, objects) = run(|mut options| {
        options.selection.filters = vec!["HTTPRouteExactPathMatching".into()];
        Options { fixtures, ..options }
    })
    .await;
    assert_eq!(ended, Ended { passed: 1, ..Ended::default() });
    let (mut workloads, mut secrets) = (0, 0);
    for object in objects {
        match object.types.as_ref().map(|types| types.kind.as_str()) {
            Some("Namespace") => assert_eq!(object.metadata.labels.unwrap()["mesh"], "on"),
            Some("Secret") => secrets += 1,
            _ => {
                let spec = &object.data["spec"]["template"]["spec"];
                assert_eq!(spec["nodeSelector"]["pool"], "a");
                assert_eq!(spec["imagePullSecrets"][0]["name"], PullSecret::NAME);
                let container = &spec["containers"][0];
                assert_eq!(container["image"], "mirror.example/echo-basic:v0.1.0");
                assert_eq!(container["imagePullPolicy"], "Always");
                workloads += 1;
            }
        }
    }
    assert!(workloads > 0);
    assert_eq!(secrets, 3);
}
