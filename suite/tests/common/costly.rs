//! What every test costs is little, but for these.

/// They send more than a thousand requests, or ask backends to take their time, and are most of the work of all
/// tests together. Where any test will do they are left out.
pub const COSTLY: [&str; 11] = [
    "GRPCRouteWeight",
    "HTTPRouteRequestPercentageMirror",
    "HTTPRouteRetry",
    "HTTPRouteRetryWithBackendTimeout",
    "HTTPRouteRetryWithRequestTimeout",
    "HTTPRouteTimeoutBackendRequest",
    "HTTPRouteTimeoutRequest",
    "HTTPRouteWeight",
    "TCPRouteMultipleRoutesAttachment",
    "TCPRouteWeightedRouting",
    "UDPRouteWeightedRouting",
];
