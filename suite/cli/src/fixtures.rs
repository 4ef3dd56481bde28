//! `fixtures`: what the suite brings to a cluster. No input but the binary itself.

use clap::{Args, Subcommand};
use harness::{
    Suite,
    model::{fixtures::Fixtures, version::SuiteVersion},
};

use super::{
    exit::{Exit, Stop},
    fixture_args::ImageArgs,
    output::print,
    own_tests::TestsArgs,
};

/// What to tell of the fixtures.
#[derive(Debug, Subcommand)]
pub enum FixturesCommand {
    /// List the images that nodes pull, one a line, to be loaded beforehand.
    Images(ImagesArgs),
}

/// The flags of `fixtures images`.
#[derive(Debug, Args)]
pub struct ImagesArgs {
    /// Those of this version of the suite [default: the newest].
    #[arg(long, value_name = "VERSION", value_parser = str::parse::<SuiteVersion>)]
    pub suite_version: Option<SuiteVersion>,
    /// Where they come from.
    #[command(flatten)]
    pub images: ImageArgs,
    /// Those of the user's own, with the images that they bring.
    #[command(flatten)]
    pub own: TestsArgs,
}

/// Tells it.
pub fn fixtures(command: FixturesCommand, suite: &Suite) -> Result<Exit, Stop> {
    let FixturesCommand::Images(ImagesArgs { suite_version, images, .. }) = command;
    let version = suite_version.unwrap_or(SuiteVersion::NEWEST);
    let images = images.images();
    let known = harness::images(suite, version).map_err(Stop::not_judged)?;
    check(suite, &Fixtures { images: images.clone(), ..Fixtures::default() })?;
    let mut resolved: Vec<_> = known.iter().map(|image| images.resolve(image) + "\n").collect();
    resolved.sort();
    resolved.dedup();
    print(&resolved.concat())?;
    Ok(Exit::Passed)
}

/// Refuses what is said of images and objects that no manifest has.
pub fn check(suite: &Suite, fixtures: &Fixtures) -> Result<(), Stop> {
    harness::check_fixtures(suite, fixtures).map_err(Stop::usage)
}
