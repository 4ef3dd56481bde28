//! Why a request failed, told apart and in a sentence.

use std::{error::Error, fmt};

use kube::{
    client::AuthError,
    core::{Status, response::StatusCause},
};

/// Why a request failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The API server does not know who asks.
    Unauthorized(String),
    /// It knows, and does not allow it.
    Forbidden(String),
    /// The namespace of the object is going away.
    Terminating(String),
    /// The object or its kind does not exist.
    NotFound(String),
    /// Another write came first.
    Conflict(String),
    /// The object is not valid; one text for each thing that is wrong.
    Invalid(Vec<String>),
    /// Admission refused it, which is not the API server's own: a webhook, or a policy.
    Admission(Denial),
    /// The API server's certificate is not trusted.
    Untrusted(String),
    /// The API server did not answer.
    Unreachable(String),
    /// The credentials could not be made (an exec plugin, a token file).
    Credentials(String),
    /// Anything else.
    Other(String),
}

/// Who refused an object at admission, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Denial {
    /// `admission webhook "validate.example.com"`.
    pub(crate) by: String,
    /// Its words.
    pub(crate) message: String,
}

impl Denial {
    /// Reads it from the API server's message, the only place where it is told.
    fn read(message: &str) -> Option<Self> {
        let named = |before: &str, quote: char| {
            let (_, rest) = message.split_once(before)?;
            let (name, rest) = rest.strip_prefix(quote)?.split_once(quote)?;
            Some((name.to_owned(), rest))
        };
        if let Some((name, rest)) = named("admission webhook ", '"') {
            let why = rest.strip_prefix(" denied the request")?.trim_start_matches([':', ' ']);
            return Some(Self { by: format!("admission webhook \"{name}\""), message: why.into() });
        }
        if let Some((name, rest)) = named("failed calling webhook ", '"') {
            let why = format!("it could not be called{rest}");
            return Some(Self { by: format!("admission webhook \"{name}\""), message: why });
        }
        let (name, rest) = named("ValidatingAdmissionPolicy ", '\'')?;
        let (_, why) = rest.split_once("denied request: ")?;
        Some(Self { by: format!("ValidatingAdmissionPolicy \"{name}\""), message: why.into() })
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} refused it: {}", self.by, self.message)
    }
}

impl Refusal {
    pub(crate) fn of(error: &kube::Error) -> Self {
        match error {
            kube::Error::Api(status) => Self::of_status(status),
            kube::Error::Auth(error) => Self::Credentials(credentials(error)),
            kube::Error::HyperError(error) => Self::of_transport(chain(error)),
            // The credentials may be made anew in the middle of a run.
            kube::Error::Service(error) => match error.downcast_ref() {
                Some(error) => Self::Credentials(credentials(error)),
                None => Self::of_transport(chain(error.as_ref())),
            },
            kube::Error::ReadEvents(error) => Self::Unreachable(chain(error)),
            other => Self::Other(chain(other)),
        }
    }

    fn of_transport(text: String) -> Self {
        // rustls is behind an `io::Error` behind hyper's; the text is what all of them keep.
        if text.contains("invalid peer certificate") {
            Self::Untrusted(text)
        } else {
            Self::Unreachable(text)
        }
    }

    pub(crate) fn of_status(status: &Status) -> Self {
        let message =
            if status.message.is_empty() { status.reason.clone() } else { status.message.clone() };
        let causes = status.details.as_ref().map(|details| details.causes.as_slice());
        let causes = causes.unwrap_or_default();
        if causes.iter().any(|cause| cause.reason == "NamespaceTerminating") {
            return Self::Terminating(message);
        }
        // Whatever its code, which a webhook may choose.
        if let Some(denial) = Denial::read(&message) {
            return Self::Admission(denial);
        }
        // By code, since a proxy's answer, or that for a path without a definition, has no reason.
        match status.code {
            401 => Self::Unauthorized(message),
            403 => Self::Forbidden(message),
            404 => Self::NotFound(message),
            409 => Self::Conflict(message),
            400 | 422 if causes.is_empty() => Self::Invalid(vec![message]),
            400 | 422 => Self::Invalid(causes.iter().map(in_words).collect()),
            _ => Self::Other(message),
        }
    }
}

fn in_words(cause: &StatusCause) -> String {
    match cause.field.as_str() {
        "" => cause.message.clone(),
        field => format!("{field}: {}", cause.message),
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unauthorized(text)
            | Self::Forbidden(text)
            | Self::Terminating(text)
            | Self::NotFound(text)
            | Self::Conflict(text)
            | Self::Untrusted(text)
            | Self::Unreachable(text)
            | Self::Credentials(text)
            | Self::Other(text) => f.write_str(text),
            Self::Invalid(causes) => f.write_str(&causes.join("; ")),
            Self::Admission(denial) => denial.fmt(f),
        }
    }
}

/// Why credentials could not be made, without what a program printed for programs.
fn credentials(error: &AuthError) -> String {
    let text = match error {
        AuthError::AuthExecRun { out, .. } => {
            let said = String::from_utf8_lossy(&out.stderr);
            let said: Vec<_> = said.split_whitespace().collect();
            let end = format!("it ended with {}", out.status);
            return if said.is_empty() { end } else { format!("{end}: {}", said.join(" ")) };
        }
        AuthError::InvalidBearerToken(_) => {
            return "the token has characters that no token has, such as the end of a line".into();
        }
        other => chain(other),
    };
    // Some parsers quote the source below their message.
    text.lines().next().unwrap_or_default().to_owned()
}

/// An error with its causes, each said once.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let said = cause.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admission_is_told_from_the_api_servers_own_refusals() {
        let refusal = |code: u16, message: &str| {
            let status = Status { code, message: message.into(), ..Status::default() };
            Refusal::of_status(&status).to_string()
        };
        let told = [
            (
                refusal(403, "admission webhook \"v.example.com\" denied the request: no rules"),
                "admission webhook \"v.example.com\" refused it: no rules",
            ),
            (
                refusal(500, "Internal error occurred: failed calling webhook \"v\": no route"),
                "admission webhook \"v\" refused it: it could not be called: no route",
            ),
            (
                refusal(
                    422,
                    "httproutes \"r\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' \
                     denied request: not here",
                ),
                "ValidatingAdmissionPolicy \"p\" refused it: not here",
            ),
            (
                refusal(403, "pods \"p\" is forbidden: exceeded quota: small"),
                "pods \"p\" is forbidden: exceeded quota: small",
            ),
        ];
        for (said, expected) in told {
            assert_eq!(said, expected);
        }
    }
}
