//! WebSockets that a request in HTTP/1.1 opens: what is sent over them, and what comes back.

pub(crate) mod exchange;
