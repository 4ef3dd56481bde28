//! Where a redirect leads, as Go's client follows it.

use http::{
    HeaderValue, Method, StatusCode,
    header::{CONTENT_LENGTH, HOST, LOCATION},
};
use url::{Position, Url};

use crate::{
    http::{outgoing::Outgoing, response::Response},
    wire::{error::ProbeError, target::Target},
};

/// Requests of an attempt, as many as Go's client makes.
const REQUESTS: usize = 10;

/// The request that a redirect leads to, if the answer is one that Go's client follows.
///
/// It goes to the same Gateway whatever the Location says, and none is made to another host: who
/// answers there, if anybody, is not the Gateway's doing.
pub(crate) fn redirected(
    asked: &Outgoing,
    target: &Target,
    response: &Response,
    requests: usize,
) -> Option<Result<Outgoing, ProbeError>> {
    let keeps_method = match response.status {
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER => false,
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => true,
        _ => return None,
    };
    let location = response.headers.get(LOCATION)?.as_bytes();
    let location = String::from_utf8_lossy(location);
    let next = if requests == REQUESTS {
        Err("after ten requests")
    } else {
        follow(asked, target, &location, keeps_method)
    };
    Some(next.map_err(|reason| ProbeError::Redirect {
        status: response.status.as_u16(),
        location: location.into_owned(),
        reason,
    }))
}

fn follow(
    asked: &Outgoing,
    target: &Target,
    location: &str,
    keeps_method: bool,
) -> Result<Outgoing, &'static str> {
    let not_a_url = "which is not a URL";
    let here = Url::parse(&asked.url()).map_err(|_| not_a_url)?;
    let there = here.join(location).map_err(|_| not_a_url)?;
    let path = there[Position::BeforePath..Position::AfterQuery].parse();
    let mut next = Outgoing { path: path.map_err(|_| not_a_url)?, ..asked.clone() };
    if !keeps_method && next.method != Method::HEAD {
        next.method = Method::GET;
        next.headers.remove(CONTENT_LENGTH);
    }
    // One without scheme and host stays where it is, and asks for the same host.
    if Url::parse(location).is_err() && !location.starts_with("//") {
        return Ok(next);
    }
    let gateway = target.host.as_str();
    let host = there.host_str().map(|host| host.trim_start_matches('[').trim_end_matches(']'));
    if there.host_str() != here.host_str() && host != Some(gateway) {
        return Err("which is another host");
    }
    next.port = there.port_or_known_default().ok_or(not_a_url)?;
    next.is_secure = match there.scheme() {
        "https" if next.server_name.is_none() => {
            return Err("for which there is no certificate to trust");
        }
        scheme => scheme == "https",
    };
    let host = HeaderValue::from_str(&there[Position::BeforeHost..Position::AfterPort]);
    next.headers.insert(HOST, host.map_err(|_| not_a_url)?);
    Ok(next)
}
