//! Why a run could not judge.

use cluster::{
    apply::ApplyError, certificates::CertificateError, definitions::DefinitionsError,
    manifest::ManifestError,
};
use model::{plan::PlanError, verdict::JudgeError, version::SuiteVersion};
use thiserror::Error;

/// Why a run ended before its tests, or without judging them.
#[derive(Debug, Error)]
pub enum Error {
    /// The definitions of the Gateway API are absent, mixed or cannot be read.
    #[error(transparent)]
    Definitions(#[from] DefinitionsError),
    /// The definitions are of a version whose tests this binary does not carry.
    #[error(
        "the cluster's Gateway API definitions are of {found}, and the suite carries the tests of {}; install those, \
         or choose --suite-version, or add --allow-crds-mismatch",
        carried()
    )]
    Version {
        /// The definitions' version.
        found: String,
    },
    /// There is no such GatewayClass.
    #[error("there is no GatewayClass \"{name}\"{}; install the implementation, or choose its class with --gateway-class", named(.present))]
    NoGatewayClass {
        /// The name that was given.
        name: String,
        /// The classes that there are.
        present: Vec<String>,
    },
    /// The class is not accepted by its controller.
    #[error(
        "GatewayClass \"{name}\" was not accepted within {waited:.0?}: {because}; does its controller {controller} run, and can it reach the API server?"
    )]
    NotAccepted {
        /// The class.
        name: String,
        /// Its controller.
        controller: String,
        /// What its status said at the end.
        because: String,
        /// How long it was waited for.
        waited: std::time::Duration,
    },
    /// The names in the plan do not fit the suite's version.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Every test that was chosen needs features that are not claimed, or what the definitions, or the policy that is
    /// described, have no place for.
    #[error("none of the chosen tests can be run here; {test}, for one: {why}")]
    NothingToRun {
        /// The first of them.
        test: String,
        /// Why it cannot be run.
        why: String,
    },
    /// A manifest of our own is not what it should be.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// A manifest that a test names and that there is not.
    #[error("there is no manifest {0}; this is a defect of the suite")]
    NoManifest(String),
    /// A patch does not fit what it is for.
    #[error("{0}")]
    Patch(String),
    /// The API server refused something of the base environment.
    #[error("the base environment cannot be set up: {0}")]
    Apply(#[from] ApplyError),
    /// Certificates and keys could not be made.
    #[error(transparent)]
    Certificates(#[from] CertificateError),
    /// The fixtures' Pods do not become ready.
    #[error("the fixtures' Pods are not ready after {waited:.0?}: {because}{}", lines(.troubles))]
    Pods {
        /// What was waited for.
        because: String,
        /// What the Pods' conditions and events tell.
        troubles: Vec<String>,
        /// How long it was waited for.
        waited: std::time::Duration,
    },
    /// A defect of the suite itself.
    #[error(transparent)]
    Defect(#[from] JudgeError),
    /// An object of an earlier run is in the way.
    #[error("{0}")]
    InTheWay(String),
    /// A watch could not begin.
    #[error("cannot watch {what}: {reason}")]
    Watch {
        /// The objects.
        what: &'static str,
        /// Why.
        reason: String,
    },
    /// The run was interrupted before its first test.
    #[error("interrupted before the first test")]
    Interrupted,
}

fn carried() -> String {
    SuiteVersion::ALL.map(SuiteVersion::name).join(" and ")
}

fn named(present: &[String]) -> String {
    if present.is_empty() {
        " (there are none at all)".to_owned()
    } else {
        format!(" (there are: {})", present.join(", "))
    }
}

fn lines(lines: &[String]) -> String {
    lines
        .iter()
        .flat_map(|line| {
            [
                "
  ", line,
            ]
        })
        .collect()
}

impl Error {
    /// Whether it was in what the user asked for, and not in the cluster.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Plan(error) => !matches!(error, PlanError::NoFeatures),
            Self::Patch(_) => true,
            _ => false,
        }
    }
}
