//! Bodies of requests and responses.

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyDataStream, BodyExt, Full, StreamBody};
use hyper::body::{Body as _, Frame, Incoming};

use crate::faults::{self, Faults};

/// A body, of whichever origin.
pub type Body = BoxBody<Bytes, hyper::Error>;

/// Longer requests, in bytes, are sent once and to nobody else: they would have to be kept to be sent again.
const LONGEST_KEPT: u64 = 64 * 1024;

/// None.
pub fn empty() -> Body {
    whole(Bytes::new())
}

/// All that was received.
pub fn whole(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never| match never {}).boxed()
}

/// What a client sends, for as many times as it may have to be sent to a backend.
pub enum Payload {
    /// For any number of times.
    Kept(Bytes),
    /// For one time, as it comes; none once that is over.
    Passing(Option<Incoming>),
}

impl Payload {
    /// Keeps what a client sends, if that is wanted and it is known to be short.
    pub async fn of(body: Incoming, kept: bool) -> hyper::Result<Self> {
        let is_short = body.size_hint().upper().is_some_and(|length| length <= LONGEST_KEPT);
        if kept && is_short {
            return Ok(Self::Kept(body.collect().await?.to_bytes()));
        }
        Ok(Self::Passing(Some(body)))
    }

    /// The body for the next time, if there can be one.
    pub fn next(&mut self) -> Option<Body> {
        match self {
            Self::Kept(bytes) => Some(whole(bytes.clone())),
            Self::Passing(body) => body.take().map(BodyExt::boxed),
        }
    }

    /// Whether there can be a next time.
    pub fn has_next(&self) -> bool {
        !matches!(self, Self::Passing(None))
    }
}

/// What a backend sends, trailers included: gRPC has its status there.
pub fn passed_on(body: Incoming, faults: &Faults) -> Body {
    if faults.has(faults::TRAILERS_DROPPED) {
        let data = futures::TryStreamExt::map_ok(BodyDataStream::new(body), Frame::data);
        return StreamBody::new(data).boxed();
    }
    body.boxed()
}
