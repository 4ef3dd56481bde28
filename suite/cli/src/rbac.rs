//! `rbac`: what a run must be allowed to do in a cluster, and nothing else.
//!
//! The planned tests are run on a testbed, and what they ask of its API server is what they need.

use std::collections::BTreeSet;

use harness::{
    Connection, Ended, Options, Suite, Test, Via,
    model::{
        described::Described,
        event::RunStarted,
        plan::{Decision, Selection},
        timeouts::Timeouts,
        version::SuiteVersion,
    },
    permissions::{Permission, Recorded, cluster_role},
};
use testbed::Lag;
use tokio_util::sync::CancellationToken;

use super::{
    args::RbacArgs,
    exit::{Exit, Stop},
    found::Found,
    output::print,
    run,
    settings::Settings,
    setup,
};

/// The role without which a run does not come to its end.
const ROLE: &str = "gateway-conformance";
/// A test that every implementation can be asked.
const ANY_TEST: &str = "HTTPRouteSimpleSameNamespace";
/// The role with which it tells the causes of trouble, too.
const CAUSES: &str = "gateway-conformance-causes";

/// Prints two roles.
pub fn rbac(args: RbacArgs, suite: &Suite) -> Result<Exit, Stop> {
    let settings = run::settings(args.run, suite)?;
    setup::log(settings.debug);
    let needed = setup::runtime()?.block_on(needed(settings, suite))?;
    let yaml = |name, permissions| {
        serde_yaml::to_string(&cluster_role(name, permissions)).map_err(Stop::not_judged)
    };
    let causes = &for_causes() - &needed;
    let roles = [
        "# What a run needs: bind it to the user of the run.\n".to_owned(),
        yaml(ROLE, &needed)?,
        "---\n# What tells the likely causes of trouble, and may be left out.\n".to_owned(),
        yaml(CAUSES, &causes)?,
    ];
    print(&roles.concat())?;
    Ok(Exit::Passed)
}

/// What a run with these settings must be allowed to do.
pub async fn needed(settings: Settings, suite: &Suite) -> Result<BTreeSet<Permission>, Stop> {
    let found = Found::find(&settings).await?;
    let (via, keeps) = (settings.via.clone(), settings.outputs.dossier.is_some());
    let has_pull_secret = settings.fixtures.pull_secret.is_some();
    let options = run::options(settings, suite, &found);
    let plan = harness::plan(&found.connection, suite, &options, |_| {}).await;
    let plan = plan.map_err(Stop::before_run)?;
    drop(found);
    let mut needed = recorded(&plan, suite).await?;
    named_as_described(&mut needed, suite, &options.described);
    needed.extend(harness::needed_by_own(suite, &planned(&plan)).map_err(Stop::before_run)?);
    let mut also = |group: &str, resource: &str, verbs: &[&'static str]| {
        needed.extend(verbs.iter().map(|verb| Permission::new(group, resource, verb)));
    };
    if has_pull_secret {
        also("", "secrets", &["create", "patch"]);
    }
    match via {
        Via::Prober(_) => {
            also("", "pods", &["create", "patch", "list", "watch"]);
            also("", "pods/portforward", &["create", "get"]);
        }
        Via::PortForward => {
            also("", "services", &["list", "watch"]);
            also("discovery.k8s.io", "endpointslices", &["list", "watch"]);
            also("", "pods/portforward", &["create", "get"]);
        }
        Via::Direct | Via::Proxy(_) | Via::Socks(_) | Via::Relay(_) => {}
    }
    if keeps {
        let applied: Vec<_> = needed.iter().filter(|it| it.verb == "patch").cloned().collect();
        needed.extend(applied.into_iter().map(|it| Permission { verb: "get", ..it }));
        needed.extend(
            [("events", "list"), ("pods", "list"), ("pods/log", "get")]
                .map(|(resource, verb)| Permission::new("", resource, verb)),
        );
    }
    Ok(needed)
}

/// What the tests of a plan ask of a testbed.
async fn recorded(plan: &RunStarted, suite: &Suite) -> Result<BTreeSet<Permission>, Stop> {
    let is_own = |name: &str| suite.find(name).is_some_and(Test::is_own);
    let (own, mut names): (BTreeSet<_>, BTreeSet<_>) =
        planned(plan).into_iter().partition(|name| is_own(name));
    if !own.is_empty() {
        // What the user's own need beside their objects is what any test needs.
        names.insert(ANY_TEST.to_owned());
    }
    let version: SuiteVersion = plan.suite_version;
    let found = Found::testbed(Some(version), &[], Lag::default()).await?;
    let mut timeouts = Timeouts::default();
    // The testbed is quick, or something of this machine is in its way.
    timeouts.scale(0.1).map_err(Stop::not_judged)?;
    let options = Options {
        timeouts,
        selection: Selection { all_features: true, again: names, ..Selection::default() },
        gateway_class: found.gateway_class.clone(),
        addresses: found.addresses.clone(),
        address_map: found.address_map.clone(),
        described: suite.describes_reference(),
        ..Options::default()
    };
    let recorded = Recorded::default();
    let Connection { client, description } = found.connection.clone();
    let connection = Connection { client: recorded.on(client), description };
    let ended = harness::run(connection, suite, options, |_| {}, CancellationToken::new()).await;
    match ended.map_err(Stop::before_run)? {
        Ended { failed: 0, errors: 0, interrupted: false, .. } => Ok(recorded.so_far()),
        ended => Err(Stop::not_judged(anyhow::anyhow!(
            "the tests did not pass on the testbed, so that not all is known that they need: {ended:?}"
        ))),
    }
}

/// The tests that are to be run.
fn planned(plan: &RunStarted) -> BTreeSet<String> {
    let run = plan.tests.iter().filter(|test| test.decision == Decision::Run);
    run.map(|test| test.info.name.clone()).collect()
}

/// Policies as the implementation calls them.
fn named_as_described(needed: &mut BTreeSet<Permission>, suite: &Suite, described: &Described) {
    let reference = suite.describes_reference();
    let (Some(theirs), Some(ours)) = (&described.policy, &reference.policy) else { return };
    let renamed = std::mem::take(needed).into_iter().map(|it| {
        let part = it.resource.strip_prefix(ours.plural.as_str()).map(str::to_owned);
        match part
            .filter(|part| it.group == ours.group && (part.is_empty() || part.starts_with('/')))
        {
            Some(part) => Permission {
                group: theirs.group.clone(),
                resource: theirs.plural.clone() + &part,
                ..it
            },
            None => it,
        }
    });
    *needed = renamed.collect();
}

/// What is asked where something is in trouble.
fn for_causes() -> BTreeSet<Permission> {
    [
        ("", "events", "list"),
        ("", "namespaces", "get"),
        ("", "namespaces", "list"),
        ("", "namespaces", "watch"),
        ("", "pods", "list"),
        ("apps", "deployments", "list"),
        ("apps", "replicasets", "get"),
    ]
    .map(|(group, resource, verb)| Permission::new(group, resource, verb))
    .into()
}
