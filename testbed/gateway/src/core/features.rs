//! The features that this implementation supports, by the names that `GatewayClass.status.supportedFeatures`
//! has for them.

use super::Environment;
use crate::faults;

/// TLS sessions that end at listeners of protocol TLS.
pub const TERMINATE: &str = "TLSRouteModeTerminate";
/// Such listeners beside others on one port, whose sessions end at the backends.
pub const MIXED: &str = "TLSRouteModeMixed";

/// Those that it can be told not to have.
pub const OPTIONAL_FEATURES: [&str; 2] = [MIXED, TERMINATE];

/// All of them, sorted.
const ALL: &[&str] = &[
    "BackendTLSPolicy",
    "BackendTLSPolicySANValidation",
    "GRPCRoute",
    "GRPCRouteNamedRouteRule",
    "GRPCRouteRequestHeaderModifier",
    "Gateway",
    "GatewayAddressEmpty",
    "GatewayBackendClientCertificate",
    "GatewayFrontendClientCertificateValidation",
    "GatewayFrontendClientCertificateValidationInsecureFallback",
    "GatewayHTTPListenerIsolation",
    "GatewayHTTPSListenerDetectMisdirectedRequests",
    "GatewayInfrastructure",
    "GatewayPort8080",
    "GatewayRouteHostnameIntersectionPrecedence",
    "GatewayStaticAddresses",
    "HTTPRoute",
    "HTTPRoute303RedirectStatusCode",
    "HTTPRoute307RedirectStatusCode",
    "HTTPRoute308RedirectStatusCode",
    "HTTPRouteBackendProtocolH2C",
    "HTTPRouteBackendProtocolWebSocket",
    "HTTPRouteBackendRequestHeaderModification",
    "HTTPRouteBackendTimeout",
    "HTTPRouteBackendURLRewrite",
    "HTTPRouteCORS",
    "HTTPRouteDestinationPortMatching",
    "HTTPRouteHostRewrite",
    "HTTPRouteMethodMatching",
    "HTTPRouteNamedRouteRule",
    "HTTPRouteParentRefPort",
    "HTTPRoutePathRedirect",
    "HTTPRoutePathRewrite",
    "HTTPRoutePortRedirect",
    "HTTPRouteQueryParamMatching",
    "HTTPRouteRequestMirror",
    "HTTPRouteRequestMultipleMirrors",
    "HTTPRouteRequestPercentageMirror",
    "HTTPRouteRequestTimeout",
    "HTTPRouteResponseHeaderModification",
    "HTTPRouteRetryCodes",
    "HTTPRouteRetryConnectionError",
    "HTTPRouteSchemeRedirect",
    "ListenerSet",
    "ReferenceGrant",
    "TCPRoute",
    "TLSRoute",
    MIXED,
    TERMINATE,
    "UDPRoute",
];

/// Those that it claims to support.
pub fn claimed(env: &Environment<'_>) -> Vec<&'static str> {
    let is_hidden = |feature: &str| match feature {
        TERMINATE => env.faults.has(faults::UNCLAIMED_TLS_TERMINATION_ACCEPTED),
        MIXED => {
            env.faults.has(faults::UNCLAIMED_TLS_TERMINATION_ACCEPTED)
                || env.faults.has(faults::UNCLAIMED_MIXED_TLS_ACCEPTED)
        }
        _ => false,
    };
    ALL.iter().copied().filter(|feature| env.supports(feature) && !is_hidden(feature)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_sorted() {
        assert!(ALL.is_sorted());
    }
}
