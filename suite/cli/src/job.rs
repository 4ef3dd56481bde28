//! `job`: what runs the suite in the cluster that it judges.

use clap::Parser;
use harness::{Suite, permissions::cluster_role};
use serde_json::{Value, json};

use super::{
    args::{Cli, Command, JobArgs},
    exit::{Exit, Stop},
    output::print,
    rbac, run,
    settings::Subject,
    setup,
};

/// How everything is called.
const NAME: &str = "gateway-conformance";
/// Where Sonobuoy looks for what a plugin found.
const SONOBUOY: &str = "/tmp/sonobuoy/results";

/// Prints the manifest of a Job with all that it needs, or of a plugin of Sonobuoy, which brings the rights.
pub fn job(args: &JobArgs, suite: &Suite) -> Result<Exit, Stop> {
    let JobArgs { image, namespace, sonobuoy, arguments } = args;
    let usage = |text: &str| Stop::usage(anyhow::anyhow!("{text}"));
    let line = [NAME, "run"].into_iter().chain(arguments.iter().map(String::as_str));
    let Command::Run(run) = Cli::try_parse_from(line).map_err(Stop::usage)?.command else {
        return Err(usage("what follows -- must be flags of `run`"));
    };
    if run.cluster.kubeconfig.is_some() || run.cluster.context.is_some() {
        return Err(usage(
            "the Job has no kubeconfig; choose the cluster from here with KUBECONFIG",
        ));
    }
    let outputs = &run.outputs;
    if outputs.report_output.is_some() || outputs.junit.is_some() || outputs.events.is_some() {
        return Err(usage(
            "a Job has no folder that stays; `report merge` makes all reports of the events in its log",
        ));
    }
    let settings = run::settings(*run, suite)?;
    if settings.subject == Subject::Testbed {
        return Err(usage("name the GatewayClass behind --: -- --gateway-class NAME"));
    }
    if *sonobuoy {
        return tell(&[plugin(image, arguments)]);
    }
    setup::log(settings.debug);
    let needed = setup::runtime()?.block_on(rbac::needed(settings, suite))?;
    let binding = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": { "name": NAME },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": NAME },
        "subjects": [{ "kind": "ServiceAccount", "name": NAME, "namespace": namespace }],
    });
    tell(&[
        json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": namespace } }),
        json!({
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": { "name": NAME, "namespace": namespace },
        }),
        cluster_role(NAME, &needed),
        binding,
        the_job(image, namespace, arguments),
    ])
}

fn the_job(image: &str, namespace: &str, arguments: &[String]) -> Value {
    let mut container = container(image, arguments, &["--events", "-"]);
    container["name"] = NAME.into();
    container["securityContext"] = json!({
        "allowPrivilegeEscalation": false,
        "capabilities": { "drop": ["ALL"] },
    });
    json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": { "name": NAME, "namespace": namespace },
        "spec": {
            "backoffLimit": 0,
            "template": { "spec": {
                "restartPolicy": "Never",
                "serviceAccountName": NAME,
                "securityContext": {
                    "runAsNonRoot": true,
                    "runAsUser": 65532,
                    "seccompProfile": { "type": "RuntimeDefault" },
                },
                "containers": [container],
            } },
        },
    })
}

/// See <https://sonobuoy.io/docs/plugins/>.
fn plugin(image: &str, arguments: &[String]) -> Value {
    let mut spec = container(image, arguments, &["--sonobuoy", SONOBUOY]);
    spec["name"] = "plugin".into();
    spec["volumeMounts"] = json!([{ "name": "results", "mountPath": SONOBUOY }]);
    json!({
        "sonobuoy-config": { "driver": "Job", "plugin-name": NAME, "result-format": "junit" },
        "spec": spec,
    })
}

fn container(image: &str, arguments: &[String], more: &[&str]) -> Value {
    let arguments = arguments.iter().map(String::as_str);
    let all: Vec<_> = ["run"].into_iter().chain(arguments).chain(more.iter().copied()).collect();
    json!({ "image": image, "args": all })
}

fn tell(documents: &[Value]) -> Result<Exit, Stop> {
    let yaml = documents.iter().map(serde_yaml::to_string).collect::<Result<Vec<_>, _>>();
    print(&yaml.map_err(Stop::not_judged)?.join("---\n"))?;
    Ok(Exit::Passed)
}
