//! The rules for reports that are published.

use std::fmt;

/// A rule of the Gateway API project, in the order in which a report is held against them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each has a text that says it")]
pub enum Rule {
    Readable,
    Generated,
    Kind,
    Date,
    Release,
    Channel,
    Mode,
    Implementation,
    Url,
    Version,
    Name,
    Profiles,
    Summary,
    Result,
    Skips,
    Statistics,
    Readme,
}

impl Rule {
    /// The name in lists.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Readable => "readable",
            Self::Generated => "generated",
            Self::Kind => "kind",
            Self::Date => "date",
            Self::Release => "release",
            Self::Channel => "channel",
            Self::Mode => "mode",
            Self::Implementation => "implementation",
            Self::Url => "url",
            Self::Version => "version",
            Self::Name => "name",
            Self::Profiles => "profiles",
            Self::Summary => "summary",
            Self::Result => "result",
            Self::Skips => "skips",
            Self::Statistics => "statistics",
            Self::Readme => "readme",
        }
    }

    /// What it demands.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Readable => "a report is a YAML document",
            Self::Generated => {
                "a report is left as it was generated, with the keys that reports have"
            }
            Self::Kind => "kind is ConformanceReport of gateway.networking.k8s.io",
            Self::Date => "date is a time as in RFC 3339",
            Self::Release => "gatewayAPIVersion is of the release whose folder the report is in",
            Self::Channel => "gatewayAPIChannel is standard or experimental",
            Self::Mode => "mode is set",
            Self::Implementation => {
                "organization, project, url, version and contact say who made it"
            }
            Self::Url => "the implementation's url is an absolute http or https one, with a host",
            Self::Version => "the implementation's version is a semantic one, and no branch",
            Self::Name => "the file is called <channel>-<version>-<mode>-report.yaml",
            Self::Profiles => "the profiles are those of the project",
            Self::Summary => "each profile has a summary",
            Self::Result => "each result is success or partial",
            Self::Skips => "no level of a profile has more than 5 tests skipped",
            Self::Statistics => "the results, the statistics and the lists of tests agree",
            Self::Readme => "a README.md beside the report links it and says how to reproduce it",
        }
    }

    /// Since which release it holds: the earlier ones were published before most of the rules were written. Since v1.7 the
    /// Go suite itself tells whether a report is conformant, and asks more.
    pub const fn since(self) -> (u64, u64) {
        match self {
            Self::Readable | Self::Kind | Self::Release => (0, 0),
            Self::Url | Self::Summary | Self::Skips => (1, 7),
            _ => (1, 1),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
