//! Features: what an implementation can claim to support.
//!
//! Names, resources, levels and channels are those of the Gateway API project's `pkg/features`; the
//! documentation is at <https://gateway-api.sigs.k8s.io/concepts/conformance/#2-supported-features>.

use std::{fmt, str::FromStr};

use internment::Intern;
use serde::{Deserialize, Serialize};

use crate::{
    suggest::{Unknown, lookup},
    version::SuiteVersion,
};

/// Whether every implementation of a resource must support a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Every implementation of the resource supports it.
    Core,
    /// An implementation may support it; if it does, it does so as specified.
    Extended,
}

/// The release channel of the definitions that carry a feature's fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Stable fields.
    Standard,
    /// Fields that may still change.
    Experimental,
}

impl Channel {
    /// The value of the definitions' channel annotation.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Experimental => "experimental",
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The resource whose set of features a feature is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are the kinds of the Gateway API")]
pub enum Resource {
    Gateway,
    HttpRoute,
    GrpcRoute,
    TlsRoute,
    TcpRoute,
    UdpRoute,
    ReferenceGrant,
    BackendTlsPolicy,
    Mesh,
}

/// A feature, by the name that `GatewayClass.status.supportedFeatures` and the reports use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are those of the specification, see `Feature::name`")]
pub enum Feature {
    Gateway,
    ClusterTrustBundle,
    GatewayAddressEmpty,
    GatewayAddressRoutability,
    GatewayAddressRoutabilityCluster,
    GatewayBackendClientCertificate,
    GatewayFrontendClientCertificateValidation,
    GatewayFrontendClientCertificateValidationInsecureFallback,
    GatewayHttpListenerIsolation,
    GatewayHttpsListenerDetectMisdirectedRequests,
    GatewayInfrastructure,
    GatewayListenerFilters,
    GatewayPort8080,
    GatewayRouteHostnameIntersectionPrecedence,
    GatewayStaticAddresses,
    ListenerSet,
    HttpRoute,
    HttpRoute303RedirectStatusCode,
    HttpRoute307RedirectStatusCode,
    HttpRoute308RedirectStatusCode,
    HttpRouteBackendProtocolH2C,
    HttpRouteBackendProtocolWebSocket,
    HttpRouteBackendRequestHeaderModification,
    HttpRouteBackendTimeout,
    HttpRouteBackendUrlRewrite,
    HttpRouteCors,
    HttpRouteDestinationPortMatching,
    HttpRouteHostRewrite,
    HttpRouteMethodMatching,
    HttpRouteNamedRouteRule,
    HttpRouteParentRefPort,
    HttpRoutePathRedirect,
    HttpRoutePathRewrite,
    HttpRoutePortRedirect,
    HttpRouteQueryParamMatching,
    HttpRouteRequestMirror,
    HttpRouteRequestMultipleMirrors,
    HttpRouteRequestPercentageMirror,
    HttpRouteRequestTimeout,
    HttpRouteResponseHeaderModification,
    HttpRouteRetry,
    HttpRouteRetryBackendTimeout,
    HttpRouteRetryCodes,
    HttpRouteRetryConnectionError,
    HttpRouteSchemeRedirect,
    GrpcRoute,
    GrpcRouteNamedRouteRule,
    GrpcRouteRequestHeaderModifier,
    TlsRoute,
    TlsRouteModeMixed,
    TlsRouteModeTerminate,
    TcpRoute,
    UdpRoute,
    ReferenceGrant,
    BackendTlsPolicy,
    BackendTlsPolicySanValidation,
    Mesh,
    MeshClusterIpMatching,
    MeshConsumerRoute,
    MeshHttpRouteBackendRequestHeaderModification,
    MeshHttpRouteNamedRouteRule,
    MeshHttpRouteQueryParamMatching,
    MeshHttpRouteRedirectPath,
    MeshHttpRouteRedirectPort,
    MeshHttpRouteRewritePath,
    MeshHttpRouteSchemeRedirect,
    /// One that the Gateway API does not have: `example.com/RateLimit`. Tests of the user's own ask for it.
    Own(Intern<str>),
}

/// What is known of a feature; one row for each, in the order of the enumeration.
struct Row {
    feature: Feature,
    name: &'static str,
    resources: &'static [Resource],
    level: Level,
    channel: Channel,
}

const fn row(
    feature: Feature,
    name: &'static str,
    resources: &'static [Resource],
    level: Level,
    channel: Channel,
) -> Row {
    Row { feature, name, resources, level, channel }
}

#[rustfmt::skip]
static ROWS: &[Row] = &[
    row(Feature::Gateway, "Gateway", &[Resource::Gateway], Level::Core, Channel::Standard),
    row(Feature::ClusterTrustBundle, "ClusterTrustBundle", &[Resource::Gateway, Resource::BackendTlsPolicy], Level::Extended, Channel::Experimental),
    row(Feature::GatewayAddressEmpty, "GatewayAddressEmpty", &[Resource::Gateway], Level::Extended, Channel::Standard),
    row(Feature::GatewayAddressRoutability, "GatewayAddressRoutability", &[Resource::Gateway], Level::Extended, Channel::Experimental),
    row(Feature::GatewayAddressRoutabilityCluster, "GatewayAddressRoutabilityCluster", &[Resource::Gateway], Level::Extended, Channel::Experimental),
    row(Feature::GatewayBackendClientCertificate, "GatewayBackendClientCertificate", &[Resource::Gateway], Level::Extended, Channel::Standard),
    row(Feature::GatewayFrontendClientCertificateValidation, "GatewayFrontendClientCertificateValidation", &[Resource::Gateway], Level::Extended, Channel::Standard),
    row(Feature::GatewayFrontendClientCertificateValidationInsecureFallback, "GatewayFrontendClientCertificateValidationInsecureFallback", &[Resource::Gateway], Level::Extended, Channel::Standard),
    row(Feature::GatewayHttpListenerIsolation, "GatewayHTTPListenerIsolation", &[Resource::Gateway], Level::Extended, Channel::Standard),
    row(Feature::GatewayHttpsListenerDetectMisdirectedRequests, "GatewayHTTPSListenerDetectMisdirectedRequests", &[Resource::Gateway], Level::Extended, Channel::Standard),
    row(Feature::GatewayInfrastructure, "GatewayInfrastructure", &[Resource::Gateway], Level::Extended, Channel::Standard),
    row(Feature::GatewayListenerFilters, "GatewayListenerFilters", &[Resource::Gateway], Level::Extended, Channel::Experimental),
    row(Feature::GatewayPort8080, "GatewayPort8080", &[Resource::Gateway], Level::Extended, Channel::Standard),
    row(Feature::GatewayRouteHostnameIntersectionPrecedence, "GatewayRouteHostnameIntersectionPrecedence", &[Resource::Gateway], Level::Extended, Channel::Standard),
    row(Feature::GatewayStaticAddresses, "GatewayStaticAddresses", &[Resource::Gateway], Level::Extended, Channel::Standard),
    row(Feature::ListenerSet, "ListenerSet", &[Resource::Gateway], Level::Extended, Channel::Standard),
    row(Feature::HttpRoute, "HTTPRoute", &[Resource::HttpRoute], Level::Core, Channel::Standard),
    row(Feature::HttpRoute303RedirectStatusCode, "HTTPRoute303RedirectStatusCode", &[Resource::HttpRoute], Level::Extended, Channel::Standard),
    row(Feature::HttpRoute307RedirectStatusCode, "HTTPRoute307RedirectStatusCode", &[Resource::HttpRoute], Level::Extended, Channel::Standard),
    row(Feature::HttpRoute308RedirectStatusCode, "HTTPRoute308RedirectStatusCode", &[Resource::HttpRoute], Level::Extended, Channel::Standard),
    row(Feature::HttpRouteBackendProtocolH2C, "HTTPRouteBackendProtocolH2C", &[Resource::HttpRoute], Level::Extended, Channel::Standard),
    row(Feature::HttpRouteBackendProtocolWebSocket, "HTTPRouteBackendProtocolWebSocket", &[Resource::HttpRoute], Level::Extended, Channel::Standard),
    row(Feature::HttpRouteBackendRequestHeaderModification, "HTTPRouteBackendRequestHeaderModification", &[Resource::HttpRoute], Level::Extended, Channel::Standard),
    row(Feature::HttpRouteBackendTimeout, "HTTPRouteBackendTimeout", &[Resource::HttpRoute], Level::Extended, Channel::Standard),
    row(Feature::HttpRouteBackendUrlRewrite, "HTTPRouteBackendURLRewrite", &[Resource::HttpRoute], Level::Extended, Channel::Standard),
    row(Feature::HttpRouteCors, "HTTPRouteCORS", &[Resource::HttpRoute], Level::Extended, Channel::Standard),
    row(Feature::HttpRouteDestinationPortMatching, "HTTPRouteDestinationPortMatching", &[Resource::HttpRoute], Level::Extended, Channel::Experimental),
    row(Feature::HttpRouteHostRewrite, "HTTPRouteHostRewrite", &[Resource::HttpRoute], Level::Extended, Channel::Standard),
    row(Feature::HttpRouteMethodMatching, "HTTPRouteMethodMatching", &[Resource::HttpRoute], Level::Extended, Channel::Standard),
    row(Feature::HttpRouteNamedRouteRule, "HTTPRouteNamedRouteRule", &[Resource::HttpRoute], Level::Extended, Channel::Standard),
    row(Feature::HttpRouteParentRefPort, "HTTPRouteParentRefPort", &[Resource::HttpRoute], Level::Extended, Channel::Standard),
    row(Feature::HttpRoutePathRedirect, "HTTPRoutePathRedirect", &[Resource::HttpRoute], Level::Extended, Channel::Standard),
    row(Feature::HttpRoutePathRewrite, "HTTPRoutePathRewrite", &[Resource::HttpRoute], Level::Extended, Channel::Standard),
    row(Feature::HttpRoutePortRedirect, "HTTPRoutePortRedirect", &[Resource::HttpRoute], Level::Extended, Channel::Standard),
    row(Feature::HttpRouteQueryParamMatching, "HTTPRouteQueryParamMatching", &[Resource::HttpRoute], Level::Extended, Channel::Standard),
    row(Feature::HttpRouteRequestMirror, "HTTPRouteRequestMirror", &[Resource::HttpRoute], Level::Extended, Channel::Standard),
    row(Feature::HttpRouteRequestMultipleMirrors, "HTTPRouteRequestMultipleMirrors", &[Resource::HttpRoute], Level::Extended, Channel::Standard),
    row(Feature::HttpRouteRequestPercentageMirror, "HTTPRouteRequestPercentageMirror", &[Resource::HttpRoute], Level::Extended, Channel::Standard),
    row(Feature::HttpRouteRequestTimeout, "HTTPRouteRequestTimeout", &[Resource::HttpRoute], Level::Extended, Channel::Standard),
    row(Feature::HttpRouteResponseHeaderModification, "HTTPRouteResponseHeaderModification", &[Resource::HttpRoute], Level::Extended, Channel::Standard),
    row(Feature::HttpRouteRetry, "HTTPRouteRetry", &[Resource::HttpRoute], Level::Extended, Channel::Experimental),
    row(Feature::HttpRouteRetryBackendTimeout, "HTTPRouteRetryBackendTimeout", &[Resource::HttpRoute], Level::Extended, Channel::Experimental),
    row(Feature::HttpRouteRetryCodes, "HTTPRouteRetryCodes", &[Resource::HttpRoute], Level::Extended, Channel::Standard),
    row(Feature::HttpRouteRetryConnectionError, "HTTPRouteRetryConnectionError", &[Resource::HttpRoute], Level::Extended, Channel::Standard),
    row(Feature::HttpRouteSchemeRedirect, "HTTPRouteSchemeRedirect", &[Resource::HttpRoute], Level::Extended, Channel::Standard),
    row(Feature::GrpcRoute, "GRPCRoute", &[Resource::GrpcRoute], Level::Core, Channel::Standard),
    row(Feature::GrpcRouteNamedRouteRule, "GRPCRouteNamedRouteRule", &[Resource::GrpcRoute], Level::Extended, Channel::Standard),
    row(Feature::GrpcRouteRequestHeaderModifier, "GRPCRouteRequestHeaderModifier", &[Resource::GrpcRoute], Level::Extended, Channel::Standard),
    row(Feature::TlsRoute, "TLSRoute", &[Resource::TlsRoute], Level::Core, Channel::Standard),
    row(Feature::TlsRouteModeMixed, "TLSRouteModeMixed", &[Resource::TlsRoute], Level::Extended, Channel::Standard),
    row(Feature::TlsRouteModeTerminate, "TLSRouteModeTerminate", &[Resource::TlsRoute], Level::Extended, Channel::Standard),
    row(Feature::TcpRoute, "TCPRoute", &[Resource::TcpRoute], Level::Extended, Channel::Standard),
    row(Feature::UdpRoute, "UDPRoute", &[Resource::UdpRoute], Level::Core, Channel::Standard),
    row(Feature::ReferenceGrant, "ReferenceGrant", &[Resource::ReferenceGrant], Level::Core, Channel::Standard),
    row(Feature::BackendTlsPolicy, "BackendTLSPolicy", &[Resource::BackendTlsPolicy], Level::Core, Channel::Standard),
    row(Feature::BackendTlsPolicySanValidation, "BackendTLSPolicySANValidation", &[Resource::BackendTlsPolicy], Level::Extended, Channel::Standard),
    row(Feature::Mesh, "Mesh", &[Resource::Mesh], Level::Core, Channel::Standard),
    row(Feature::MeshClusterIpMatching, "MeshClusterIPMatching", &[Resource::Mesh], Level::Extended, Channel::Standard),
    row(Feature::MeshConsumerRoute, "MeshConsumerRoute", &[Resource::Mesh], Level::Extended, Channel::Standard),
    row(Feature::MeshHttpRouteBackendRequestHeaderModification, "MeshHTTPRouteBackendRequestHeaderModification", &[Resource::Mesh], Level::Extended, Channel::Standard),
    row(Feature::MeshHttpRouteNamedRouteRule, "MeshHTTPRouteNamedRouteRule", &[Resource::Mesh], Level::Extended, Channel::Standard),
    row(Feature::MeshHttpRouteQueryParamMatching, "MeshHTTPRouteQueryParamMatching", &[Resource::Mesh], Level::Extended, Channel::Standard),
    row(Feature::MeshHttpRouteRedirectPath, "MeshHTTPRouteRedirectPath", &[Resource::Mesh], Level::Extended, Channel::Standard),
    row(Feature::MeshHttpRouteRedirectPort, "MeshHTTPRouteRedirectPort", &[Resource::Mesh], Level::Extended, Channel::Standard),
    row(Feature::MeshHttpRouteRewritePath, "MeshHTTPRouteRewritePath", &[Resource::Mesh], Level::Extended, Channel::Standard),
    row(Feature::MeshHttpRouteSchemeRedirect, "MeshHTTPRouteSchemeRedirect", &[Resource::Mesh], Level::Extended, Channel::Standard),
];

impl Feature {
    /// Every feature of the Gateway API, in the order of the specification's lists.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(|row| row.feature)
    }

    /// None if the Gateway API does not have it.
    fn row(self) -> Option<&'static Row> {
        ROWS.iter().find(|row| row.feature == self)
    }

    /// The name in `supportedFeatures`, flags and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Own(name) => name.as_ref(),
            _ => self.row().map_or("", |row| row.name),
        }
    }

    /// Whether the Gateway API does not have it.
    pub fn is_own(self) -> bool {
        matches!(self, Self::Own(_))
    }

    /// The resources in whose sets of features it is: one, but for `ClusterTrustBundle`, and none for what the Gateway
    /// API does not have.
    pub fn resources(self) -> &'static [Resource] {
        self.row().map_or(&[], |row| row.resources)
    }

    /// Core or extended.
    pub fn level(self) -> Level {
        self.row().map_or(Level::Extended, |row| row.level)
    }

    /// The channel whose definitions have the fields.
    pub fn channel(self) -> Channel {
        self.row().map_or(Channel::Standard, |row| row.channel)
    }

    /// Whether a version of the specification has it.
    pub fn is_of(self, version: SuiteVersion) -> bool {
        match self {
            Self::HttpRouteRetry | Self::HttpRouteRetryBackendTimeout => {
                version < SuiteVersion::V1_7_0
            }
            Self::ClusterTrustBundle
            | Self::GrpcRouteRequestHeaderModifier
            | Self::GatewayAddressRoutability
            | Self::GatewayAddressRoutabilityCluster
            | Self::GatewayListenerFilters
            | Self::GatewayRouteHostnameIntersectionPrecedence
            | Self::HttpRouteBackendUrlRewrite
            | Self::HttpRouteRetryCodes => version >= SuiteVersion::V1_7_0,
            _ => true,
        }
    }

    /// Whether it belongs to the service mesh's set of features.
    pub fn is_mesh(self) -> bool {
        self.resources() == [Resource::Mesh]
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Feature {
    type Err = Unknown;

    fn from_str(name: &str) -> Result<Self, Unknown> {
        match name.split_once('/') {
            Some((domain, rest)) if domain.contains('.') && !rest.is_empty() => {
                Ok(Self::Own(name.into()))
            }
            _ => lookup("feature", name, ROWS.iter().map(|row| (row.name, row.feature))),
        }
    }
}

impl Serialize for Feature {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Feature {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_feature_has_its_own_row() {
        for row in ROWS {
            assert_eq!(row.name.parse(), Ok(row.feature));
            assert_eq!(row.feature.name(), row.name);
        }
    }

    #[test]
    fn a_feature_of_ones_own_has_a_domain() {
        let own: Feature = "example.com/RateLimit".parse().unwrap();
        assert_eq!((own.name(), own.is_own()), ("example.com/RateLimit", true));
        assert_eq!(serde_json::to_string(&own).unwrap(), "\"example.com/RateLimit\"");
        assert!("example/RateLimit".parse::<Feature>().is_err());
    }

    #[test]
    fn an_unknown_feature_names_the_nearest() {
        let error = "HTTPRouteMethodMatchin".parse::<Feature>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown feature \"HTTPRouteMethodMatchin\"; did you mean \"HTTPRouteMethodMatching\"?"
        );
    }
}
