//! TLSRoutes: streams that are told apart by the server name of their TLS handshake.

pub(crate) mod simple_same_namespace;
