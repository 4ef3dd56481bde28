//! HTTPRoutes, by the part of them that is judged.

pub(crate) mod attachment;
pub(crate) mod backends;
pub(crate) mod filters;
pub(crate) mod matching;
pub(crate) mod status;
pub(crate) mod timeouts_and_retries;
