//! The files that users write, as JSON Schemas: for editors, and for who makes them by a program.

use std::{fmt, str::FromStr};

use schemars::schema_for;
use serde_json::Value;

use crate::{
    delegation::Delegation,
    expectation::Expectations,
    fixtures::Patches,
    own::{OwnProfile, OwnTest},
    policy,
    suggest::{Unknown, lookup},
};

/// A file that users write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// `--expectations`.
    Expectations,
    /// `--policy`.
    Policy,
    /// `--delegation`.
    Delegation,
    /// `--patch`.
    Patches,
    /// `profile.yaml` in the folder of `--tests`.
    Profile,
    /// The first document of any other file there.
    Test,
}

impl Written {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Expectations,
        Self::Policy,
        Self::Delegation,
        Self::Patches,
        Self::Profile,
        Self::Test,
    ];

    /// The name by which a schema is asked for.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Expectations => "expectations",
            Self::Policy => "policy",
            Self::Delegation => "delegation",
            Self::Patches => "patches",
            Self::Profile => "profile",
            Self::Test => "test",
        }
    }

    /// Its JSON Schema, of draft 2020-12.
    pub fn schema(self) -> Value {
        let schema = match self {
            Self::Expectations => schema_for!(Expectations),
            Self::Policy => schema_for!(policy::Description),
            Self::Delegation => schema_for!(Delegation),
            Self::Patches => schema_for!(Patches),
            Self::Profile => schema_for!(OwnProfile),
            Self::Test => schema_for!(OwnTest),
        };
        schema.to_value()
    }
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Written {
    type Err = Unknown;

    fn from_str(name: &str) -> Result<Self, Unknown> {
        lookup("schema", name, Self::ALL.map(|it| (it.name(), it)))
    }
}
