//! What every protocol stands on: where a Gateway is, how it is reached, whom it must prove to be, and
//! why no answer came.

pub(crate) mod dialer;
pub(crate) mod error;
pub(crate) mod http2;
pub(crate) mod identity;
pub(crate) mod pinning;
pub(crate) mod stream;
pub(crate) mod target;
