//! `plan`: which tests a run would judge, and why it would leave out the others.

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex, PoisonError},
};

use harness::{
    Suite,
    model::{
        event::{Event, EventKind, RunStarted},
        expectation::{Expect, Expectation},
        extension::Extension,
        feature::Feature,
        plan::{Decision, PlannedTest, TestInfo},
    },
};
use serde_json::json;

use super::{
    args::PlanArgs,
    exit::{Exit, Stop},
    format::Format,
    found::Found,
    output::print,
    run, setup,
};

/// Prints the plan. The cluster is asked what it has and what the GatewayClass claims; nothing is applied.
pub fn plan(args: PlanArgs, suite: &Suite) -> Result<Exit, Stop> {
    let settings = run::settings(args.run, suite)?;
    setup::log(settings.debug);
    let (plan, notices) = setup::runtime()?.block_on(async {
        let found = Found::find(&settings).await?;
        let options = run::options(settings, suite, &found);
        let heard = Arc::new(Mutex::new(Vec::new()));
        let events = {
            let heard = heard.clone();
            move |Event { kind, .. }| {
                if let EventKind::Notice { text } = kind {
                    heard.lock().unwrap_or_else(PoisonError::into_inner).push(text);
                }
            }
        };
        let plan = harness::plan(&found.connection, suite, &options, events).await;
        let plan = plan.map_err(Stop::before_run)?;
        let notices = std::mem::take(&mut *heard.lock().unwrap_or_else(PoisonError::into_inner));
        Ok::<_, Stop>((plan, notices))
    })?;
    print(&match args.format {
        Format::Text => as_text(&plan, &notices),
        Format::Json => as_json(&plan)?,
    })?;
    Ok(Exit::Passed)
}

/// Why a test is not run, if it is not.
fn reason(decision: &Decision) -> Option<String> {
    match decision {
        Decision::Run => None,
        Decision::OtherShard => Some("of another shard".to_owned()),
        Decision::Skip(why) => Some(why.clone()),
        Decision::SkipProvisional => {
            Some("provisional, which --skip-provisional-tests leaves out".to_owned())
        }
        Decision::NotSupported(missing) => {
            let missing: Vec<_> = missing.iter().copied().map(Feature::name).collect();
            Some(format!("not claimed: {}", missing.join(", ")))
        }
    }
}

/// What is expected of a test, in a line.
fn expectation(it: &Expectation) -> String {
    let what = match it.expect {
        Expect::Skip => "skip",
        Expect::Xfail => "must fail",
        Expect::Flaky => "may fail",
    };
    let part = it.test.split_once('/').map(|(_, part)| format!(" at {part}")).unwrap_or_default();
    format!("{what}{part}: {it}")
}

fn named(test: &TestInfo) -> String {
    let mark = if test.provisional { " (provisional)" } else { "" };
    format!("{}{mark}", test.name)
}

fn as_text(plan: &RunStarted, notices: &[String]) -> String {
    let RunStarted {
        subject, suite_version, gateway_api_version, gateway_api_channel, tests, ..
    } = plan;
    let mut text = format!(
        "{subject}: suite {suite_version}, definitions {gateway_api_version} ({gateway_api_channel})\n\n"
    );
    let width = tests.iter().map(|test| named(&test.info).len()).max().unwrap_or_default();
    for PlannedTest { info, decision, expected } in tests {
        let name = named(info);
        let line = match reason(decision) {
            Some(why) => format!("skip  {name:width$}  {why}"),
            None if expected.is_nothing() => format!("run   {name}"),
            None => {
                let expected: Vec<_> = expected.iter().map(expectation).collect();
                format!("run   {name:width$}  {}", expected.join(", "))
            }
        };
        let _ = writeln!(text, "{line}");
    }
    let runs = tests.iter().filter(|test| test.decision == Decision::Run).count();
    let _ = writeln!(text, "\n{} tests: {runs} run, {} do not", tests.len(), tests.len() - runs);
    let is_planned =
        |extension: &Extension| tests.iter().any(|it| it.info.extension == Some(*extension));
    let others: Vec<_> =
        Extension::ALL.iter().filter(|it| !is_planned(it)).map(Extension::to_string).collect();
    if !others.is_empty() {
        let _ = writeln!(text, "not asked for, see --extensions: {}", others.join(", "));
    }
    for notice in notices {
        let _ = writeln!(text, "note: {notice}");
    }
    text
}

fn as_json(plan: &RunStarted) -> Result<String, Stop> {
    let tests = plan.tests.iter().map(|PlannedTest { info, decision, expected }| {
        let runs = *decision == Decision::Run;
        json!({
            "name": info.name,
            "provisional": info.provisional,
            "runs": runs,
            "reason": reason(decision),
            "expected": expected,
        })
    });
    let plan = json!({
        "subject": plan.subject,
        "suiteVersion": plan.suite_version,
        "gatewayAPIVersion": plan.gateway_api_version,
        "gatewayAPIChannel": plan.gateway_api_channel,
        "supportedFeatures": plan.supported_features,
        "untestedFeatures": plan.untested_features,
        "tests": tests.collect::<Vec<_>>(),
    });
    Ok(serde_json::to_string_pretty(&plan).map_err(Stop::not_judged)? + "\n")
}
