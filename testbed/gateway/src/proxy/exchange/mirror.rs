//! Copies of a request for the mirrors of its rule.

use std::sync::Arc;

use http::request::Parts;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use tracing::debug;

use super::super::body::{Payload, whole};
use super::chosen::{Chosen, Refused, session};
use crate::core::backends::Destination;
use crate::core::mirrors::Mirror;
use crate::core::rules::Action;
use crate::faults;

/// The mirrors that get a copy of the next request.
pub fn due(action: &Action) -> Vec<&Mirror> {
    action.mirrors.iter().filter(|mirror| mirror.due.is_next()).collect()
}

/// Sends a request that came like this to mirrors, unless it is too long to be kept. What they answer is not
/// waited for.
pub fn send_copies(
    chosen: &Chosen<'_>,
    action: &Action,
    mirrors: &[&Mirror],
    head: &Parts,
    payload: &Payload,
    host: &str,
) -> Result<(), Refused> {
    let Payload::Kept(body) = payload else { return Ok(()) };
    let exchange = chosen.exchange;
    for Mirror { backend, .. } in mirrors {
        let Destination::Endpoints(endpoints) = &backend.destination else { continue };
        let Some(endpoint) = endpoints.next() else { continue };
        let mut head = head.clone();
        if exchange.table.faults.has(faults::MIRROR_ASKED_FOR_ROOT) {
            let query = head.uri.query().unwrap_or_default();
            head.uri = format!("/?{query}").parse().unwrap_or_default();
        }
        let copy = Chosen { exchange, entry: chosen.entry, backend, endpoints };
        copy.change(&mut head, action, host, endpoint, false)?;
        let request = Request::from_parts(head, whole(body.clone()));
        let (table, upstream) = (Arc::clone(&exchange.table), exchange.upstream.clone());
        let (endpoints, host) = (Arc::clone(endpoints), host.to_owned());
        tokio::spawn(async move {
            let session = endpoints.tls.as_deref().map(|tls| session(&table, tls, &host));
            match upstream.send(endpoint, endpoints.protocol, session, request).await {
                // Read to its end, so that the connection can be used again.
                Ok(response) => drop(response.collect().await),
                Err(error) => debug!(%endpoint, %error, "a mirror gave no answer"),
            }
        });
        if exchange.table.faults.has(faults::MIRROR_TAKES_REQUEST_AWAY) {
            return Err(Refused(StatusCode::BAD_GATEWAY));
        }
    }
    Ok(())
}
