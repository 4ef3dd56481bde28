//! Bodies of requests and responses.

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyDataStream, BodyExt as _, Full, StreamBody};
use hyper::body::{Frame, Incoming};

use crate::faults::{self, Faults};

/// A body.
pub type Body = BoxBody<Bytes, hyper::Error>;

/// None.
pub fn empty() -> Body {
    whole(Bytes::new())
}

/// All that was received.
pub fn whole(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never| match never {}).boxed()
}

/// What a backend sends, trailers included: gRPC has its status there.
pub fn passed_on(body: Incoming, faults: &Faults) -> Body {
    if faults.has(faults::TRAILERS_DROPPED) {
        let data = futures::TryStreamExt::map_ok(BodyDataStream::new(body), Frame::data);
        return StreamBody::new(data).boxed();
    }
    body.boxed()
}
