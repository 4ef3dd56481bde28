//! Extensions: what the announcement of v1alpha2 names and the Go suite does not test.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::suggest::{Unknown, lookup};

/// A set of tests beyond those of the Go suite. They are run only if asked for, and no profile counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
pub enum Extension {
    /// Policies that are attached to objects, see GEP-713.
    PolicyAttachment,
    /// HTTPRoutes that hand requests on to other HTTPRoutes.
    RouteDelegation,
}

impl Extension {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::PolicyAttachment, Self::RouteDelegation];

    /// The name in flags and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PolicyAttachment => "POLICY-ATTACHMENT",
            Self::RouteDelegation => "ROUTE-DELEGATION",
        }
    }
}

impl fmt::Display for Extension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Extension {
    type Err = Unknown;

    fn from_str(name: &str) -> Result<Self, Unknown> {
        lookup("extension", name, Self::ALL.map(|extension| (extension.name(), extension)))
    }
}
