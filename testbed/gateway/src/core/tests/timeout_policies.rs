//! Policies for timeouts: who may be attached to what, and what counts in the end.

use std::time::Duration;

use super::*;

/// A policy, created in this second, for a target and with a setting.
fn policy(name: &str, created: u8, target: &str, setting: &str) -> String {
    format!(
        "\n---\n{{kind: TimeoutPolicy, metadata: {{name: {name}, namespace: infra, generation: 3, \
         creationTimestamp: '2026-01-01T00:00:0{created}Z'}}, spec: {{targetRefs: [{{{target}}}], {setting}}}}}"
    )
}

const SECOND: &str = "defaults: {backendRequest: 1s}";
const CLASS: &str = "group: gateway.networking.k8s.io, kind: GatewayClass, name: gw";
const GATEWAY: &str = "group: gateway.networking.k8s.io, kind: Gateway, name: gw";
const LISTENER: &str =
    "group: gateway.networking.k8s.io, kind: Gateway, name: gw, sectionName: http";
const ROUTE: &str = "group: gateway.networking.k8s.io, kind: HTTPRoute, name: r";
const RULE: &str = "group: gateway.networking.k8s.io, kind: HTTPRoute, name: r, sectionName: only";
const SERVICE: &str = "group: '', kind: Service, name: one";
/// The least specific first.
const LEVELS: [&str; 6] = [CLASS, GATEWAY, LISTENER, ROUTE, RULE, SERVICE];

/// A Gateway with a route to Service `one`, and these policies.
fn with(policies: &str) -> World {
    let rules = format!("rules: [{{name: only, {}}}]", to("one"));
    world(&(gateway(HTTP) + &route("r", &rules) + policies))
}

impl World {
    /// What policies want for the requests to Service `one`.
    fn timeout(&self) -> Option<Duration> {
        let headers = HeaderMap::new();
        let (host, path, query) = ("a.com", "/", "");
        let head =
            RequestHead { method: &Method::GET, host, path, query, headers: &headers, raw: &[] };
        let Some(Table::Http(table)) = self.config.ports.get(&tcp(80)) else { panic!("closed") };
        let Routed::To(entry) = table.route(None, &head) else { panic!("no route") };
        entry.policies.values().next().and_then(|policy| policy.timeout)
    }

    /// `Accepted` of a policy at its only target.
    fn policy_accepted(&self, policy: &str) -> String {
        let status = self.status(StatusKind::TimeoutPolicy, policy);
        condition(&status["ancestors"][0]["conditions"], "Accepted")
    }
}

#[test]
fn a_policy_counts_at_each_level() {
    assert_eq!(with("").timeout(), None);
    for target in LEVELS {
        let world = with(&policy("p", 0, target, SECOND));
        assert_eq!(world.policy_accepted("p"), "True/Accepted", "{target}");
        assert_eq!(world.timeout(), Some(Duration::from_secs(1)), "{target}");
    }
}

#[test]
fn the_first_override_counts_or_else_the_last_default() {
    // Each level has nothing, a default or an override; level n wants n + 1 seconds.
    for combination in 0..3_usize.pow(6) {
        let kinds = (0..6_u32).map(|level| combination / 3_usize.pow(level) % 3);
        let kinds: Vec<_> = kinds.collect();
        let policies = LEVELS.iter().zip(&kinds).zip(1..).filter_map(|((target, kind), n)| {
            let kind = ["", "defaults", "overrides"][*kind];
            let setting = format!("{kind}: {{backendRequest: {n}s}}");
            (!kind.is_empty()).then(|| policy(&format!("p{n}"), 0, target, &setting))
        });
        let first_override = kinds.iter().position(|kind| *kind == 2);
        let expected = first_override.or_else(|| kinds.iter().rposition(|kind| *kind == 1));
        let expected = expected.map(|level| Duration::from_secs(level as u64 + 1));
        assert_eq!(with(&policies.collect::<String>()).timeout(), expected, "{kinds:?}");
    }
}

#[test]
fn zero_is_no_limit_and_may_be_forbidden() {
    let unlimited = policy("free", 0, ROUTE, "defaults: {backendRequest: 0s}");
    let limited = policy("limited", 0, GATEWAY, SECOND);
    assert_eq!(with(&(limited.clone() + &unlimited)).timeout(), None);
    let mandate = policy("limited", 0, GATEWAY, "overrides: {backendRequest: 1s}");
    assert_eq!(with(&(mandate + &unlimited)).timeout(), Some(Duration::from_secs(1)));
}

#[test]
fn of_two_at_one_target_the_older_counts_and_then_the_first_by_name() {
    let three = |created| policy("b", created, ROUTE, "defaults: {backendRequest: 3s}");
    for (created, winner, loser, seconds) in [(1, "a", "b", 1), (0, "a", "b", 1)] {
        let world = with(&(three(created) + &policy("a", 0, ROUTE, SECOND)));
        assert_eq!(world.policy_accepted(winner), "True/Accepted");
        assert_eq!(world.policy_accepted(loser), "False/Conflicted");
        assert_eq!(world.timeout(), Some(Duration::from_secs(seconds)));
    }
    let world = with(&(three(0) + &policy("a", 1, ROUTE, SECOND)));
    assert_eq!(world.policy_accepted("a"), "False/Conflicted");
    assert_eq!(world.timeout(), Some(Duration::from_secs(3)));
}

#[test]
fn what_cannot_be_done_is_told_and_has_no_effect() {
    let both = "defaults: {backendRequest: 1s}, overrides: {backendRequest: 1s}";
    for (target, setting, expected) in [
        (&*GATEWAY.replace("name: gw", "name: other"), SECOND, "False/TargetNotFound"),
        (&*LISTENER.replace("http", "other"), SECOND, "False/TargetNotFound"),
        (&*RULE.replace("only", "other"), SECOND, "False/TargetNotFound"),
        (&*format!("{ROUTE}, namespace: web"), SECOND, "False/Invalid"),
        ("group: '', kind: Secret, name: one", SECOND, "False/Invalid"),
        (ROUTE, both, "False/Invalid"),
        (ROUTE, "defaults: {backendRequest: soon}", "False/Invalid"),
    ] {
        let world = with(&policy("p", 0, target, setting));
        assert_eq!(world.policy_accepted("p"), expected, "{target} {setting}");
        assert_eq!(world.timeout(), None, "{target} {setting}");
    }
}
