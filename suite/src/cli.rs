//! The command line: reads it, does what it says, and tells how that ended.

mod args;
mod clean;
mod exit;
mod explain;
mod faults;
mod found;
mod go_style;
mod interrupt;
mod list;
mod matrix;
mod observer;
mod options_file;
mod output;
mod run;
mod run_args;
mod settings;
mod setup;
mod testbed;
mod values;

use std::{ffi::OsString, process::ExitCode};

use clap::{CommandFactory, FromArgMatches, error::ContextKind};
use gateway_conformance::SUITE;

use self::{
    args::{Cli, Command},
    exit::{Exit, Stop},
};

/// Does what the arguments say; they come without the program's name.
pub fn main(arguments: Vec<OsString>) -> ExitCode {
    let command = match parse(arguments) {
        Ok(command) => command,
        Err(error) => return answer(&error).into(),
    };
    match perform(command) {
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

fn perform(command: Command) -> Result<Exit, Stop> {
    match command {
        Command::Run(args) => run::run(*args),
        Command::List(args) => list::list(&args, SUITE.infos()),
        Command::Explain(args) => explain::explain(&args, &SUITE),
        Command::Faults(args) if args.run => matrix::run(&args),
        Command::Faults(args) => faults::list(args.format),
        Command::Testbed(args) => testbed::run(args),
        Command::Clean(args) => clean::clean(args),
    }
}
