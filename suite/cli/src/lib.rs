//! The command line: reads it, does what it says, and tells how that ended.
//!
//! It knows no test: whoever calls [`main`] brings the suite.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used))]

mod args;
mod clean;
mod cluster_args;
mod diff;
mod doctor;
mod exit;
mod explain;
mod faults;
mod fixture_args;
mod fixtures;
mod format;
mod found;
mod go_style;
mod interrupt;
mod job;
mod list;
mod manual;
mod matrix;
mod observer;
mod options_file;
mod output;
mod own_tests;
mod plan;
mod prober;
mod rbac;
mod report;
mod run;
mod run_args;
mod saved;
mod schema;
mod settings;
mod setup;
mod testbed;
mod values;

use std::{ffi::OsString, process::ExitCode};

use clap::{CommandFactory, FromArgMatches, error::ContextKind};
use harness::Suite;

use self::{
    args::{Cli, Command},
    exit::{Exit, Stop},
};

/// Does what the arguments say with these tests; the arguments come without the program's name.
pub fn main(suite: &'static Suite, arguments: Vec<OsString>) -> ExitCode {
    let command = match parse(arguments) {
        Ok(command) => command,
        Err(error) => return answer(&error).into(),
    };
    match perform(command, suite) {
        Ok(exit) => exit.into(),
        Err(Stop { exit, error }) => {
            eprintln!("error: {}", exit::sentence(&error));
            exit.into()
        }
    }
}

fn parse(arguments: Vec<OsString>) -> Result<Command, clap::Error> {
    let program = Cli::command();
    let arguments = go_style::rewrite(arguments, &program);
    let name = OsString::from(program.get_name());
    let matches = program.try_get_matches_from([name].into_iter().chain(arguments))?;
    Ok(Cli::from_arg_matches(&matches)?.command)
}

/// Prints what clap has to say: help, our version, or what is wrong with the arguments.
fn answer(error: &clap::Error) -> Exit {
    // Where even that cannot be printed, the exit code must do.
    let _ = error.print();
    if !error.use_stderr() {
        return Exit::Passed;
    }
    let argument = error.get(ContextKind::InvalidArg).map(ToString::to_string).unwrap_or_default();
    if argument.starts_with("--version") {
        eprintln!("(--version is the version of your implementation; -V prints that of this tool)");
    } else if values::go_bool(&argument).is_ok() {
        eprintln!("(a flag that is true or false takes its value with =, such as --debug=false)");
    }
    Exit::Usage
}

fn perform(command: Command, suite: &'static Suite) -> Result<Exit, Stop> {
    let suite = suite.with(command.own_tests()).map_err(|why| Stop::usage(anyhow::anyhow!(why)))?;
    match command {
        Command::Run(args) => run::run(*args, suite),
        Command::Plan(args) => plan::plan(*args, suite),
        Command::List(args) => list::list(&args, suite.infos()),
        Command::Explain(args) => explain::explain(&args, suite),
        Command::Faults(args) if args.run => matrix::run(&args, suite),
        Command::Faults(args) => faults::list(args.format),
        Command::Fixtures(command) => fixtures::fixtures(command, suite),
        Command::Testbed(args) => testbed::run(args),
        Command::Diff(args) => diff::diff(&args),
        Command::Clean(args) => clean::clean(args),
        Command::Doctor(args) => doctor::doctor(*args, suite),
        Command::Rbac(args) => rbac::rbac(*args, suite),
        Command::Job(args) => job::job(&args, suite),
        Command::Prober(args) => prober::prober(&args),
        Command::Completions(args) => manual::completions(&args),
        Command::Man(args) => manual::man(&args),
        Command::Schema(args) => schema::schema(&args),
        Command::Report(command) => report::report(&command),
    }
}
