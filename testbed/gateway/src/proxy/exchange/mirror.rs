//! Copies of a request for the mirrors of its rule.

use std::sync::Arc;

use http::request::Parts;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tracing::debug;

use super::super::body::{Body, whole};
use super::{Chosen, Refused, session};
use crate::core::backends::Destination;
use crate::core::mirrors::Mirror;
use crate::core::rules::Action;
use crate::faults;

/// Sends a request that came like this to the mirrors that are due, and gives its body back. What they
/// answer is not waited for.
pub async fn send_copies(
    chosen: &Chosen<'_>,
    action: &Arc<Action>,
    parts: &Parts,
    body: Incoming,
    host: &str,
) -> Result<Body, Refused> {
    let due: Vec<_> = action.mirrors.iter().filter(|mirror| mirror.due.is_next()).collect();
    if due.is_empty() {
        return Ok(body.boxed());
    }
    let received = body.collect().await;
    let body = received.map_err(|_| Refused(StatusCode::BAD_REQUEST))?.to_bytes();
    for Mirror { backend, .. } in due {
        let Destination::Endpoints(endpoints) = &backend.destination else { continue };
        let Some(endpoint) = endpoints.next() else { continue };
        let mut parts = parts.clone();
        let copy =
            Chosen { exchange: chosen.exchange, entry: chosen.entry, backend, endpoints, endpoint };
        copy.change(&mut parts, action, host, false)?;
        let (table, upstream) =
            (Arc::clone(&chosen.exchange.table), chosen.exchange.upstream.clone());
        let (endpoints, host) = (Arc::clone(endpoints), host.to_owned());
        let request = Request::from_parts(parts, whole(body.clone()));
        let sent = async move {
            let session = endpoints.tls.as_deref().map(|tls| session(&table, tls, &host));
            match upstream.send(endpoint, endpoints.protocol, session, request).await {
                // Read to its end, so that the connection can be used again.
                Ok(response) => drop(response.collect().await),
                Err(error) => debug!(%endpoint, %error, "a mirror gave no answer"),
            }
        };
        tokio::spawn(sent);
        if chosen.exchange.table.faults.has(faults::MIRROR_TAKES_REQUEST_AWAY) {
            return Err(Refused(StatusCode::BAD_GATEWAY));
        }
    }
    Ok(whole(body))
}
