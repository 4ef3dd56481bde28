//! What a run must be allowed to do: with that alone it passes, and without any part of it, it says what is missing.

#[path = "common/program.rs"]
mod program;
#[expect(dead_code, reason = "these runs have a client of their own")]
#[path = "common/subject.rs"]
mod subject;

use std::{collections::BTreeSet, sync::Arc};

use gateway_conformance::SUITE;
use harness::{
    Connection, Ended, Options,
    model::version::SuiteVersion,
    permissions::{Permission, needed},
};
use http::{Request, Response};
use kube::{Client, client::Body};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use self::subject::Subject;

/// They apply, look at, change and remove most kinds.
const TESTS: &str = "HTTPRouteExactPathMatching,HTTPRouteReferenceGrant,GatewayInfrastructureMetadata,\
                     HTTPRoutePreserveForeignStatus,UDPRoute,HTTPRouteRequestMirror";

/// The rules of the role that the program prints, each as the permissions in it.
fn rules(flags: &str) -> Vec<BTreeSet<Permission>> {
    let folder = tempfile::tempdir().unwrap();
    let output = program::program(folder.path(), &format!("rbac {flags}")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut roles = serde_yaml::Deserializer::from_slice(&output.stdout);
    let role = Value::deserialize(roles.next().unwrap()).unwrap();
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
    };
    let allowed = |rule: &Value| {
        let group = &texts(&rule["apiGroups"])[0];
        let mut permissions = BTreeSet::new();
        for resource in texts(&rule["resources"]) {
            for verb in texts(&rule["verbs"]) {
                permissions.insert(Permission::new(group, &resource, verb.leak()));
            }
        }
        permissions
    };
    role["rules"].as_array().unwrap().iter().map(allowed).collect()
}

/// A client that is refused what is not allowed, in the words of an API server.
fn allowed(client: Client, allowed: BTreeSet<Permission>) -> Client {
    let (namespace, allowed) = (client.default_namespace().to_owned(), Arc::new(allowed));
    let service = tower::service_fn(move |request: Request<Body>| {
        let (client, allowed) = (client.clone(), allowed.clone());
        async move {
            let missing = needed(&request).into_iter().find(|it| !allowed.contains(it));
            let Some(missing) = missing else { return client.send(request).await };
            let status = json!({
                "kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden", "code": 403,
                "message": format!("{} is forbidden: User \"tester\" cannot {missing}", missing.resource),
            });
            let response =
                Response::builder().status(403).header("content-type", "application/json");
            Ok(response.body(Body::from(status.to_string().into_bytes())).unwrap())
        }
    });
    Client::new(service, namespace)
}

/// What a run with these permissions comes to, and all that it said.
async fn run(permissions: BTreeSet<Permission>) -> (Option<Ended>, String) {
    let subject = Subject::start(SuiteVersion::NEWEST, &[]).await.unwrap();
    let mut options = Options { max_parallel: 1, ..subject.options() };
    options.selection.filters = TESTS.split(',').map(str::to_owned).collect();
    options.timeouts.scale(0.05).unwrap();
    let client = allowed(subject.connection().client, permissions);
    let connection = Connection { client, ..subject.connection() };
    let said = Arc::new(std::sync::Mutex::new(String::new()));
    let told = said.clone();
    let events = move |event: harness::model::event::Event| {
        told.lock().unwrap().push_str(&serde_json::to_string(&event).unwrap());
    };
    let ended = harness::run(connection, &SUITE, options, events, CancellationToken::new()).await;
    let mut said = said.lock().unwrap().clone();
    if let Err(error) = &ended {
        said.push_str(&error.to_string());
    }
    (ended.ok(), said)
}

#[test]
fn tests_of_the_users_own_need_what_their_steps_do() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/own-tests");
    let rules = rules(&format!("--tests {folder} --filter TestbedTimeoutOfRoute"));
    let group = "testbed.gateway-conformance.dev";
    let of_group = rules.iter().flatten().filter(|it| it.group == group);
    let verbs: Vec<_> = of_group.map(Permission::to_string).collect();
    let needed = ["create", "delete", "list", "patch", "watch"];
    assert_eq!(verbs, needed.map(|verb| format!("{verb} timeoutpolicies.{group}")));
    assert!(!rules.iter().flatten().any(|it| it.resource == "udproutes"), "{rules:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_role_is_enough_and_no_rule_is_too_much() {
    let filters: Vec<_> = TESTS.split(',').map(|test| format!("--filter {test}")).collect();
    let rules = rules(&filters.join(" "));
    let all: BTreeSet<_> = rules.iter().flatten().cloned().collect();
    let (ended, said) = run(all.clone()).await;
    let passed = TESTS.split(',').count();
    assert_eq!(ended, Some(Ended { passed, ..Ended::default() }), "{said}");
    for rule in &rules {
        let (ended, said) = run(&all - rule).await;
        let told = rule
            .iter()
            .any(|it| said.contains(&format!("cannot {it}")) || said.contains(&it.resource));
        assert!(told, "{rule:?}: {said}");
        assert_ne!(ended, Some(Ended { passed, ..Ended::default() }), "{rule:?}: {said}");
    }
}
