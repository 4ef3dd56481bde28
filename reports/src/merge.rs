//! The events of one run, made of those of its shards.

use std::{collections::BTreeMap, time::Duration};

use model::{
    event::{Event, EventKind, RunStarted},
    plan::{Decision, PlannedTest},
};
use thiserror::Error;

/// Why shards are not those of one run.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MergeError {
    /// Nothing to merge.
    #[error("there is no shard to merge")]
    None,
    /// Events in which no run begins.
    #[error("no run begins in shard {}", .0 + 1)]
    NoRun(usize),
    /// Shards that judged different things.
    #[error("shard {} is of another {what} than the first: {other}, and not {first}", .shard + 1)]
    Differs {
        /// Which one, from 0.
        shard: usize,
        /// In what.
        what: &'static str,
        /// What the first has.
        first: String,
        /// What it has.
        other: String,
    },
    /// Tests that two shards have.
    #[error("{0} is in two shards; give each machine another K of --shard K/N")]
    Twice(String),
    /// Tests that no shard has.
    #[error("no shard has {0}; one of the N machines is missing, or their flags differ")]
    Missing(String),
}

/// The events of the run that the shards are together, in the order of their times.
///
/// # Errors
///
/// If they are not the shards of one run, or not all of them.
pub fn merge(shards: Vec<Vec<Event>>) -> Result<Vec<Event>, MergeError> {
    let mut plans = Vec::new();
    for (shard, events) in shards.iter().enumerate() {
        let started = events.iter().find_map(|event| match &event.kind {
            EventKind::RunStarted(started) => Some(&**started),
            _ => None,
        });
        plans.push(started.ok_or(MergeError::NoRun(shard))?);
    }
    let (first, others) = plans.split_first().ok_or(MergeError::None)?;
    for (shard, other) in others.iter().enumerate() {
        alike(shard + 1, first, other)?;
    }
    let plan = RunStarted { tests: planned(&plans)?, ..(*first).clone() };
    if let [_] = shards.as_slice() {
        return Ok(shards.into_iter().flatten().collect());
    }

    let incomplete =
        shards.iter().enumerate().find_map(|(shard, events)| unfinished(shard, events));
    let mut all: Vec<_> = shards.into_iter().flatten().collect();
    all.sort_by_key(|event| event.at);
    let began = all.first().map(|event| event.at);
    let ended = all.last().map(|event| event.at);
    all.retain(|event| {
        !matches!(event.kind, EventKind::RunStarted(_) | EventKind::RunFinished { .. })
    });
    let (Some(began), Some(ended)) = (began, ended) else { return Err(MergeError::None) };
    let took = Duration::try_from(ended.duration_since(began)).unwrap_or_default();
    let mut events = vec![Event { at: began, kind: EventKind::RunStarted(Box::new(plan)) }];
    events.extend(all);
    events.push(Event { at: ended, kind: EventKind::RunFinished { incomplete, took } });
    Ok(events)
}

/// Why a shard did not judge all of its tests, if it did not.
fn unfinished(shard: usize, events: &[Event]) -> Option<String> {
    let mut ends = events.iter().filter_map(|event| match &event.kind {
        EventKind::RunFinished { incomplete, .. } => Some(incomplete.clone()),
        _ => None,
    });
    ends.next().unwrap_or_else(|| Some(format!("shard {} did not end", shard + 1)))
}

/// Whether two shards judged the same with the same tests.
fn alike(shard: usize, first: &RunStarted, other: &RunStarted) -> Result<(), MergeError> {
    let told = |plan: &RunStarted| {
        [
            ("suite", plan.suite_version.to_string()),
            ("version of the definitions", plan.gateway_api_version.clone()),
            ("channel of the definitions", plan.gateway_api_channel.clone()),
            ("mode", plan.mode.clone()),
            ("implementation", format!("{:?}", plan.implementation)),
            ("list of profiles", format!("{:?}", plan.profiles)),
            ("list of features", format!("{:?}", plan.supported_features)),
            ("set of limits", format!("{:?}", plan.timeouts)),
        ]
    };
    let mut parts = told(first).into_iter().zip(told(other));
    match parts.find(|(first, other)| first != other) {
        Some(((what, first), (_, other))) => Err(MergeError::Differs { shard, what, first, other }),
        None => Ok(()),
    }
}

/// The plan of all of them: a test is as the shard has it that does not leave it to others.
fn planned(plans: &[&RunStarted]) -> Result<Vec<PlannedTest>, MergeError> {
    let mut tests: BTreeMap<&str, Vec<&PlannedTest>> = BTreeMap::new();
    for test in plans.iter().flat_map(|plan| &plan.tests) {
        tests.entry(&test.info.name).or_default().push(test);
    }
    tests
        .into_iter()
        .map(|(name, of_shards)| {
            let mut own = of_shards.iter().filter(|test| test.decision != Decision::OtherShard);
            let first = own.next().ok_or_else(|| MergeError::Missing(name.to_owned()))?;
            if first.decision == Decision::Run && own.any(|test| test.decision == Decision::Run) {
                return Err(MergeError::Twice(name.to_owned()));
            }
            Ok((*first).clone())
        })
        .collect()
}
