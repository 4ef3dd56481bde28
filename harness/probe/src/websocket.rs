//! Exchanges over a WebSocket, which a request in HTTP/1.1 opens: what is sent, and what comes back.

pub(crate) mod exchange;
