//! Requests and answers as they went over the wire, for the text of a failure.

use std::fmt::Write;

use crate::{convergence::Attempt, outgoing::Outgoing, response::Response};

/// How much of a body is shown, in characters.
const SHOWN: usize = 600;

/// The last of some attempts; without one, the limit was over before the first had ended.
pub(crate) fn transcript(attempts: u32, outgoing: &Outgoing, last: Option<&Attempt>) -> String {
    match last {
        Some(Ok(response)) => format!("attempt {attempts}\n{outgoing}{}", received(response)),
        Some(Err(error)) => format!("attempt {attempts}\n{outgoing}! {error}\n"),
        None => format!("attempt {attempts}\n{outgoing}! no answer\n"),
    }
}

fn received(response: &Response) -> String {
    let mut text = format!("< {:?} {}\n", response.version, response.status);
    for (name, value) in &response.headers {
        _ = writeln!(text, "< {name}: {}", String::from_utf8_lossy(value.as_bytes()));
    }
    let body = String::from_utf8_lossy(&response.body);
    text.extend(body.chars().take(SHOWN));
    if body.chars().nth(SHOWN).is_some() {
        _ = write!(text, "… ({} bytes in all)", response.body.len());
    }
    text
}
