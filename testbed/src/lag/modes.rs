//! Each way to be slow or noisy, with what it imitates.

/// A way to be slow or noisy.
#[derive(Clone, Copy, Debug)]
pub struct LagMode {
    /// The name, in kebab case.
    pub name: &'static str,
    /// What happens.
    pub what: &'static str,
    /// The value where none is given; empty where there is none.
    pub default: &'static str,
    pub(super) unit: Unit,
    pub(super) id: Name,
}

/// What the value of a mode is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// A time, or a range of them.
    Time,
    /// A percentage.
    Share,
    /// A time, and how many at a time.
    Queue,
    /// A number above 0.
    Count,
    /// There is no value.
    None,
}

/// A mode, for the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Name {
    AddressPool,
    Addresses,
    Configuration,
    Conflicts,
    ExtraConditions,
    InterimStatuses,
    OutdatedStatuses,
    Pods,
    Provisioning,
    Reloads,
    RepeatedStatuses,
    Replicas,
    Resets,
    Restarts,
    Status,
    StatusAfterTraffic,
    Throttling,
    Traffic,
    TrafficAfterStatus,
    Unavailable,
    Watches,
}

impl Name {
    /// Whether it is the API server that makes the trouble.
    pub(super) fn is_of_api_server(self) -> bool {
        matches!(self, Self::Conflicts | Self::Restarts | Self::Throttling | Self::Watches)
    }
}

const fn time(id: Name, name: &'static str, default: &'static str, what: &'static str) -> LagMode {
    LagMode { name, what, default, unit: Unit::Time, id }
}

const fn share(id: Name, name: &'static str, default: &'static str, what: &'static str) -> LagMode {
    LagMode { name, what, default, unit: Unit::Share, id }
}

/// Every mode, sorted by name.
pub const MODES: &[LagMode] = &[
    LagMode {
        name: "address-pool",
        what: "So many Gateways have an address at a time; the others wait for one in their order.",
        default: "10",
        unit: Unit::Count,
        id: Name::AddressPool,
    },
    time(
        Name::Addresses,
        "addresses",
        "0s..20s",
        "Each TIME the addresses in the Gateways' statuses change in order, number and family.",
    ),
    time(
        Name::Configuration,
        "configuration",
        "0s..20s",
        "A change is seen TIME later: statuses and traffic stay as they were until then.",
    ),
    share(
        Name::Conflicts,
        "conflicts",
        "20%",
        "Another writer comes before this share of the writes that rely on a resourceVersion: 409.",
    ),
    LagMode {
        name: "extra-conditions",
        what: "Statuses have conditions of other types too, and all of them in any order.",
        default: "",
        unit: Unit::None,
        id: Name::ExtraConditions,
    },
    time(
        Name::InterimStatuses,
        "interim-statuses",
        "0s..5s",
        "Conditions that change are Unknown, reason Pending, for TIME.",
    ),
    time(
        Name::OutdatedStatuses,
        "outdated-statuses",
        "0s..5s",
        "After each status the one before it is written once more, for TIME.",
    ),
    time(
        Name::Pods,
        "pods",
        "0s..20s",
        "Gateways are Pods, which become ready TIME after their status says Programmed.",
    ),
    LagMode {
        name: "provisioning",
        what: "Each Gateway takes TIME to be provisioned: TIME[,N] for N at a time, one if not given.",
        default: "5s,1",
        unit: Unit::Queue,
        id: Name::Provisioning,
    },
    time(
        Name::Reloads,
        "reloads",
        "0s..5s",
        "On a change a port refuses connections for a fifth of TIME, then serves what was before for TIME.",
    ),
    time(
        Name::RepeatedStatuses,
        "repeated-statuses",
        "0s..5s",
        "Each status is written twice, TIME apart, first with other transition times.",
    ),
    time(
        Name::Replicas,
        "replicas",
        "0s..20s",
        "A second replica takes every other connection, and serves what was before for TIME.",
    ),
    time(
        Name::Resets,
        "resets",
        "0s..5s",
        "A port resets connections for TIME after its routes or listeners have changed.",
    ),
    time(
        Name::Restarts,
        "restarts",
        "1s..5s",
        "The API server is away for TIME, now and then: refuses connections, then answers 503.",
    ),
    time(
        Name::Status,
        "status",
        "0s..20s",
        "The statuses that follow from a change are written TIME later.",
    ),
    time(
        Name::StatusAfterTraffic,
        "status-after-traffic",
        "0s..20s",
        "The statuses that follow from a change are written TIME after it is served.",
    ),
    share(
        Name::Throttling,
        "throttling",
        "5%",
        "This share of the requests to the API server is answered 429 with Retry-After: 1.",
    ),
    time(
        Name::Traffic,
        "traffic",
        "0s..20s",
        "A change is served TIME later; what was before still answers.",
    ),
    time(
        Name::TrafficAfterStatus,
        "traffic-after-status",
        "0s..20s",
        "A change is served TIME after its statuses are written; what was before still answers.",
    ),
    time(
        Name::Unavailable,
        "unavailable",
        "0s..5s",
        "A port answers 503 for TIME after its routes or listeners have changed.",
    ),
    time(
        Name::Watches,
        "watches",
        "5s..60s",
        "Each watch ends after TIME: over, broken off, or told that its version is too old (410).",
    ),
];
