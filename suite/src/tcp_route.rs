//! TCPRoutes: streams.

pub(crate) mod parent_ref_attach_all;
