//! Calls and answers as they went over the wire, for the text of a failure.

use std::fmt::Write;

use http::HeaderMap;

use crate::{
    grpc::{answer::Answer, message, outgoing::Outgoing},
    wire::error::ProbeError,
};

/// A call and what came of it.
pub(crate) fn transcript(asked: &Outgoing, answer: &Result<Answer, ProbeError>) -> String {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return format!("{asked}! {error}\n"),
    };
    let mut text = format!("{asked}< HTTP/2.0 {}\n", answer.status);
    write_headers(&mut text, &answer.headers);
    if !answer.body.is_empty() {
        _ = match message::captured(&answer.body) {
            Ok(seen) => writeln!(
                text,
                "  from Pod {} in {}, which saw {} for {}",
                seen.pod, seen.namespace, seen.path, seen.host
            ),
            Err(_) => writeln!(text, "  {} bytes", answer.body.len()),
        };
    }
    write_headers(&mut text, answer.trailers.as_ref().unwrap_or(&HeaderMap::new()));
    text
}

fn write_headers(text: &mut String, headers: &HeaderMap) {
    for (name, value) in headers {
        _ = writeln!(text, "< {name}: {}", String::from_utf8_lossy(value.as_bytes()));
    }
}
