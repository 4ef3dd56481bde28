//! Standard output, whose reader may go away at any time (`gateway-conformance list | head`).

use std::io::{self, ErrorKind, Write};

use super::exit::Stop;

/// Prints a text. That nobody reads it is no error.
pub fn print(text: &str) -> Result<(), Stop> {
    let mut output = io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Stop::not_judged(anyhow::Error::new(error).context("cannot write to the output")))
        }
        _ => Ok(()),
    }
}
