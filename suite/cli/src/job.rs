//! `job`: what runs the suite in the cluster that it judges.

mod files;

use clap::Parser;
use harness::{
    Suite,
    model::fixtures::{restricted_container, restricted_pod},
    permissions::cluster_role,
};
use serde_json::{Value, json};

use self::files::Files;
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
pub fn job(args: &JobArgs, suite: &'static Suite) -> Result<Exit, Stop> {
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
    let files = [&outputs.report_output, &outputs.junit, &outputs.sidecar, &outputs.tap];
    let folders = [&outputs.events, &outputs.dossier, &outputs.sonobuoy];
    if files.into_iter().chain(folders).any(Option::is_some) {
        return Err(usage(
            "a Job has no folder that stays; `report merge` makes all reports of the events in its log",
        ));
    }
    let suite = suite.with(&run.selection.own.tests).map_err(|why| usage(&why))?;
    let settings = run::settings(*run, suite)?;
    if settings.subject == Subject::Testbed {
        return Err(usage("name the GatewayClass behind --: -- --gateway-class NAME"));
    }
    let mut files = Files::default();
    let arguments = &files.take(arguments).map_err(Stop::usage)?;
    if *sonobuoy {
        if !files.is_empty() {
            return Err(usage(
                "a plugin of Sonobuoy brings no files; name those that its image has",
            ));
        }
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
    let mut job = the_job(image, namespace, arguments);
    let mut manifest = vec![
        json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": namespace } }),
        json!({
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": { "name": NAME, "namespace": namespace },
        }),
        cluster_role(NAME, &needed),
        binding,
    ];
    if !files.is_empty() {
        files.mount(NAME, &mut job["spec"]["template"]["spec"]);
        manifest.push(files.secret(NAME, namespace));
    }
    manifest.push(job);
    tell(&manifest)
}

fn the_job(image: &str, namespace: &str, arguments: &[String]) -> Value {
    let mut container = container(image, arguments, &["--events", "-"]);
    container["name"] = NAME.into();
    container["securityContext"] = restricted_container();
    json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": { "name": NAME, "namespace": namespace },
        "spec": {
            "backoffLimit": 0,
            "template": { "spec": {
                "restartPolicy": "Never",
                "serviceAccountName": NAME,
                "securityContext": restricted_pod(),
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
