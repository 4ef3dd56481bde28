//! What the cluster tells when it is asked.

use std::time::Instant;

use cluster::{
    Key, Kind, apply,
    definitions::{DefinitionsError, Release},
    permissions::{Permission, is_allowed},
    watch::Watches,
};
use futures::future::join_all;
use kube::Client;
use model::{names::RUN_LABEL, version::SuiteVersion};

use super::check::{Check, LIMIT, within};
use crate::{options::Options, run::readiness};

/// Whether the API server answers, and of which version it is.
pub(super) async fn api_server(client: &Client) -> Check {
    let (what, began) = ("API server", Instant::now());
    match within(what, client.apiserver_version()).await {
        Ok(Ok(version)) => {
            let took = began.elapsed().as_millis();
            Check::good(what, format!("{}, answers in {took} ms", version.git_version))
        }
        Ok(Err(error)) => Check::bad(what, error.to_string())
            .remedied_by("see whether kubectl with the same kubeconfig and context can ask it"),
        Err(check) => check,
    }
}

/// Whether there are tests for the definitions.
pub(super) fn release(release: Result<Release, DefinitionsError>, options: &Options) -> Check {
    let what = "definitions";
    let Release { version, channel } = match release {
        Ok(release) => release,
        Err(error) if options.allow_crds_mismatch => return Check::good(what, error.to_string()),
        Err(error) => return Check::bad(what, error.to_string()),
    };
    let found = format!("{version}, {channel} channel");
    if version.parse::<SuiteVersion>().is_ok() || options.allow_crds_mismatch {
        return Check::good(what, found);
    }
    let carried = SuiteVersion::ALL.map(SuiteVersion::name).join(" and ");
    let remedy = format!(
        "install those of {carried}, or add --allow-crds-mismatch: the report will then say UNDEFINED"
    );
    Check::bad(what, found).remedied_by(remedy)
}

/// Whether the class is accepted, and says what it supports.
pub(super) async fn class(watches: &Watches, name: &str) -> Check {
    let what = "GatewayClass";
    match readiness::accepted_class(watches, name, LIMIT / 2, |_| {}).await {
        Ok(class) if class.supported_features.is_empty() => Check::odd(
            what,
            format!(
                "{name} of {} is accepted, and lists no supported features",
                class.controller_name
            ),
            "name them with --supported-features, or have the implementation list them",
        ),
        Ok(class) => Check::good(
            what,
            format!(
                "{name} of {} is accepted, with {} features",
                class.controller_name,
                class.supported_features.len()
            ),
        ),
        Err(error) => Check::bad(what, error.to_string()),
    }
}

/// What is done to the objects of a run.
const APPLIED: [Kind; 9] = [
    Kind::Namespace,
    Kind::Service,
    Kind::Secret,
    Kind::ConfigMap,
    Kind::Deployment,
    Kind::GatewayClass,
    Kind::Gateway,
    Kind::HttpRoute,
    Kind::ReferenceGrant,
];

/// Whether this user may do what most tests need.
pub(super) async fn permissions(client: &Client) -> Check {
    let what = "permissions";
    let wanted: Vec<_> = APPLIED
        .iter()
        .flat_map(|kind| {
            let verbs = ["create", "patch", "delete", "list", "watch"];
            verbs.map(|verb| Permission::new(kind.group(), kind.plural(), verb))
        })
        .collect();
    let asked = join_all(wanted.iter().map(|it| is_allowed(client, it)));
    let answers = match within(what, asked).await {
        Ok(answers) => answers,
        Err(check) => return check,
    };
    let mut missing = Vec::new();
    for (permission, answer) in wanted.iter().zip(answers) {
        match answer {
            Ok(true) => {}
            Ok(false) => missing.push(permission.to_string()),
            Err(error) => {
                return Check::odd(what, error, "whether they suffice is seen in the run");
            }
        }
    }
    if missing.is_empty() {
        return Check::good(what, "what most tests need is allowed");
    }
    Check::bad(what, format!("this user may not {}", missing.join(", ")))
        .remedied_by("`gateway-conformance rbac` prints the ClusterRole that it needs")
}

/// Which IP families Services have.
pub(super) async fn families(client: &Client) -> Check {
    let what = "IP families";
    let key = Key::new(Kind::Service, Some("default"), "kubernetes");
    let families = match within(what, apply::get(client, &key)).await {
        Ok(Ok(Some(service))) => service.data["spec"]["ipFamilies"].clone(),
        Ok(Ok(None)) => {
            return Check::odd(what, format!("there is no {key}"), "they are seen in the run");
        }
        Ok(Err(error)) => return Check::odd(what, error.to_string(), "they are seen in the run"),
        Err(check) => return check,
    };
    let names: Vec<_> =
        families.as_array().into_iter().flatten().filter_map(|it| it.as_str()).collect();
    Check::good(what, if names.is_empty() { "not told".to_owned() } else { names.join(" and ") })
}

/// Whether an earlier run left something.
pub(super) async fn leftovers(client: &Client) -> Check {
    let what = "earlier runs";
    match within(what, apply::list(client, Kind::Namespace, None, Some(RUN_LABEL))).await {
        Ok(Ok(left)) if left.is_empty() => Check::good(what, "left nothing"),
        Ok(Ok(left)) => {
            let names: Vec<_> = left.iter().filter_map(|it| it.metadata.name.as_deref()).collect();
            let found = format!("left the namespaces {}", names.join(", "));
            Check::odd(
                what,
                found,
                "`gateway-conformance clean` removes them, or the next run uses them",
            )
        }
        Ok(Err(error)) => Check::odd(what, error.to_string(), "grant it, or clean up by hand"),
        Err(check) => check,
    }
}
