//! The command line as clap reads it: the commands, and the flags of all but `run`.

use std::{fmt::Write as _, net::SocketAddr, path::PathBuf};

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, builder::PossibleValuesParser};
use clap_complete::Shell;
use harness::{
    OwnTests,
    model::{feature::Channel, part::Part, version::SuiteVersion},
};
use ipnet::Ipv4Net;
use testbed::{LagMode, LagSetting};

use super::{
    cluster_args::ClusterArgs,
    fixtures::{FixturesCommand, ImagesArgs},
    format::Format,
    own_tests::TestsArgs,
    report::ReportCommand,
    run_args::RunArgs,
    schema::SchemaArgs,
};

/// Judges implementations of the Kubernetes Gateway API: installs fixtures, sends traffic through
/// the Gateways under test, and says test by test which rule of the specification was kept.
///
/// Without a command it is `run`. Without --gateway-class, --kubeconfig or --context no cluster is
/// touched: the suite runs against an embedded testbed.
#[derive(Debug, Parser)]
#[command(name = "gateway-conformance", version, disable_version_flag = true)]
#[command(
    after_help = "Exit codes: 0 all passed, 1 a test failed, 2 wrong usage or input, 3 could \
                        not judge.\nEvery flag may be written with one dash or two."
)]
pub struct Cli {
    /// Print the version of this tool.
    #[arg(short = 'V', action = ArgAction::Version)]
    version: Option<bool>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the suite; this is what happens without a command too.
    Run(Box<RunArgs>),
    /// Tell which tests `run` with the same flags would judge, and why not the others. Nothing is applied.
    Plan(Box<PlanArgs>),
    /// Tell within 15 s what stands in the way of `run` with the same flags, and what to do about it. A workload and a Gateway are
    /// made in a namespace of their own, and removed again.
    Doctor(Box<DoctorArgs>),
    /// Print the `ClusterRole` that `run` with the same flags needs, found by running its tests on a testbed.
    Rbac(Box<RbacArgs>),
    /// Print the manifest of a Job that judges the cluster in which it runs, with the rights that it needs. Its log has the events,
    /// of which `report merge` makes the reports.
    Job(JobArgs),
    /// List all tests. Touches nothing.
    List(ListArgs),
    /// Start the testbed and keep it until Ctrl-C, for other tools to use.
    #[command(after_help = lag_modes())]
    Testbed(TestbedArgs),
    /// List the faults of the reference Gateway, or show that the tests find them.
    Faults(FaultsArgs),
    /// Tell what a test checks: its rule, its place in the specification, what is applied, what is
    /// probed. Or what a dossier has of tests that failed.
    Explain(ExplainArgs),
    /// Tell what the suite brings to a cluster. Touches nothing.
    #[command(subcommand)]
    Fixtures(FixturesCommand),
    /// Tell what changed since an earlier run, from the events that both saved.
    Diff(DiffArgs),
    /// Remove what any earlier run left in a cluster.
    Clean(CleanArgs),
    /// Be the far end of `--via relay://…`: carry connections and datagrams from here, until Ctrl-C. It is an HTTP proxy that
    /// knows CONNECT alone.
    Prober(ProberArgs),
    /// Print the completions of a shell.
    Completions(CompletionsArgs),
    /// Write the manual pages of the program and its commands.
    Man(ManArgs),
    /// Print the JSON Schema of a file that you write, or that is written for you.
    Schema(SchemaArgs),
    /// Work with reports that are written.
    #[command(subcommand)]
    Report(ReportCommand),
}

impl Command {
    /// The tests of the user's own that it is to know.
    pub fn own_tests(&self) -> &[OwnTests] {
        match self {
            Self::Run(args) => &args.selection.own.tests,
            Self::Plan(args) => &args.run.selection.own.tests,
            Self::Doctor(args) => &args.run.selection.own.tests,
            Self::Rbac(args) => &args.run.selection.own.tests,
            Self::List(ListArgs { own, .. })
            | Self::Explain(ExplainArgs { own, .. })
            | Self::Clean(CleanArgs { own, .. })
            | Self::Fixtures(FixturesCommand::Images(ImagesArgs { own, .. })) => &own.tests,
            _ => &[],
        }
    }
}

/// The flags of `plan`: those of `run`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// Those of `run`.
    #[command(flatten)]
    pub run: RunArgs,
    /// How to print it.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// The flags of `doctor`: those of `run`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Those of `run`.
    #[command(flatten)]
    pub run: RunArgs,
}

/// The flags of `rbac`: those of `run`.
#[derive(Debug, Args)]
pub struct RbacArgs {
    /// Those of `run`.
    #[command(flatten)]
    pub run: RunArgs,
}

/// The flags of `job`.
#[derive(Debug, Args)]
pub struct JobArgs {
    /// The image of this program.
    #[arg(long, value_name = "IMAGE")]
    pub image: String,
    /// Where the Job is.
    #[arg(long, value_name = "NAME", default_value = "gateway-conformance")]
    pub namespace: String,
    /// Print a plugin of Sonobuoy instead, which brings the rights.
    #[arg(long)]
    pub sonobuoy: bool,
    /// The flags of `run`, behind --.
    #[arg(last = true, required = true, value_name = "FLAGS OF RUN")]
    pub arguments: Vec<String>,
}

/// The flags of `list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// How to print it.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Only the tests of this version of the suite, with the features that it asks for.
    #[arg(long, value_name = "VERSION", value_parser = str::parse::<SuiteVersion>)]
    pub suite_version: Option<SuiteVersion>,
    /// Those of the user's own.
    #[command(flatten)]
    pub own: TestsArgs,
}

/// The flags of `prober`.
#[derive(Debug, Args)]
pub struct ProberArgs {
    /// Where it listens. Whoever can connect there can connect to whatever this machine can.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:9000")]
    pub listen: SocketAddr,
}

/// The flags of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// For which shell.
    #[arg(value_enum)]
    pub shell: Shell,
}

/// The flags of `man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The folder that gets the pages; it is made if it is not there.
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

/// The flags of `diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// What the earlier run wrote to --events.
    #[arg(value_name = "EVENTS")]
    pub before: PathBuf,
    /// What the later run wrote.
    #[arg(value_name = "EVENTS")]
    pub after: PathBuf,
}

/// The flags of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The name of a test, as `list` prints it, or a folder that --dossier wrote, or one of those in it.
    #[arg(value_name = "TEST|DIR")]
    pub what: String,
    /// Those of the user's own.
    #[command(flatten)]
    pub own: TestsArgs,
}

/// The flags of `faults`.
#[derive(Debug, Args)]
pub struct FaultsArgs {
    /// How to print it.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Run the suite on a testbed with each fault, and print which tests turn red.
    #[arg(long)]
    pub run: bool,
    /// The faults to run; all if none is named.
    #[arg(requires = "run")]
    pub names: Vec<String>,
    /// A way in which the testbed is to be slow or noisy as well, as for `testbed`; repeatable. Limits
    /// are such that a lag of 1s is within them.
    #[arg(long = "lag", requires = "run", value_name = "MODE[=VALUE]")]
    pub lag: Vec<LagSetting>,
    /// Run part K of N of the faults alone.
    #[arg(long, requires = "run", value_name = "K/N")]
    pub part: Option<Part>,
}

/// Which API server the testbed has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ApiServer {
    /// The one in this binary.
    #[default]
    Embedded,
    /// The real one, with etcd, from the folder that `KUBEBUILDER_ASSETS` names.
    KubeApiserver,
}

/// The flags of `testbed`.
#[derive(Debug, Args)]
pub struct TestbedArgs {
    /// Where the kubeconfig is written; a temporary file if nothing is said.
    #[arg(long, value_name = "FILE")]
    pub kubeconfig_output: Option<PathBuf>,
    /// Which API server it has.
    #[arg(long, value_enum, default_value_t)]
    pub api_server: ApiServer,
    /// The version of the Gateway API whose definitions it has, such as v1.7.0.
    #[arg(long, value_name = "VERSION")]
    pub bundle_version: Option<String>,
    /// The release channel of these definitions: standard or experimental.
    #[arg(long, value_parser = channel)]
    pub channel: Option<Channel>,
    /// Where the addresses of Pods and Gateways are taken from; within 127.0.0.0/8 if nothing is
    /// said.
    #[arg(long, value_name = "CIDR", value_parser = range)]
    pub address_range: Option<Ipv4Net>,
    /// A fault that the reference Gateway is to have, as `faults` lists them; repeatable.
    #[arg(long = "fault", value_name = "NAME")]
    pub faults: Vec<String>,
    /// An optional feature that it is not to have, and not to claim; repeatable.
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(testbed::OPTIONAL_FEATURES))]
    pub without_feature: Vec<String>,
    /// A way in which it is to be slow or noisy, though it keeps every rule; repeatable. TIME is one
    /// such as 500ms or 2s, or a range that is drawn from each time: 0s..20s.
    #[arg(long = "lag", value_name = "MODE[=VALUE]")]
    pub lag: Vec<LagSetting>,
    /// Where the chance in --lag begins: the same number gives the same draws.
    #[arg(long, value_name = "N", default_value_t)]
    pub lag_seed: u64,
}

/// The flags of `clean`.
#[derive(Debug, Args)]
pub struct CleanArgs {
    /// The cluster, chosen as for `run`.
    #[command(flatten)]
    pub cluster: ClusterArgs,
    /// Those of the user's own, of whose kinds objects may be left.
    #[command(flatten)]
    pub own: TestsArgs,
}

/// The ways to be slow or noisy, as the help shows them.
fn lag_modes() -> String {
    let mut text = "Ways to be slow or noisy (--lag):".to_owned();
    for LagMode { name, default, what, .. } in testbed::LAG_MODES {
        let value = if default.is_empty() { String::new() } else { format!("={default}") };
        let _ = write!(text, "\n  {name}{value}\n          {what}");
    }
    text
}

fn channel(text: &str) -> Result<Channel, String> {
    [Channel::Standard, Channel::Experimental]
        .into_iter()
        .find(|channel| channel.name() == text)
        .ok_or_else(|| "the channels are standard and experimental".to_owned())
}

fn range(text: &str) -> Result<Ipv4Net, String> {
    text.parse().map_err(|_| "write an IPv4 range, such as 127.8.0.0/16".to_owned())
}
