//! What happens in a run, as it happens: the one interface between the runner and the reports.
//!
//! Every report can be made anew from the events alone.

use std::{collections::BTreeSet, time::Duration};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    dossier::Dossier,
    feature::Feature,
    implementation::Implementation,
    plan::PlannedTest,
    profile::Profile,
    timing::{Answers, Settling, Span},
    verdict::{Failure, Finding, Outcome, seconds},
    version::SuiteVersion,
};

/// An event, with its time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
}

impl Event {
    /// An event that happens now.
    pub fn now(kind: EventKind) -> Self {
        Self { at: Timestamp::now(), kind }
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", tag = "event")]
pub enum EventKind {
    /// The plan is made; nothing was applied yet.
    RunStarted(Box<RunStarted>),
    /// A stage of the set-up began.
    SetUp {
        /// What is done or waited for.
        stage: String,
    },
    /// More of the base environment's workloads have their Pods ready; tests that need no others begin.
    PodsReady {
        /// How many workloads that are.
        workloads: usize,
    },
    /// The base environment stands.
    SetUpDone {
        /// How long it took.
        #[serde(with = "seconds")]
        #[schemars(with = "f64")]
        took: Duration,
    },
    /// A test began.
    TestStarted {
        /// Its name.
        test: String,
    },
    /// A test does or waits for something.
    TestStep {
        /// Its name.
        test: String,
        /// What it waits for, and why that is not so yet.
        step: String,
    },
    /// A test failed, or could not be judged, and this was there; told before anything of it is removed, where a dossier
    /// is asked for.
    Captured(Box<Dossier>),
    /// A test ended.
    TestFinished(Box<TestFinished>),
    /// A test failed while others were under way. It is judged again alone, and that verdict counts.
    RedInCompany(Box<RedInCompany>),
    /// The objects of a test are gone.
    TestRemoved {
        /// Its name.
        test: String,
        /// What that took.
        spans: Vec<Span>,
    },
    /// The routes of a test that was removed answer no more.
    TestDrained {
        /// Its name.
        test: String,
        /// What that took.
        spans: Vec<Span>,
    },
    /// Something that the user should know and that is no verdict.
    Notice {
        /// What.
        text: String,
    },
    /// The run ended; nothing comes after.
    RunFinished {
        /// Why it ended before every planned test was judged, if it did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        incomplete: Option<String>,
        /// How long it took in all.
        #[serde(with = "seconds")]
        #[schemars(with = "f64")]
        took: Duration,
    },
}

/// What is known when a run begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunStarted {
    /// The run's UUID, the value of the label on its objects.
    pub run: String,
    /// What is judged, for people: `the embedded testbed`, `GatewayClass traefik in context kind`.
    pub subject: String,
    /// Whose tests are run.
    pub suite_version: SuiteVersion,
    /// From the definitions' annotations; `UNDEFINED` where a mismatch was allowed.
    pub gateway_api_version: String,
    /// Likewise.
    pub gateway_api_channel: String,
    /// The operating mode, for the report only.
    pub mode: String,
    /// Who made the implementation.
    pub implementation: Implementation,
    /// The profiles to report on, sorted.
    pub profiles: Vec<Profile>,
    /// What the implementation supports.
    #[schemars(with = "BTreeSet<String>")]
    pub supported_features: BTreeSet<Feature>,
    /// What of that no test of the suite's version covers: it is claimed, and nothing is said about it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[schemars(with = "BTreeSet<String>")]
    pub untested_features: BTreeSet<Feature>,
    /// Every test of the suite's version, sorted by name.
    pub tests: Vec<PlannedTest>,
    /// Limits that are not the Go suite's.
    pub timeouts: Vec<(String, String)>,
    /// Whether findings are failures.
    pub strict: bool,
    /// How often each test is run.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub rounds: u32,
}

fn once() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn is_once(rounds: &u32) -> bool {
    *rounds == 1
}

/// How a test ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TestFinished {
    /// Its name.
    pub test: String,
    /// Which of its rounds, from 1.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub round: u32,
    /// Its end.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Rules that the Go suite does not enforce and that were broken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// What was right only after a while, and so needed more than one attempt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settling: Vec<Settling>,
    /// What its exchanges were answered once they had been right.
    #[serde(default, skip_serializing_if = "Answers::is_none")]
    pub answers: Answers,
    /// Where its time went.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<Span>,
    /// From applying its manifests to the end of its body, without the removal of its objects.
    #[serde(with = "seconds")]
    #[schemars(with = "f64")]
    pub took: Duration,
}

/// How a test failed in company.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RedInCompany {
    /// Its name.
    pub test: String,
    /// Which of its rounds, from 1.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub round: u32,
    /// What was wrong.
    pub failure: Failure,
    /// What else was under way at some time: other tests, by name.
    pub beside: Vec<String>,
    /// From applying its manifests to the end of its body.
    #[serde(with = "seconds")]
    #[schemars(with = "f64")]
    pub took: Duration,
}
