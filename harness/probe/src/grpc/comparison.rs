//! Whether an answer is the one that a call wants, by the rules that the Go suite enforces: metadata is
//! not compared.

use model::{
    exchange::call::{Call, Code, Outcome},
    names::Namespaces,
};

use crate::{
    echo::{Captured, backend},
    grpc::{answer::Answer, message},
};

/// What a call wants, in words.
pub(crate) fn expected(call: &Call, namespaces: &Namespaces) -> String {
    let text = call.outcome.to_string();
    match call.outcome {
        Outcome::Echo(backend) => namespaces.in_text(&text, backend.namespace),
        Outcome::Status(_) | Outcome::Failure => text,
    }
}

/// Compares an answer with what a call wants.
///
/// Gives what an echo backend captured, which is empty where none answered.
///
/// # Errors
///
/// What is wrong with the answer, in words.
pub(crate) fn compare(
    call: &Call,
    namespaces: &Namespaces,
    answer: &Answer,
) -> Result<Captured, String> {
    let code = answer.code();
    if code != Code::OK {
        return match call.outcome {
            Outcome::Status(wanted) if wanted == code => Ok(Captured::default()),
            Outcome::Failure => Ok(Captured::default()),
            _ => Err(answer.describe()),
        };
    }
    let captured =
        message::captured(&answer.body).map_err(|error| format!("{code}, but {error}"))?;
    let Outcome::Echo(wanted) = call.outcome else { return Err(describe(&captured)) };
    let mut found = Vec::new();
    if !captured.pod.starts_with(wanted.name)
        || captured.namespace != namespaces.in_cluster(wanted.namespace)
    {
        found.push(describe(&captured));
    }
    let path = call.invocation.path();
    if captured.path != path {
        found.push(format!("method: expected \"{path}\", the backend saw \"{}\"", captured.path));
    }
    if found.is_empty() { Ok(captured) } else { Err(found.join("; ")) }
}

/// Who answered a call that succeeded.
fn describe(captured: &Captured) -> String {
    if captured.pod.is_empty() {
        return format!("{} from a backend that names no pod", Code::OK);
    }
    // Its Pods answer in turn: which of them did is told by the transcript.
    format!("{} from {} in {}", Code::OK, backend(&captured.pod), captured.namespace)
}
