//! What stands in the way of a set-up is told from what the cluster shows, not after a limit.

#[path = "common/subject.rs"]
mod subject;

use std::{
    borrow::Cow,
    sync::{Arc, Mutex},
    time::Duration,
};

use gateway_conformance::SUITE;
use harness::{
    Ended, Error, Options, Suite,
    model::{
        address::StaticAddresses,
        event::{Event, EventKind, RunStarted},
        names::INFRA,
        plan::Decision,
        timeouts::Limit,
        version::SuiteVersion,
    },
};
use kube::api::{
    Api, ApiResource, DeleteParams, DynamicObject, GroupVersionKind, ListParams, Patch,
    PatchParams, PostParams,
};
use serde_json::{Value, json};
use testbed::{GATEWAY_CLASS, Lag, Testbed};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::subject::Subject;

/// The image of the fixtures, and one that no node has.
const IMAGE: &str = "registry.k8s.io/gateway-api/conformance/echo-basic:v0.1.0";
const MISSING: &str = "registry.example/nothing:v1";

fn without_image(path: &str, version: SuiteVersion) -> Option<Cow<'static, str>> {
    let text = (SUITE.manifest)(path, version)?;
    Some(if path == Suite::BASE { text.replace(IMAGE, MISSING).into() } else { text })
}

#[tokio::test(start_paused = true)]
async fn an_image_that_cannot_be_pulled_is_named_long_before_the_limit() {
    let subject = Subject::start(SuiteVersion::NEWEST, &[]).await.unwrap();
    let suite = Suite { manifest: without_image, ..SUITE };
    let mut options = subject.options();
    // It waits for the Pods to which it sends.
    options.selection.only = Some("HTTPRouteExactPathMatching".into());
    let (events, keep) = kept();
    let began = Instant::now();
    let interrupt = CancellationToken::new();
    let ended = harness::run(subject.connection(), &suite, options, keep, interrupt).await;
    let Err(error @ Error::Pods { .. }) = ended else { panic!("{ended:?}") };
    assert!(error.to_string().contains(MISSING), "{error}");
    // A registry may be busy for a while.
    assert!((60..90).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    let events = events.lock().unwrap();
    let tells =
        |event: &EventKind| matches!(event, EventKind::Notice { text } if text.contains(MISSING));
    assert!(events.iter().any(tells), "{events:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_run_before_has_left_is_not_judged() {
    let subject = Subject::start(SuiteVersion::NEWEST, &[]).await.unwrap();
    let notices = Arc::new(Mutex::new(Vec::new()));
    for kept in [true, false] {
        // The test changes its Gateway: over what it left, its manifest would not be as written.
        let mut options =
            Options { cleanup_base: !kept, cleanup_tests: !kept, ..subject.options() };
        options.selection.filters = vec!["GatewayModifyListeners".into()];
        let events = {
            let notices = notices.clone();
            move |event: harness::model::event::Event| {
                if let EventKind::Notice { text } = event.kind {
                    notices.lock().unwrap().push(text);
                }
            }
        };
        let ended = subject.judge(options, events, CancellationToken::new()).await.unwrap();
        assert_eq!(ended, Ended { passed: 1, ..Ended::default() });
    }
    let notices = notices.lock().unwrap();
    assert!(notices.iter().any(|notice| notice.contains("earlier run")), "{notices:?}");
}

/// Runs these tests and keeps the base environment. Gives the Pods of a backend in it, and the certificate that
/// they mount.
async fn keeping(subject: &Subject, tests: &[&str]) -> (Vec<String>, Value) {
    let mut options = Options { cleanup_base: false, ..subject.options() };
    options.selection.filters = tests.iter().map(|&test| test.to_owned()).collect();
    let ended = subject.judge(options, |_| {}, CancellationToken::new()).await.unwrap();
    assert_eq!(ended, Ended { passed: tests.len(), ..Ended::default() });
    let of_kind = |kind| {
        let resource = ApiResource::from_gvk(&GroupVersionKind::gvk("", "v1", kind));
        Api::<DynamicObject>::namespaced_with(subject.connection().client, INFRA, &resource)
    };
    let of_backend = ListParams::default().labels("app=tls-backend");
    let pods = of_kind("Pod").list(&of_backend).await.unwrap().into_iter();
    let pods = pods.filter(|pod| pod.metadata.deletion_timestamp.is_none());
    let secret = of_kind("Secret").get("tls-checks-certificate").await.unwrap();
    (pods.filter_map(|pod| pod.metadata.name).collect(), secret.data["data"]["tls.crt"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn backends_have_the_certificates_that_a_run_has_kept_or_made_anew() {
    let subject = Subject::start(SuiteVersion::NEWEST, &[]).await.unwrap();
    let made = keeping(&subject, &["BackendTLSPolicy"]).await;
    assert_eq!(keeping(&subject, &["BackendTLSPolicy"]).await, made);
    // One more is needed, of an authority whose key is gone.
    let tests = ["BackendTLSPolicy", "TLSRouteTerminateSimpleSameNamespace"];
    let (pods, certificate) = keeping(&subject, &tests).await;
    assert!(pods != made.0 && certificate != made.1, "{pods:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_run_has_kept_is_removed_by_clean() {
    let subject = Subject::start(SuiteVersion::NEWEST, &[]).await.unwrap();
    let mut options = Options { cleanup_base: false, cleanup_tests: false, ..subject.options() };
    options.selection.filters = vec!["GatewayModifyListeners".into()];
    subject.judge(options, |_| {}, CancellationToken::new()).await.unwrap();

    let removed = harness::clean(&subject.connection()).await.unwrap();
    for kind in ["Namespace ", "Deployment ", "Gateway "] {
        assert!(removed.iter().any(|object| object.starts_with(kind)), "{kind}: {removed:?}");
    }
    assert_eq!(harness::clean(&subject.connection()).await.unwrap(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_class_that_is_not_there_is_told_with_those_that_are() {
    let subject = Subject::start(SuiteVersion::NEWEST, &[]).await.unwrap();
    let options = Options { gateway_class: "another".into(), ..subject.options() };
    let ended = subject.judge(options, |_| {}, CancellationToken::new()).await;
    let Err(error @ Error::NoGatewayClass { .. }) = ended else { panic!("{ended:?}") };
    assert!(error.to_string().contains("there are: gateway-conformance"), "{error}");
}

/// Keeps what a run tells.
fn kept() -> (Arc<Mutex<Vec<EventKind>>>, impl Fn(Event) + Send + Sync + 'static) {
    let events = Arc::new(Mutex::new(Vec::new()));
    let keep = events.clone();
    (events, move |event: Event| keep.lock().unwrap().push(event.kind))
}

fn plan(events: &[EventKind]) -> &RunStarted {
    let plan = events.iter().find_map(|event| match event {
        EventKind::RunStarted(started) => Some(started),
        _ => None,
    });
    plan.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_implementation_that_can_have_one_gateway_is_judged_with_one() {
    // Of two at once one would have no address.
    let mut lag = Lag::default();
    lag.set("address-pool=1".parse().unwrap());
    let testbed = Testbed::start(testbed::Options { lag, ..testbed::Options::default() });
    let subject = Subject::from(testbed.await.unwrap());
    let mut options = Options { max_gateways: Some(1), ..subject.options() };
    let tests = [
        "GRPCExactMethodMatching",
        "GatewayObservedGenerationBump",
        "GatewayModifyListeners",
        "HTTPRouteExactPathMatching",
        "HTTPRouteHTTPSListener",
        "HTTPRouteMultipleGateways",
    ];
    options.selection.filters = tests.map(str::to_owned).into();
    let (events, keep) = kept();
    let ended = subject.judge(options, keep, CancellationToken::new()).await.unwrap();
    let events = events.lock().unwrap();
    let skipped = plan(&events).tests.iter().filter_map(|test| match &test.decision {
        Decision::Skip(why) if why.starts_with("needs") => Some((&*test.info.name, &**why)),
        _ => None,
    });
    let why = "needs 2 Gateways at once, more than --max-gateways 1";
    assert_eq!(
        skipped.collect::<Vec<_>>(),
        [("GatewayModifyListeners", why), ("HTTPRouteMultipleGateways", why)]
    );
    assert_eq!(ended, Ended { passed: 4, ..Ended::default() }, "{events:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_nobody_told_are_not_asked_for() {
    let subject = Subject::start(SuiteVersion::NEWEST, &[]).await.unwrap();
    let addresses = StaticAddresses { unusable: vec![], ..subject.options().addresses };
    let mut options = Options { addresses, ..subject.options() };
    options.selection.filters = vec!["GatewayStaticAddresses".into()];
    let (events, keep) = kept();
    let ended = subject.judge(options, keep, CancellationToken::new()).await.unwrap();
    assert_eq!(ended, Ended::default());
    let events = events.lock().unwrap();
    let mut tests = plan(&events).tests.iter();
    let test = tests.find(|test| test.info.name == "GatewayStaticAddresses").unwrap();
    let why = "needs --usable-address and --unusable-address".to_owned();
    assert_eq!(test.decision, Decision::Skip(why));
}

#[tokio::test(flavor = "multi_thread")]
async fn tests_of_another_version_than_the_definitions_make_a_report_of_no_version() {
    let subject = Subject::start(SuiteVersion::V1_7_0, &[]).await.unwrap();
    let mut options = Options { version: Some(SuiteVersion::V1_6_3), ..subject.options() };
    options.selection.filters = vec!["GatewayInvalidRouteKind".into()];
    options.timeouts.set(Limit::TestIsolation, Duration::from_secs(1));
    let (events, keep) = kept();
    let ended = subject.judge(options, keep, CancellationToken::new()).await.unwrap();
    assert_eq!(ended, Ended { passed: 1, ..Ended::default() });
    let events = events.lock().unwrap();
    let plan = plan(&events);
    assert_eq!(plan.suite_version, SuiteVersion::V1_6_3);
    assert_eq!(
        (&*plan.gateway_api_version, &*plan.gateway_api_channel),
        ("UNDEFINED", "UNDEFINED")
    );
    for told in ["the tests are those of v1.6.3", "the limit TestIsolation has no effect here"] {
        let tells =
            |event: &&EventKind| matches!(event, EventKind::Notice { text } if text.contains(told));
        assert_eq!(events.iter().filter(tells).count(), 1, "{told}: {events:?}");
    }
}

/// A testbed that has one more class: nobody serves it, and it is accepted and claims these features.
async fn with_class(name: &str, features: &[&str]) -> Subject {
    let testbed = Testbed::start(testbed::Options::default()).await.unwrap();
    let kind = GroupVersionKind::gvk("gateway.networking.k8s.io", "v1", "GatewayClass");
    let resource = ApiResource::from_gvk_with_plural(&kind, "gatewayclasses");
    let classes: Api<DynamicObject> = Api::all_with(testbed.client(), &resource);
    let class = DynamicObject::new(name, &resource)
        .data(json!({ "spec": { "controllerName": "example.com/silent" } }));
    let class = classes.create(&PostParams::default(), &class).await.unwrap();
    let features: Vec<_> = features.iter().map(|feature| json!({ "name": feature })).collect();
    let accepted = json!({ "status": { "supportedFeatures": features, "conditions": [{
        "type": "Accepted",
        "status": "True",
        "reason": "Accepted",
        "message": "",
        "observedGeneration": class.metadata.generation,
        "lastTransitionTime": "2026-11-23T10:00:00Z",
    }] } });
    let patch = (PatchParams::default(), Patch::Merge(&accepted));
    classes.patch_status(name, &patch.0, &patch.1).await.unwrap();
    Subject::from(testbed)
}

#[tokio::test(flavor = "multi_thread")]
async fn features_of_a_class_that_count_for_nothing_are_told() {
    let features = ["Gateway", "HTTPRoute", "Mesh", "MeshClusterIPMatching", "Moon"];
    let subject = with_class("meshed", &features).await;
    let options = Options { gateway_class: "meshed".into(), ..subject.options() };
    let (events, keep) = kept();
    let plan = harness::plan(&subject.connection(), &SUITE, &options, keep).await.unwrap();
    assert!(!plan.supported_features.iter().any(|feature| feature.is_mesh()));
    let events = events.lock().unwrap();
    for told in [
        "features of a mesh, for which a class does not speak, and which are left out: Mesh, \
         MeshClusterIPMatching",
        "features that the suite of v1.7.0 does not know: Moon",
    ] {
        let tells =
            |event: &EventKind| matches!(event, EventKind::Notice { text } if text.ends_with(told));
        assert!(events.iter().any(tells), "{told}: {events:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_class_that_claims_no_features_is_not_judged() {
    let subject = with_class("silent", &[]).await;
    let options = Options { gateway_class: "silent".into(), ..subject.options() };
    let ended = subject.judge(options, |_| {}, CancellationToken::new()).await;
    let Err(error) = ended else { panic!("{ended:?}") };
    assert!(!error.is_usage(), "it is the class that is not as it must be");
    assert!(error.to_string().contains("lists no supported features"), "{error}");
    assert!(error.to_string().contains("--supported-features"), "{error}");
}

#[tokio::test]
async fn a_testbed_can_be_used_once_its_class_tells_the_features() {
    let class = GroupVersionKind::gvk("gateway.networking.k8s.io", "v1", "GatewayClass");
    let mut lag = Lag::default();
    lag.set("status=200ms".parse().unwrap());
    let testbed = Testbed::start(testbed::Options { lag, ..testbed::Options::default() });
    let testbed = testbed.await.unwrap();
    let classes: Api<DynamicObject> = Api::all_with(
        testbed.client(),
        &ApiResource::from_gvk_with_plural(&class, "gatewayclasses"),
    );
    let told = async || {
        let class = classes.get(GATEWAY_CLASS).await.unwrap();
        class.data["status"]["supportedFeatures"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(told().await, 0, "the status is late");
    testbed.class_accepted().await.unwrap();
    assert!(told().await > 3);
}

/// The definitions in a testbed, as objects.
fn definitions(subject: &Subject) -> Api<DynamicObject> {
    let kind = GroupVersionKind::gvk("apiextensions.k8s.io", "v1", "CustomResourceDefinition");
    Api::all_with(subject.connection().client, &ApiResource::from_gvk(&kind))
}

/// Why tests of the plan are skipped.
fn skipped(events: &[EventKind]) -> Vec<(&str, &str)> {
    let tests = plan(events).tests.iter().filter_map(|test| match &test.decision {
        Decision::Skip(why) if why.contains(" (") => Some((&*test.info.name, &**why)),
        _ => None,
    });
    tests.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_release_of_the_group_is_judged_as_far_as_it_goes() {
    let options = testbed::Options { bundle_version: "v0.4.3".into(), ..Default::default() };
    let subject = Subject::from(Testbed::start(options).await.unwrap());
    let mut options = Options {
        allow_crds_mismatch: true,
        cleanup_base: false,
        cleanup_tests: false,
        ..subject.options()
    };
    // The grant of the first is a ReferencePolicy there.
    let tests = ["HTTPRouteReferenceGrant", "HTTPRouteExactPathMatching", "BackendTLSPolicy"];
    options.selection.filters = tests.map(str::to_owned).into();
    let (events, keep) = kept();
    let ended = subject.judge(options, keep, CancellationToken::new()).await.unwrap();
    let events = std::mem::take(&mut *events.lock().unwrap());
    assert_eq!(ended, Ended { passed: 2, ..Ended::default() }, "{events:?}");
    let why = "no version of BackendTLSPolicy is served \
               (backend-tls-policy/backend-tls-policy.yaml)";
    assert_eq!(skipped(&events), [("BackendTLSPolicy", why)]);
    assert!(!harness::clean(&subject.connection()).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_definitions_have_no_place_for_is_not_asked_for() {
    let subject = Subject::start(SuiteVersion::NEWEST, &[]).await.unwrap();
    let any = json!({ "x-kubernetes-preserve-unknown-fields": true });
    let rule = json!({ "properties": { "matches": any, "backendRefs": any } });
    let spec = json!({ "properties": {
        "parentRefs": any, "hostnames": any, "rules": { "items": rule },
    }});
    let schema = json!({ "openAPIV3Schema": { "properties": { "spec": spec } } });
    let change = json!([{ "op": "replace", "path": "/spec/versions/0/schema", "value": schema }]);
    let patch = Patch::Json::<()>(serde_json::from_value(change).unwrap());
    let name = "httproutes.gateway.networking.k8s.io";
    definitions(&subject).patch(name, &PatchParams::default(), &patch).await.unwrap();

    let filters = ["HTTPRouteExactPathMatching", "HTTPRoute303Redirect"].map(str::to_owned);
    let mut options = subject.options();
    options.selection.filters = filters.into();
    let (events, keep) = kept();
    let ended = subject.judge(options.clone(), keep, CancellationToken::new()).await.unwrap();
    let events = std::mem::take(&mut *events.lock().unwrap());
    assert_eq!(ended, Ended { passed: 1, ..Ended::default() }, "{events:?}");
    let why = "HTTPRoute v1 has no spec.rules[0].filters (http-route/filters/http-route-303-redirect.yaml)";
    assert_eq!(skipped(&events), [("HTTPRoute303Redirect", why)]);

    options.selection.filters = vec!["HTTPRoute303Redirect".into()];
    let ended = subject.judge(options, |_| {}, CancellationToken::new()).await;
    let Err(error @ Error::NothingToRun { .. }) = ended else { panic!("{ended:?}") };
    assert!(error.to_string().contains("HTTPRoute303Redirect, for one: HTTPRoute v1 has no"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_knows_v1alpha1_alone_or_nothing_at_all_is_told_so() {
    let subject = Subject::start(SuiteVersion::NEWEST, &[]).await.unwrap();
    let definitions = definitions(&subject);
    for definition in definitions.list(&ListParams::default()).await.unwrap() {
        let name = definition.metadata.name.unwrap();
        definitions.delete(&name, &DeleteParams::default()).await.unwrap();
    }
    let ended = async || {
        let options = Options { allow_crds_mismatch: true, ..subject.options() };
        let ended = subject.judge(options, |_| {}, CancellationToken::new()).await;
        ended.unwrap_err().to_string()
    };
    assert!(ended().await.starts_with("the cluster has no definitions of the Gateway API"));
    let first = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": { "name": "httproutes.networking.x-k8s.io" },
    });
    let first = serde_json::from_value(first).unwrap();
    definitions.create(&PostParams::default(), &first).await.unwrap();
    let error = ended().await;
    assert!(error.contains("v1alpha1 alone") && error.contains("nothing converts"), "{error}");
}
