//! `explain`: what a test checks, told from the binary alone.

use std::{fmt::Write, path::Path};

use harness::{
    Suite, Test,
    model::{
        exchange::{call::Call, conversation::Conversation},
        extension::Extension,
        suggest::lookup,
        version::SuiteVersion,
    },
};
use reports::dossier;
use serde::Deserialize;

use super::{
    args::ExplainArgs,
    exit::{Exit, Stop},
    output::print,
};

/// Prints what a test checks, or what a dossier has.
pub fn explain(args: &ExplainArgs, suite: &Suite) -> Result<Exit, Stop> {
    let ExplainArgs { what, .. } = args;
    let known = suite.tests.iter().map(|test| (test.name, *test));
    match lookup("test", what, known) {
        Ok(test) => print(&checks(test, suite))?,
        Err(_) if Path::new(what).is_dir() => {
            print(&dossier::explain(Path::new(what)).map_err(Stop::usage)?)?;
        }
        Err(unknown) => return Err(Stop::usage(unknown)),
    }
    Ok(Exit::Passed)
}

/// What a test checks.
fn checks(declared: &Test, suite: &Suite) -> String {
    let test = declared.info();

    let features: Vec<_> = test.features.iter().map(|feature| feature.name()).collect();
    let mut page = format!(
        "{}\n\nRule\n  {}\n\nSpecification\n  {}\n\nRun for\n  {}; in the suite since {}{}{}\n",
        test.name,
        test.requirement,
        test.spec,
        features.join(", "),
        test.since,
        if test.provisional { "; provisional" } else { "" },
        test.extension.map(asked_for).unwrap_or_default()
    );
    page += "\nApplied\n";
    for path in &test.manifests {
        let _ = writeln!(page, "  {path}");
        let manifest = suite.text(path, SuiteVersion::NEWEST).unwrap_or_default();
        for object in objects(&manifest) {
            let _ = writeln!(page, "    {object}");
        }
    }
    if test.manifests.is_empty() {
        page += "  nothing but the base environment\n";
    }
    page += "\nSent\n";
    for through in declared.sends {
        let tls = if through.tls { ", over TLS" } else { "" };
        let at = through.listener.map(|name| format!(", listener {name}")).unwrap_or_default();
        let (since, until) = (through.since, through.until);
        let since = if since > test.since { format!(", since {since}") } else { String::new() };
        let until =
            if until < SuiteVersion::NEWEST { format!(", until {until}") } else { String::new() };
        let _ = writeln!(page, "  through Gateway {}{at}{tls}{since}{until}", through.gateway);
        for exchange in through.exchanges.http() {
            let (request, expectation) = (exchange.request, exchange.expectation());
            let _ = writeln!(page, "    {request} must give {expectation}");
        }
        for Call { invocation, outcome } in through.exchanges.grpc() {
            let _ = writeln!(page, "    {invocation} must give {outcome}");
        }
        for Conversation { opening, ending } in through.exchanges.streams() {
            let _ = writeln!(page, "    {opening} must give {ending}");
        }
    }
    if declared.sends.is_empty() {
        page += "  nothing: its verdict is on statuses\n";
    }
    if let Some((path, source)) = suite.declaration(declared) {
        let _ = writeln!(page, "\nJudged, as {path} says it");
        for line in body(source).lines() {
            let _ = writeln!(page, "{}", format!("  {line}").trim_end());
        }
    }
    page
}

/// How an extension is asked for.
fn asked_for(extension: Extension) -> String {
    match extension {
        Extension::Own(name) => format!("; of {name}, with --tests"),
        extension => format!("; with --extensions {extension}"),
    }
}

/// The part of an object that tells which it is.
#[derive(Deserialize)]
struct Named {
    kind: String,
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(default)]
    namespace: Option<String>,
    name: String,
}

fn objects(manifest: &str) -> Vec<String> {
    serde_yaml::Deserializer::from_str(manifest)
        .filter_map(|document| Named::deserialize(document).ok())
        .map(|Named { kind, metadata: Metadata { namespace, name } }| match namespace {
            Some(namespace) => format!("{kind} {namespace}/{name}"),
            None => format!("{kind} {name}"),
        })
        .collect()
}

/// What follows the declaration and the exchanges, of which everything was told.
fn body(source: &str) -> &str {
    let begin = source.find("\nasync fn run").unwrap_or_default();
    source[begin..].trim()
}
