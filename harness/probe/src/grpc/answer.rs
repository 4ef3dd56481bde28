//! What came of a call.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header::CONTENT_TYPE};
use model::exchange::call::Code;

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The status in HTTP.
    pub(crate) status: StatusCode,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body.
    pub(crate) body: Bytes,
    /// The trailers, if there were any.
    pub(crate) trailers: Option<HeaderMap>,
}

impl Answer {
    /// The status of the call: the one that was sent, or else what a client makes of the answer.
    pub(crate) fn code(&self) -> Code {
        match (self.in_http(), self.sent()) {
            (Some(status), _) => from_http(status),
            (None, Some(sent)) => {
                let code = sent.to_str().ok().and_then(|sent| sent.parse().ok());
                code.map_or(Code::UNKNOWN, Code)
            }
            (None, None) if self.trailers.is_some() => Code::UNKNOWN,
            (None, None) => Code::INTERNAL,
        }
    }

    /// The status in HTTP, where it alone tells what came of the call.
    pub(crate) fn in_http(&self) -> Option<StatusCode> {
        let kind = self.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let rest = kind.and_then(|kind| kind.strip_prefix("application/grpc"));
        let is_grpc = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['+', ';']));
        let tells = is_grpc && (self.sent().is_some() || self.status == StatusCode::OK);
        (!tells).then_some(self.status)
    }

    /// In a few words: the status, and where it is from if it was not sent.
    pub(crate) fn describe(&self) -> String {
        let code = self.code();
        match self.in_http() {
            Some(status) => format!("{code} ({} in HTTP)", status.as_u16()),
            None if self.sent().is_some() => code.to_string(),
            None => format!("{code} (no grpc-status)"),
        }
    }

    /// The status that was sent: a trailer, or in the head where nothing comes after it.
    fn sent(&self) -> Option<&HeaderValue> {
        self.trailers.as_ref().unwrap_or(&self.headers).get("grpc-status")
    }
}

/// What a client of gRPC makes of a status in HTTP, as
/// <https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md> has it.
fn from_http(status: StatusCode) -> Code {
    match status.as_u16() {
        400 => Code::INTERNAL,
        401 => Code::UNAUTHENTICATED,
        403 => Code::PERMISSION_DENIED,
        404 => Code::UNIMPLEMENTED,
        429 | 502..=504 => Code::UNAVAILABLE,
        _ => Code::UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &str, trailers: Option<&str>) -> Answer {
        let parse = |text: &str| -> HeaderMap {
            let lines = text.split_terminator(';').map(|line| line.split_once('=').unwrap());
            lines
                .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap()))
                .collect()
        };
        Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: parse(headers),
            body: Bytes::new(),
            trailers: trailers.map(parse),
        }
    }

    #[test]
    fn the_status_is_the_one_that_was_sent_or_what_http_stands_for() {
        const GRPC: &str = "content-type=application/grpc;";
        let refused = format!("{GRPC}grpc-status=12;");
        for (status, headers, trailers, expected) in [
            (200, GRPC, Some("grpc-status=0"), "OK"),
            (200, GRPC, Some("grpc-status=x"), "UNKNOWN"),
            (200, GRPC, Some("other=0"), "UNKNOWN (no grpc-status)"),
            (200, GRPC, None, "INTERNAL (no grpc-status)"),
            (200, &refused, None, "UNIMPLEMENTED"),
            (204, &refused, None, "UNIMPLEMENTED"),
            (404, GRPC, Some("grpc-status=5"), "NOT_FOUND"),
            (404, "", None, "UNIMPLEMENTED (404 in HTTP)"),
            (404, "grpc-status=5", None, "UNIMPLEMENTED (404 in HTTP)"),
            (503, GRPC, None, "UNAVAILABLE (503 in HTTP)"),
            (200, "content-type=text/html", None, "UNKNOWN (200 in HTTP)"),
        ] {
            assert_eq!(
                answer(status, headers, trailers).describe(),
                expected,
                "{status} {headers}"
            );
        }
    }
}
