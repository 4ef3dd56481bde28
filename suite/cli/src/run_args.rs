//! The flags of `run`: those of the Go suite by its names, and our own.
//!
//! Each is an `Option`, since a flag that is not given leaves the word to the options file.

use std::{
    num::{NonZeroU32, NonZeroUsize},
    path::PathBuf,
    sync::Arc,
};

use clap::Args;
use harness::{
    Hook, IpFamily,
    model::{
        address::Address, delegation::Delegation, dossier::LogSource, extension::Extension,
        feature::Feature, part::Part, policy, profile::Profile, version::SuiteVersion,
    },
};

use super::{
    cluster_args::ClusterArgs,
    fixture_args::FixtureArgs,
    own_tests::TestsArgs,
    values::{
        Detour, Expectations, Features, List, Pairs, TimeoutOverrides, Took, Way, at_least_one,
        described, expected_today, failed_in, go_bool, hook, ip_family, list, pairs, scale,
        took_in,
    },
};

/// The flags of `run`.
#[derive(Debug, Default, Args)]
pub struct RunArgs {
    /// A YAML file with options, by the keys of the Go suite; flags win over it.
    #[arg(long, value_name = "FILE")]
    pub conformance_options_file: Option<PathBuf>,
    /// The cluster.
    #[command(flatten)]
    pub cluster: ClusterArgs,
    /// What is run.
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// Who made what is judged.
    #[command(flatten)]
    pub implementation: ImplementationArgs,
    /// What is written.
    #[command(flatten)]
    pub outputs: OutputArgs,
    /// How it is run.
    #[command(flatten)]
    pub conduct: ConductArgs,
    /// How the fixtures fit the cluster.
    #[command(flatten)]
    pub fixtures: FixtureArgs,
    /// What comes later.
    #[command(flatten)]
    pub later: LaterArgs,
}

/// What is run.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "What is run")]
pub struct SelectionArgs {
    /// The profiles to report on, comma separated: GATEWAY-HTTP, …
    #[arg(long, value_name = "LIST", value_parser = list::<Profile>)]
    pub conformance_profiles: Option<List<Profile>>,
    /// The features that the implementation supports, comma separated; read from the GatewayClass
    /// if no flag says anything about features. With + or - before each they are more or fewer than it lists:
    /// `+HTTPRouteCORS,-HTTPRouteRetry`.
    #[arg(long, value_name = "LIST", allow_hyphen_values = true, value_parser = str::parse::<Features>)]
    pub supported_features: Option<Features>,
    /// Features that it does not support, comma separated. The core of a chosen profile stays in.
    #[arg(long, value_name = "LIST", value_parser = list::<Feature>)]
    pub exempt_features: Option<List<Feature>>,
    /// It supports every feature but for the exempt ones.
    #[arg(
        long, value_name = "BOOL", value_parser = go_bool,
        num_args = 0..=1, require_equals = true, default_missing_value = "true"
    )]
    pub all_features: Option<bool>,
    /// Tests to leave out, comma separated; the report counts them as skipped.
    #[arg(long, value_name = "LIST", value_parser = list::<String>)]
    pub skip_tests: Option<List<String>>,
    /// The one test to run, whatever its features.
    #[arg(long, value_name = "TEST")]
    pub run_test: Option<String>,
    /// Run only tests whose name matches this pattern, such as `HTTPRoute*Match*`; repeatable.
    #[arg(long = "filter", value_name = "GLOB")]
    pub filters: Vec<String>,
    /// Run only the tests that failed or could not be judged in an earlier run, from what it wrote to --events.
    #[arg(long, value_name = "EVENTS", value_parser = failed_in)]
    pub failed_from: Option<List<String>>,
    /// Run only the second of four parts of the tests, as `2/4`, on one of four machines; `report merge` makes one report of
    /// their events.
    #[arg(long, value_name = "K/N")]
    pub shard: Option<Part>,
    /// Divide the shards by how long the tests took in an earlier run, from what it wrote to --events. It must be the
    /// same on all machines.
    #[arg(long, value_name = "EVENTS", requires = "shard", value_parser = took_in)]
    pub shard_by: Option<Took>,
    /// Extensions whose tests are run too, comma separated: POLICY-ATTACHMENT, ROUTE-DELEGATION. No profile counts
    /// them.
    #[arg(long, value_name = "LIST", value_parser = list::<Extension>)]
    pub extensions: Option<List<Extension>>,
    /// The description of the policy that POLICY-ATTACHMENT attaches, which is then run; on the testbed that of its
    /// own if nothing is said.
    #[arg(long, value_name = "FILE", value_parser = described::<policy::Description>)]
    pub policy: Option<Arc<policy::Description>>,
    /// The description of how ROUTE-DELEGATION hands requests on, which is then run; on the testbed that of its own if
    /// nothing is said.
    #[arg(long, value_name = "FILE", value_parser = described::<Delegation>)]
    pub delegation: Option<Arc<Delegation>>,
    /// Those of the user's own.
    #[command(flatten)]
    pub own: TestsArgs,
    /// A file that says of which tests is expected that they fail, or fail at times, or are not run, and why
    /// (docs/running.md); repeatable. A test that is expected to fail and passes fails the run.
    #[arg(long, value_name = "FILE", value_parser = expected_today)]
    pub expectations: Vec<Expectations>,
    /// Leave provisional tests out.
    #[arg(
        long, value_name = "BOOL", value_parser = go_bool,
        num_args = 0..=1, require_equals = true, default_missing_value = "true"
    )]
    pub skip_provisional_tests: Option<bool>,
    /// Run the tests of this version of the suite, whatever definitions the cluster has.
    #[arg(long, value_name = "VERSION", value_parser = str::parse::<SuiteVersion>)]
    pub suite_version: Option<SuiteVersion>,
    /// Run though the definitions are of another version, or of several.
    #[arg(
        long, value_name = "BOOL", value_parser = go_bool,
        num_args = 0..=1, require_equals = true, default_missing_value = "true"
    )]
    pub allow_crds_mismatch: Option<bool>,
}

/// Who made what is judged.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Your implementation, for the report")]
pub struct ImplementationArgs {
    /// Who develops it.
    #[arg(long, value_name = "NAME")]
    pub organization: Option<String>,
    /// Its name.
    #[arg(long, value_name = "NAME")]
    pub project: Option<String>,
    /// Its home, an absolute http or https URL.
    #[arg(long)]
    pub url: Option<String>,
    /// Its version, a snapshot and never a branch. (-V prints the version of this tool.)
    #[arg(long)]
    pub version: Option<String>,
    /// How to reach its maintainers, comma separated.
    #[arg(long, value_name = "LIST", value_parser = list::<String>)]
    pub contact: Option<List<String>>,
    /// Its operating mode [default: default].
    #[arg(long)]
    pub mode: Option<String>,
}

/// What is written.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Reports (on the testbed report.yaml and junit.xml, else none)")]
pub struct OutputArgs {
    /// The report that the Gateway API project takes, YAML.
    #[arg(long, value_name = "FILE")]
    pub report_output: Option<PathBuf>,
    /// A JUnit report, XML.
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// What the report has no place for, YAML: the limits, and each test with its result and why.
    #[arg(long, value_name = "FILE")]
    pub sidecar: Option<PathBuf>,
    /// The tests in the Test Anything Protocol, version 14.
    #[arg(long, value_name = "FILE")]
    pub tap: Option<PathBuf>,
    /// Everything that happens as it happens, JSON lines; - is the standard output, on which nothing else is said then.
    #[arg(long, value_name = "FILE")]
    pub events: Option<PathBuf>,
    /// The folder in which Sonobuoy looks for what a plugin found: a JUnit report, and a file that says that it is done.
    #[arg(long, value_name = "DIR", conflicts_with = "junit")]
    pub sonobuoy: Option<PathBuf>,
    /// A folder that gets one of each test that failed or could not be judged, with all that was there before its objects were
    /// removed: objects, events, logs, transcripts. `explain DIR` reads it.
    #[arg(long, value_name = "DIR")]
    pub dossier: Option<PathBuf>,
    /// Pods whose logs belong into a dossier, beside those that serve the test's Gateways and its backends; repeatable.
    #[arg(long, value_name = "NAMESPACE/SELECTOR", requires = "dossier", value_parser = str::parse::<LogSource>)]
    pub dossier_logs: Vec<LogSource>,
    /// Show every request and answer.
    #[arg(
        long, value_name = "BOOL", value_parser = go_bool,
        num_args = 0..=1, require_equals = true, default_missing_value = "true"
    )]
    pub debug: Option<bool>,
}

/// How it is run.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "How it is run")]
pub struct ConductArgs {
    /// Make findings beyond the Go suite's checks failures.
    #[arg(
        long, value_name = "BOOL", value_parser = go_bool,
        num_args = 0..=1, require_equals = true, default_missing_value = "true"
    )]
    pub strict: Option<bool>,
    /// Stop at the first failure.
    #[arg(
        long, value_name = "BOOL", value_parser = go_bool,
        num_args = 0..=1, require_equals = true, default_missing_value = "true"
    )]
    pub fail_fast: Option<bool>,
    /// Run at most this many tests at once.
    #[arg(long, value_name = "N", value_parser = at_least_one::<NonZeroUsize>, allow_negative_numbers = true)]
    pub max_parallel: Option<NonZeroUsize>,
    /// Run no test beside another whose routes answer at the same place, even where they can answer none of
    /// its requests.
    #[arg(
        long, value_name = "BOOL", value_parser = go_bool,
        num_args = 0..=1, require_equals = true, default_missing_value = "true"
    )]
    pub alone: Option<bool>,
    /// Run one test after another.
    #[arg(
        long, value_name = "BOOL", value_parser = go_bool,
        num_args = 0..=1, require_equals = true, default_missing_value = "true"
    )]
    pub disable_parallel_tests: Option<bool>,
    /// Run each test this often, one round after the other, and show how often it failed and how long
    /// the implementation took.
    #[arg(long, value_name = "N", value_parser = at_least_one::<NonZeroU32>, allow_negative_numbers = true)]
    pub repeat: Option<NonZeroU32>,
    /// Ask for so many times as many right answers in a row; the share of wrong ones in between is told
    /// [default: 1].
    #[arg(long, value_name = "N", value_parser = at_least_one::<NonZeroU32>, allow_negative_numbers = true)]
    pub thorough: Option<NonZeroU32>,
    /// Let this many copies of the base environment stand side by side, so that tests of one Gateway
    /// need not wait for each other. There is one where the Gateways share an address [default: one, and
    /// up to 4 where the run would be long].
    #[arg(long, value_name = "N", value_parser = at_least_one::<NonZeroUsize>, allow_negative_numbers = true)]
    pub lanes: Option<NonZeroUsize>,
    /// Have at most this many Gateways at once; a test that needs more is skipped [default: any number, of
    /// which up to 16 are created ahead of their tests; with one test at a time none].
    #[arg(long, value_name = "N", value_parser = at_least_one::<NonZeroUsize>, allow_negative_numbers = true)]
    pub max_gateways: Option<NonZeroUsize>,
    /// Limits by name, in seconds or with a unit: `GatewayMustHaveAddress:60;RequestTimeout:250ms`.
    #[arg(long, value_name = "LIST", value_parser = str::parse::<TimeoutOverrides>)]
    pub timeout_config_overrides: Option<TimeoutOverrides>,
    /// Multiply every limit.
    #[arg(long, value_name = "X", value_parser = scale, allow_negative_numbers = true)]
    pub timeout_scale: Option<f64>,
    /// Connect to another address where a Gateway's is not reachable from here, comma separated or
    /// repeated: `ADDRESS:PORT=ADDRESS:PORT`.
    #[arg(long, value_name = "MAP", value_delimiter = ',', value_parser = str::parse::<Detour>)]
    pub address_map: Vec<Detour>,
    /// Run a command of the shell at a moment, PHASE=COMMAND; repeatable. The moments are after-setup, before-test, on-failure (the
    /// objects are still there) and after-test. In its environment are `GATEWAY_CONFORMANCE_TEST`, `…_RUN`, `…_NAMESPACES`,
    /// `…_GATEWAY_CLASS` and `…_PHASE`.
    #[arg(long = "hook", value_name = "PHASE=COMMAND", value_parser = hook)]
    pub hooks: Vec<Hook>,
    /// Ask Gateways that have several addresses at that of this family: ipv4 or ipv6 [default: at the first].
    #[arg(long, value_name = "FAMILY", value_parser = ip_family)]
    pub ip_family: Option<IpFamily>,
    /// By which way Gateways are reached that are not reachable from here: direct, socks5://HOST:PORT, http://HOST:PORT (a proxy
    /// that knows CONNECT), relay://HOST:PORT (`prober` there), port-forward (through the API server), or prober (a Pod) [default:
    /// direct].
    #[arg(long, value_name = "WAY", value_parser = str::parse::<Way>)]
    pub via: Option<Way>,
    /// The image of this program, for --via prober.
    #[arg(long, value_name = "IMAGE", required_if_eq("via", "prober"))]
    pub prober_image: Option<String>,
    /// Addresses that a Gateway can be given, comma separated.
    #[arg(long, value_name = "LIST", value_parser = list::<Address>)]
    pub usable_address: Option<List<Address>>,
    /// Addresses that no Gateway can be given, comma separated.
    #[arg(long, value_name = "LIST", value_parser = list::<Address>)]
    pub unusable_address: Option<List<Address>>,
    /// Labels for the namespaces of the fixtures: `key=value,key=value`.
    #[arg(long, value_name = "PAIRS", value_parser = pairs)]
    pub namespace_labels: Option<Pairs>,
    /// Annotations for them.
    #[arg(long, value_name = "PAIRS", value_parser = pairs)]
    pub namespace_annotations: Option<Pairs>,
    /// Remove the base environment at the end [default: true].
    #[arg(
        long, value_name = "BOOL", value_parser = go_bool,
        num_args = 0..=1, require_equals = true, default_missing_value = "true"
    )]
    pub cleanup_base_resources: Option<bool>,
    /// Remove the objects of each test after it [default: true].
    #[arg(
        long, value_name = "BOOL", value_parser = go_bool,
        num_args = 0..=1, require_equals = true, default_missing_value = "true"
    )]
    pub cleanup_test_resources: Option<bool>,
    /// Leave the objects of failed tests, and what they need, for a look.
    #[arg(
        long, value_name = "BOOL", value_parser = go_bool,
        num_args = 0..=1, require_equals = true, default_missing_value = "true"
    )]
    pub keep_on_failure: Option<bool>,
}

/// Flags of the Go suite that only tests of later versions need.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "For tests that this version does not have yet")]
pub struct LaterArgs {
    /// The mesh to judge.
    #[arg(long, value_name = "NAME")]
    pub mesh_name: Option<String>,
}
