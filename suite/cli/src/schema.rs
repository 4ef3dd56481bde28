//! `schema`: the formats of the files that users write, and of those that are written for them.

use std::str::FromStr;

use clap::Args;
use harness::model::{
    delegation::Delegation,
    event::Event,
    expectation::Expectations,
    fixtures::Patches,
    own::{OwnProfile, OwnTest},
    policy,
    suggest::{Unknown, lookup},
};
use reports::sidecar::Sidecar;
use schemars::{Schema, schema_for};

use super::{
    exit::{Exit, Stop},
    output::print,
};

/// A format, by its name.
type Format = (&'static str, fn() -> Schema);

/// Those of `--expectations`, `--policy`, `--delegation` and `--patch`, of `profile.yaml` and of the first document of the
/// other files of `--tests`, of each line of `--events`, and of `--sidecar`.
const FORMATS: [Format; 8] = [
    ("expectations", || schema_for!(Expectations)),
    ("policy", || schema_for!(policy::Description)),
    ("delegation", || schema_for!(Delegation)),
    ("patch", || schema_for!(Patches)),
    ("profile", || schema_for!(OwnProfile)),
    ("test", || schema_for!(OwnTest)),
    ("events", || schema_for!(Event)),
    ("sidecar", || schema_for!(Sidecar<'static>)),
];

/// A format that has a schema.
#[derive(Clone, Debug)]
pub struct Described(fn() -> Schema);

impl FromStr for Described {
    type Err = Unknown;

    fn from_str(name: &str) -> Result<Self, Unknown> {
        lookup("schema", name, FORMATS).map(Self)
    }
}

/// The flags of `schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Of which: expectations, policy, delegation, patch, the profile or a test of --tests, events (each line is one), sidecar.
    #[arg(value_name = "NAME", value_parser = str::parse::<Described>)]
    pub name: Described,
}

/// Prints a JSON Schema, of draft 2020-12.
pub fn schema(args: &SchemaArgs) -> Result<Exit, Stop> {
    let Described(schema) = &args.name;
    print(&(serde_json::to_string_pretty(&schema()).map_err(Stop::not_judged)? + "\n"))?;
    Ok(Exit::Passed)
}
