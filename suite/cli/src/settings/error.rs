//! Why there can be no run, found without asking a cluster.

use std::{collections::BTreeSet, path::PathBuf};

use harness::model::{
    extension::Extension, feature::Feature, implementation::InvalidImplementation, plan::PlanError,
    profile::Profile, timeouts::InvalidTimeout,
};
use thiserror::Error;

/// Why there can be no run.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SettingsError {
    /// The reference's verdict would go out under another's name.
    #[error(
        "{}: they name your implementation, but no cluster was chosen; add --gateway-class",
        .0.join(", ")
    )]
    ImplementationWithoutCluster(Vec<&'static str>),
    /// A choice without a name, as scripts make it from a variable that is not set.
    #[error("{0} is empty; name what is to be judged, or leave it out to run on the testbed")]
    Empty(&'static str),
    /// Something that no test needs yet.
    #[error("{flag}: no test of this version needs {what} yet; leave it out")]
    NotYet {
        /// The flag or key.
        flag: &'static str,
        /// What it is about.
        what: &'static str,
    },
    /// A report would claim what was not tested.
    #[error(
        "--conformance-profiles {profile}: no test of this version covers {}, so a report would claim what was not tested; leave it out",
        names(.untested)
    )]
    UntestedProfile {
        /// The profile.
        profile: Profile,
        /// The part of its core that has no test.
        untested: BTreeSet<Feature>,
    },
    /// The testbed brings a map of its own.
    #[error(
        "--address-map is for a cluster whose Gateways are not reachable from here, but no cluster was chosen; add --gateway-class"
    )]
    DetourWithoutCluster,
    /// The testbed has addresses of its own.
    #[error(
        "addresses that Gateways can or cannot be given are those of a cluster, but no cluster was chosen; add --gateway-class"
    )]
    AddressesWithoutCluster,
    /// One of two that belong together.
    #[error("--via prober and --prober-image belong together; leave both out, or give both")]
    ProberImage,
    /// Two flags that mean opposites.
    #[error(
        "--disable-parallel-tests runs one test at a time, --max-parallel {0} does not; leave one out"
    )]
    Parallel(usize),
    /// What stays cannot be bounded.
    #[error(
        "--max-gateways bounds how many Gateways there are, --cleanup-test-resources=false leaves them all; leave one out"
    )]
    KeptGateways,
    /// What an extension needs to know.
    #[error("--extensions {0} needs to know how your implementation does it; describe that, and name the file with {flag}", flag = flag(*.0))]
    NotDescribed(Extension),
    /// A part of the tests is no report.
    #[error(
        "--report-output with --shard: one shard is no report; write --events on each machine, and make one of them by `report merge`"
    )]
    ReportOfShard,
    /// Two reports in one place.
    #[error("two reports would go to {}; choose another path for one", .0.display())]
    SamePath(PathBuf),
    /// The report needs to say who made the implementation.
    #[error(transparent)]
    Implementation(#[from] InvalidImplementation),
    /// A name or pattern that no test has.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A limit that makes no sense.
    #[error(transparent)]
    Timeout(#[from] InvalidTimeout),
}

/// The flag whose file describes what an extension needs to know.
const fn flag(extension: Extension) -> &'static str {
    match extension {
        Extension::PolicyAttachment => "--policy",
        Extension::RouteDelegation => "--delegation",
        Extension::Own(_) => "--tests",
    }
}

pub(super) fn names(features: &BTreeSet<Feature>) -> String {
    features.iter().map(|feature| feature.name()).collect::<Vec<_>>().join(", ")
}
