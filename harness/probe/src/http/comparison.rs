//! Whether an answer is the one that an exchange wants, by the rules that the Go suite enforces.
//!
//! They are laxer than they look, and stricter ones would fail implementations that the Go suite
//! passes: what an echo backend saw, and the headers of the answer, are compared for a 200 or 204 only;
//! 408 and 504 stand for each other; a redirect's port is its scheme's own where it is left out.

use http::{
    StatusCode,
    header::{CONTENT_TYPE, LOCATION},
};
use model::{
    exchange::{Answer, AnswerHeaders, Echo, Exchange, Redirect, Request},
    names::Namespaces,
};
use url::Url;

use crate::{
    echo::{Captured, backend},
    http::response::Response,
    wire::target::Target,
};

/// What an exchange wants, in words.
pub(crate) fn expected(exchange: &Exchange, namespaces: &Namespaces) -> String {
    let text = exchange.expectation();
    match exchange.answer {
        Answer::Echo(echo) => namespaces.in_text(&text, echo.backend.namespace),
        _ => text,
    }
}

/// Compares an answer with what an exchange wants, whose request was sent to this path and query.
///
/// Gives what an echo backend captured, which is empty where none answered.
///
/// # Errors
///
/// What is wrong with the answer, in words.
pub(crate) fn compare(
    exchange: &Exchange,
    target: &Target,
    namespaces: &Namespaces,
    sent: &str,
    response: &Response,
) -> Result<Captured, String> {
    let status = response.status.as_u16();
    let captured = response
        .captured()
        .map_err(|error| format!("{status} with JSON that is not an echo: {error}"))?;
    if redirects(response.status) && !response.headers.contains_key(LOCATION) {
        return Err(format!("{status} without a Location header"));
    }
    let mut deviations = match (exchange.answer, captured.as_ref()) {
        (Answer::Echo(echo), Some(captured)) if status == 200 => {
            let mut found =
                echo_deviations(&exchange.request, sent, &echo, response, captured, namespaces);
            found.extend(session_deviations(&echo, captured, target));
            found
        }
        (Answer::Own(statuses), captured) if statuses.contains(&status) => {
            // As in the Go suite a refusal may say whatever it likes.
            let seen = captured.filter(|_| matches!(status, 200 | 204));
            let seen = seen.filter(|it| !it.path.is_empty() || !it.namespace.is_empty());
            seen.map(|captured| describe(response, Some(captured))).into_iter().collect()
        }
        (Answer::Redirect(redirect), _) if status == redirect.status => {
            redirect_deviations(&exchange.request, &redirect, target, response)
        }
        (Answer::Status(wanted), _) if same_status(wanted, status) => Vec::new(),
        (Answer::OneOf(wanted), _) if wanted.iter().any(|it| same_status(*it, status)) => {
            Vec::new()
        }
        (Answer::Failure, _) if !matches!(status, 200 | 408 | 504) => Vec::new(),
        (_, captured) => vec![describe(response, captured)],
    };
    if matches!(status, 200 | 204) {
        deviations.extend(header_deviations(&exchange.headers, response));
    }
    if deviations.is_empty() {
        Ok(captured.unwrap_or_default())
    } else {
        Err(deviations.join("; "))
    }
}

/// 408 and 504 both say that something took too long; which of the two is left to the Gateway.
fn same_status(wanted: u16, status: u16) -> bool {
    wanted == status || [wanted, status].iter().all(|status| matches!(status, 408 | 504))
}

fn redirects(status: StatusCode) -> bool {
    matches!(status.as_u16(), 300..=305 | 307 | 308)
}

/// An answer in a few words: its status and who gave it.
pub(crate) fn describe(response: &Response, captured: Option<&Captured>) -> String {
    let status = response.status.as_u16();
    match captured {
        Some(captured) if captured.pod.is_empty() => {
            format!("{status} with JSON that names no pod")
        }
        Some(captured) if captured.namespace.is_empty() => {
            format!("{status} from {}, which names no namespace", captured.pod)
        }
        // Its Pods answer in turn: which of them did is told by the transcript.
        Some(captured) => {
            format!("{status} from {} in {}", backend(&captured.pod), captured.namespace)
        }
        None if response.status == StatusCode::OK => {
            match header(response, CONTENT_TYPE.as_str()) {
                Some(kind) => format!("{status} (not from an echo backend: Content-Type {kind})"),
                None => format!("{status} (not from an echo backend: no Content-Type)"),
            }
        }
        None => match header(response, LOCATION.as_str()).filter(|_| redirects(response.status)) {
            Some(location) => format!("{status} to {location}"),
            None => format!("{status} (no backend answered)"),
        },
    }
}

fn echo_deviations(
    request: &Request<'_>,
    sent: &str,
    echo: &Echo,
    response: &Response,
    captured: &Captured,
    namespaces: &Namespaces,
) -> Vec<String> {
    let mut found = Vec::new();
    if !captured.pod.starts_with(echo.backend.name)
        || captured.namespace != namespaces.in_cluster(echo.backend.namespace)
    {
        found.push(describe(response, Some(captured)));
    }
    let parts = [
        ("host", echo.host.or(request.host).filter(|_| !echo.any_host), &captured.host),
        ("method", Some(request.method), &captured.method),
        ("path", echo.path.or(Some(sent)), &captured.path),
    ];
    for (part, expected, seen) in parts {
        if let Some(expected) = expected.filter(|expected| expected != seen) {
            found.push(format!("{part}: expected \"{expected}\", the backend saw \"{seen}\""));
        }
    }
    for (name, expected) in echo.headers.unwrap_or(request.headers) {
        let seen = captured.header(name);
        if seen.as_deref() != Some(*expected) {
            let seen = quoted(seen.as_deref());
            found.push(format!("header {name}: expected \"{expected}\", the backend saw {seen}"));
        }
    }
    if let Some(name) = echo.named_in {
        let seen = captured.header(name);
        if !seen.as_deref().is_some_and(|seen| captured.pod.starts_with(seen)) {
            let (seen, pod) = (quoted(seen.as_deref()), &captured.pod);
            found
                .push(format!("header {name}: expected the name of {pod}, the backend saw {seen}"));
        }
    }
    for name in echo.without {
        if let Some(seen) = captured.header(name) {
            found.push(format!("header {name}: expected none, the backend saw \"{seen}\""));
        }
    }
    found
}

/// What is wrong with the TLS session between Gateway and backend.
fn session_deviations(echo: &Echo, captured: &Captured, target: &Target) -> Vec<String> {
    let mut found = Vec::new();
    let Some(session) = &captured.tls else {
        if echo.server_name.or(echo.certificate).is_some() {
            found.push("the backend saw no TLS session".to_owned());
        }
        return found;
    };
    if let Some(expected) = echo.server_name.filter(|expected| *expected != session.server_name) {
        let seen = &session.server_name;
        found.push(format!("server name: expected \"{expected}\", the backend saw \"{seen}\""));
    }
    if let Some(secret) = echo.certificate {
        let certificate = target.identities.get(secret).map(|it| it.certificate.trim());
        let mut shown = session.peer_certificates.iter().map(|shown| shown.trim());
        if !shown.any(|shown| Some(shown) == certificate) {
            let seen = match session.peer_certificates.len() {
                0 => "none",
                _ => "another",
            };
            found.push(format!("certificate: expected that of {secret}, the backend saw {seen}"));
        }
    }
    found
}

fn header_deviations(wanted: &AnswerHeaders, response: &Response) -> Vec<String> {
    let mut found = Vec::new();
    for (name, expected) in wanted.with {
        let seen = header(response, name);
        if seen.as_deref() != Some(*expected) {
            let seen = quoted(seen.as_deref());
            found.push(format!("header {name}: expected \"{expected}\", the client saw {seen}"));
        }
    }
    for (name, lists) in wanted.with_one_of {
        let seen = header(response, name);
        let same = |seen| lists.iter().any(|list| elements(list) == elements(seen));
        if !seen.as_deref().is_some_and(same) {
            let (lists, seen) = (lists.join("\" or \""), quoted(seen.as_deref()));
            found.push(format!("header {name}: expected \"{lists}\", the client saw {seen}"));
        }
    }
    for name in wanted.without {
        if let Some(seen) = header(response, name) {
            found.push(format!("header {name}: expected none, the client saw \"{seen}\""));
        }
    }
    found
}

/// The values of a header of the answer, joined with commas.
fn header(response: &Response, name: &str) -> Option<String> {
    let values = response.headers.get_all(name).iter();
    let values: Vec<_> = values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    (!values.is_empty()).then(|| values.join(","))
}

/// What stands between the commas of a list, sorted.
fn elements(list: &str) -> Vec<&str> {
    let mut elements: Vec<_> = list.split(',').map(str::trim).collect();
    elements.sort_unstable();
    elements
}

fn quoted(seen: Option<&str>) -> String {
    seen.map_or("none".to_owned(), |seen| format!("\"{seen}\""))
}

fn redirect_deviations(
    request: &Request<'_>,
    redirect: &Redirect,
    target: &Target,
    response: &Response,
) -> Vec<String> {
    let status = response.status.as_u16();
    let Some(location) = response.headers.get(LOCATION) else {
        return vec![format!("{status} without a Location header")];
    };
    let location = String::from_utf8_lossy(location.as_bytes());
    let base = format!("{}://{}{}", target.scheme.as_str(), target.authority(), request.path);
    let Ok(url) = Url::parse(&base).and_then(|base| base.join(&location)) else {
        return vec![format!("{status} to {location}, which is not a URL")];
    };
    let scheme = redirect.scheme.unwrap_or(target.scheme.as_str());
    let port = redirect.port.or(match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => url.port(),
    });
    let path = redirect.path.or(request.path.split('?').next()).unwrap_or_default();

    let mut wrong = Vec::new();
    if url.scheme() != scheme {
        wrong.push(format!("scheme {scheme}"));
    }
    if let Some(host) = redirect.host.filter(|host| url.host_str() != Some(*host)) {
        wrong.push(format!("host {host}"));
    }
    if let Some(port) = port.filter(|port| url.port_or_known_default() != Some(*port)) {
        wrong.push(format!("port {port}"));
    }
    if url.path() != path {
        wrong.push(format!("path {path}"));
    }
    if wrong.is_empty() {
        wrong
    } else {
        vec![format!("{status} to {location} (expected {})", wrong.join(", "))]
    }
}
