//! What a user can set of a run.

use std::{collections::BTreeMap, fmt, net::IpAddr};

use model::{
    address::StaticAddresses, described::Described, dossier::LogSource, fixtures::Fixtures,
    implementation::Implementation, plan::Selection, timeouts::Timeouts, version::SuiteVersion,
};
use probe::AddressMap;

/// How many tests run at a time where nothing is said: enough to fill the waits of one another, few
/// enough for the runners of continuous integration.
pub const MAX_PARALLEL: usize = 8;

/// How many Gateways may stand, with those ahead of their tests, where nothing is said: as many as an
/// implementation that starts a proxy for each can have in a small cluster.
pub const GATEWAYS_AHEAD: usize = 16;

/// A command of the user at certain moments of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// When.
    pub phase: Phase,
    /// What, for a shell.
    pub command: String,
}

/// Moments of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The base environment, or a copy of it, was applied. A command that fails ends the run.
    AfterSetup,
    /// A test is about to be applied. If a command fails, the test is not judged.
    BeforeTest,
    /// A test failed, or could not be judged, and its objects are there.
    OnFailure,
    /// A test has ended, and its objects are removed.
    AfterTest,
}

impl Phase {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::AfterSetup, Self::BeforeTest, Self::OnFailure, Self::AfterTest];

    /// As users write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AfterSetup => "after-setup",
            Self::BeforeTest => "before-test",
            Self::OnFailure => "on-failure",
            Self::AfterTest => "after-test",
        }
    }
}

/// Of which family the addresses are at which Gateways are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IpFamily {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl IpFamily {
    /// Whether an address is of it, or is a name, which may have both.
    pub(crate) fn has(self, address: &str) -> bool {
        match address.parse::<IpAddr>() {
            Ok(address) => address.is_ipv4() == (self == Self::V4),
            Err(_) => true,
        }
    }
}

impl fmt::Display for IpFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        })
    }
}

/// By which way the Gateways are reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Via {
    /// By sockets of this process.
    #[default]
    Direct,
    /// Through an HTTP proxy at `HOST:PORT`, by `CONNECT`.
    Proxy(String),
    /// Through a SOCKS5 proxy at `HOST:PORT`.
    Socks(String),
    /// Through a prober at `HOST:PORT`.
    Relay(String),
    /// Through the API server, to the Pods of the Service that has the Gateway's address.
    PortForward,
    /// Through a prober in the cluster, which is a Pod with this image.
    Prober(String),
}

impl Via {
    /// Whether UDP goes that way.
    pub const fn carries_datagrams(&self) -> bool {
        matches!(self, Self::Direct | Self::Relay(_) | Self::Prober(_))
    }
}

/// What a user can set of a run.
#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that users set for itself")]
pub struct Options {
    /// Which tests.
    pub selection: Selection,
    /// Whose tests; told from the definitions if not given.
    pub version: Option<SuiteVersion>,
    /// Whether definitions of another version, or of mixed ones, are judged all the same.
    pub allow_crds_mismatch: bool,
    /// The GatewayClass of the implementation.
    pub gateway_class: String,
    /// The limits.
    pub timeouts: Timeouts,
    /// Who made the implementation, for the report.
    pub implementation: Implementation,
    /// The implementation's operating mode, for the report.
    pub mode: String,
    /// Whether findings make a test fail.
    pub strict: bool,
    /// Whether no test is begun after the first failure.
    pub fail_fast: bool,
    /// How many tests run at a time.
    pub max_parallel: usize,
    /// Whether a test runs alone where its routes answer, and not beside others whose requests they
    /// cannot answer.
    pub alone: bool,
    /// How often each test is run; once at least.
    pub rounds: u32,
    /// How many copies of the base environment stand side by side. There is one where Gateways share an
    /// address. None: as many as make the run shorter.
    pub lanes: Option<usize>,
    /// How many Gateways may stand without a test that runs, base Gateways included.
    pub gateways_ahead: usize,
    /// How many there may be at once, whatever they are for; any number if nothing is said.
    pub max_gateways: Option<usize>,
    /// Whether the base environment is removed at the end.
    pub cleanup_base: bool,
    /// Whether each test's objects are removed after it.
    pub cleanup_tests: bool,
    /// Whether a failed test's objects and the base environment are left for a look at them. No
    /// test is begun after the failure, since they would be in its way.
    pub keep_on_failure: bool,
    /// What is captured of a failure: with any value all that is about the test, and the logs of these Pods.
    pub captures: Option<Vec<LogSource>>,
    /// What is changed of the fixtures so that they fit the cluster.
    pub fixtures: Fixtures,
    /// Further labels of the namespaces.
    pub namespace_labels: BTreeMap<String, String>,
    /// Further annotations of the namespaces.
    pub namespace_annotations: BTreeMap<String, String>,
    /// Which addresses Gateways can be given that ask for them.
    pub addresses: StaticAddresses,
    /// What the tests of extensions need to be told of the implementation.
    pub described: Described,
    /// Where a Gateway's address and port is reached from here, if not there.
    pub address_map: Option<AddressMap>,
    /// Of which family the addresses are at which Gateways are asked; the first of each Gateway if nothing is said.
    pub ip_family: Option<IpFamily>,
    /// By which way.
    pub via: Via,
    /// Commands at certain moments.
    pub hooks: Vec<Hook>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            selection: Selection::default(),
            version: None,
            allow_crds_mismatch: false,
            gateway_class: "gateway-conformance".into(),
            timeouts: Timeouts::default(),
            implementation: Implementation::default(),
            mode: "default".into(),
            strict: false,
            fail_fast: false,
            max_parallel: MAX_PARALLEL,
            alone: false,
            rounds: 1,
            lanes: None,
            gateways_ahead: GATEWAYS_AHEAD,
            max_gateways: None,
            cleanup_base: true,
            cleanup_tests: true,
            keep_on_failure: false,
            captures: None,
            fixtures: Fixtures::default(),
            namespace_labels: BTreeMap::new(),
            namespace_annotations: BTreeMap::new(),
            addresses: StaticAddresses::default(),
            described: Described::default(),
            address_map: None,
            ip_family: None,
            via: Via::Direct,
            hooks: Vec::new(),
        }
    }
}
