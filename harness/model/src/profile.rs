//! Conformance profiles: the sets of features that a report is about.
//!
//! See <https://gateway-api.sigs.k8s.io/concepts/conformance/> and GEP-1709.

use std::{collections::BTreeSet, fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    feature::{Feature, Level, Resource},
    suggest::{Unknown, lookup},
    version::SuiteVersion,
};

/// A profile, in the order of its name, which is the order in reports.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
#[expect(missing_docs, reason = "the names are those of the specification")]
pub enum Profile {
    GatewayGrpc,
    GatewayHttp,
    GatewayTcp,
    GatewayTls,
    GatewayUdp,
    MeshGrpc,
    MeshHttp,
}

impl Profile {
    /// Every profile, sorted by name.
    pub const ALL: [Self; 7] = [
        Self::GatewayGrpc,
        Self::GatewayHttp,
        Self::GatewayTcp,
        Self::GatewayTls,
        Self::GatewayUdp,
        Self::MeshGrpc,
        Self::MeshHttp,
    ];

    /// The name in flags and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GatewayGrpc => "GATEWAY-GRPC",
            Self::GatewayHttp => "GATEWAY-HTTP",
            Self::GatewayTcp => "GATEWAY-TCP",
            Self::GatewayTls => "GATEWAY-TLS",
            Self::GatewayUdp => "GATEWAY-UDP",
            Self::MeshGrpc => "MESH-GRPC",
            Self::MeshHttp => "MESH-HTTP",
        }
    }

    /// What every implementation of the profile supports.
    pub fn core(self) -> BTreeSet<Feature> {
        use Feature as F;
        match self {
            Self::GatewayGrpc => [F::Gateway, F::ReferenceGrant, F::GrpcRoute].into(),
            Self::GatewayHttp => [F::Gateway, F::ReferenceGrant, F::HttpRoute].into(),
            Self::GatewayTcp => [F::Gateway, F::ReferenceGrant, F::TcpRoute].into(),
            Self::GatewayTls => [F::Gateway, F::ReferenceGrant, F::TlsRoute].into(),
            Self::GatewayUdp => [F::Gateway, F::ReferenceGrant, F::UdpRoute].into(),
            Self::MeshGrpc => [F::Mesh, F::GrpcRoute].into(),
            Self::MeshHttp => [F::Mesh, F::HttpRoute].into(),
        }
    }

    /// What an implementation of the profile may support besides, as a version of the specification has it.
    ///
    /// As in the Go suite, TCP and UDP name their own route here too, and GRPC leaves out the
    /// route's own extended features.
    pub fn extended(self, version: SuiteVersion) -> BTreeSet<Feature> {
        let mut features: BTreeSet<Feature> = match self {
            Self::MeshGrpc | Self::MeshHttp => extended_of(Resource::Mesh).collect(),
            _ => extended_of(Resource::Gateway).collect(),
        };
        let policies =
            || Feature::all().filter(|f| f.resources().contains(&Resource::BackendTlsPolicy));
        match self {
            Self::GatewayHttp => {
                features.extend(extended_of(Resource::HttpRoute).chain(policies()));
            }
            Self::GatewayTls => features.extend(extended_of(Resource::TlsRoute).chain(policies())),
            Self::GatewayGrpc => features.extend(policies()),
            Self::GatewayTcp => features.extend([Feature::TcpRoute]),
            Self::GatewayUdp => features.extend([Feature::UdpRoute]),
            Self::MeshGrpc | Self::MeshHttp => {}
        }
        features.retain(|feature| feature.is_of(version));
        features
    }
}

fn extended_of(resource: Resource) -> impl Iterator<Item = Feature> {
    Feature::all()
        .filter(move |f| f.resources().contains(&resource) && f.level() == Level::Extended)
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Profile {
    type Err = Unknown;

    fn from_str(name: &str) -> Result<Self, Unknown> {
        lookup("profile", name, Self::ALL.map(|profile| (profile.name(), profile)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_serialised_ones_and_sorted() {
        assert!(Profile::ALL.is_sorted_by_key(|profile| profile.name()));
        for profile in Profile::ALL {
            assert_eq!(serde_json::to_value(profile).unwrap(), profile.name());
        }
    }

    #[test]
    fn http_extends_over_gateway_route_and_backend_policy() {
        let extended = Profile::GatewayHttp.extended(SuiteVersion::NEWEST);
        assert!(extended.contains(&Feature::GatewayPort8080));
        assert!(extended.contains(&Feature::HttpRouteCors));
        assert!(extended.contains(&Feature::BackendTlsPolicy));
        assert!(!extended.contains(&Feature::HttpRoute));
        assert!(!extended.contains(&Feature::TlsRouteModeMixed));
    }

    #[test]
    fn a_version_has_its_own_features() {
        let (old, new) = (SuiteVersion::V1_6_3, SuiteVersion::V1_7_0);
        let (before, after) =
            (Profile::GatewayHttp.extended(old), Profile::GatewayHttp.extended(new));
        let gone: Vec<_> = before.difference(&after).map(|feature| feature.name()).collect();
        assert_eq!(gone, ["HTTPRouteRetry", "HTTPRouteRetryBackendTimeout"]);
        assert!(!before.contains(&Feature::HttpRouteRetryCodes));
        assert!(after.contains(&Feature::HttpRouteRetryCodes));
    }
}
