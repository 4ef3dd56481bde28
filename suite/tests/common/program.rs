//! The program, as a script runs it.

use std::{path::Path, process::Command};

/// The program in this folder, far from any cluster of whoever runs the tests.
pub fn program(folder: &Path, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gateway-conformance"));
    command.args(line.split_whitespace()).current_dir(folder);
    command.env_clear().env("HOME", folder).env("NO_COLOR", "1");
    command
}
