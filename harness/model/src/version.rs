//! The versions of the Go suite that this binary carries.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::suggest::{Unknown, lookup};

/// A release of the Gateway API whose set of tests is carried.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub enum SuiteVersion {
    /// v1.6.3
    #[serde(rename = "v1.6.3")]
    V1_6_3,
    /// v1.7.0
    #[serde(rename = "v1.7.0")]
    V1_7_0,
}

impl SuiteVersion {
    /// All of them, oldest first.
    pub const ALL: [Self; 2] = [Self::V1_6_3, Self::V1_7_0];
    /// The newest one.
    pub const NEWEST: Self = Self::V1_7_0;

    /// As in the definitions' annotation `gateway.networking.k8s.io/bundle-version`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::V1_6_3 => "v1.6.3",
            Self::V1_7_0 => "v1.7.0",
        }
    }
}

impl fmt::Display for SuiteVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for SuiteVersion {
    type Err = Unknown;

    fn from_str(name: &str) -> Result<Self, Unknown> {
        lookup("suite version", name, Self::ALL.map(|version| (version.name(), version)))
    }
}
