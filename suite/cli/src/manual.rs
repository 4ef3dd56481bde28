//! `completions` and `man`: what a package puts beside the program.

use std::{fs, io};

use clap::CommandFactory;

use super::{
    args::{Cli, CompletionsArgs, ManArgs},
    exit::{Exit, Stop},
    output::print,
};

/// Prints the completions of a shell.
pub fn completions(args: &CompletionsArgs) -> Result<Exit, Stop> {
    let mut program = Cli::command();
    let (name, mut script) = (program.get_name().to_owned(), Vec::new());
    clap_complete::generate(args.shell, &mut program, name, &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Passed)
}

/// Writes a page for the program and for each of its commands.
pub fn man(args: &ManArgs) -> Result<Exit, Stop> {
    let folder = &args.folder;
    let written = || -> io::Result<()> {
        fs::create_dir_all(folder)?;
        clap_mangen::generate_to(Cli::command(), folder)
    };
    let text = || format!("cannot write the pages to {}", folder.display());
    written().map_err(|error| Stop::usage(anyhow::Error::new(error).context(text())))?;
    Ok(Exit::Passed)
}
