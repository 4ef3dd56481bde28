//! Requests and answers as they went over the wire, for the text of a failure.

use std::fmt::Write;

use crate::http::{attempt::Attempt, response::Response};

/// How much of a body is shown, in characters.
const SHOWN: usize = 600;

/// An attempt, with the redirects that it followed.
pub(crate) fn transcript(attempt: &Attempt) -> String {
    let mut text = String::new();
    for (asked, response) in &attempt.hops {
        _ = writeln!(text, "{asked}{}", received(response).trim_end());
    }
    match &attempt.answer {
        Ok(response) => text + &format!("{}{}", attempt.asked, received(response)),
        Err(error) => text + &format!("{}! {error}\n", attempt.asked),
    }
}

fn received(response: &Response) -> String {
    let session = response.session.as_ref().map(|session| format!("* {session}\n"));
    let mut text = session.unwrap_or_default();
    _ = writeln!(text, "< {:?} {}", response.version, response.status);
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
