//! UDPRoutes: datagrams.

pub(crate) mod udp_route;
