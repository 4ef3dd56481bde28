//! Extensions: what the announcement of v1alpha2 names and the Go suite does not test.

use std::{fmt, str::FromStr};

use internment::Intern;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::suggest::{Unknown, lookup};

/// A set of tests beyond those of the Go suite. They are run only if asked for, and no profile counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Extension {
    /// Policies that are attached to objects, see GEP-713.
    PolicyAttachment,
    /// HTTPRoutes that hand requests on to other HTTPRoutes.
    RouteDelegation,
    /// The user's own tests of a profile, see [`own`](crate::own).
    Own(Intern<str>),
}

impl Extension {
    /// Those that the suite brings.
    pub const ALL: [Self; 2] = [Self::PolicyAttachment, Self::RouteDelegation];

    /// The name in flags and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::PolicyAttachment => "POLICY-ATTACHMENT",
            Self::RouteDelegation => "ROUTE-DELEGATION",
            Self::Own(name) => name.as_ref(),
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

impl Serialize for Extension {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Extension {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Ok(name.parse().unwrap_or_else(|_| Self::Own(name.as_str().into())))
    }
}
