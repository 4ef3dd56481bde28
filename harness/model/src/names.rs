//! Names that the fixtures and the specification fix, in one place.

/// The API group of the Gateway API.
pub const GROUP: &str = "gateway.networking.k8s.io";
/// The definitions' annotation that tells the version of their bundle.
pub const BUNDLE_VERSION_ANNOTATION: &str = "gateway.networking.k8s.io/bundle-version";
/// The definitions' annotation that tells their release channel.
pub const CHANNEL_ANNOTATION: &str = "gateway.networking.k8s.io/channel";

/// A condition of this type was put there by a test; no controller ever refreshes it.
pub const STALE_CONDITION: &str = "conformance.gateway.networking.k8s.io/StaleCondition";
/// An entry of this controller was put there by a test; no controller ever refreshes it.
pub const STALE_CONTROLLER: &str = "gateway.networking.k8s.io/stale-controller";

/// Every object of every run has this label; its value is the run's UUID.
pub const RUN_LABEL: &str = "gateway-conformance.dev/run";
/// The objects of a test have this label; its value is the test's name.
pub const TEST_LABEL: &str = "gateway-conformance.dev/test";
/// The field manager of everything that is applied.
pub const FIELD_MANAGER: &str = "gateway-conformance";

/// The Pods that mount certificates of the fixtures have this annotation; its value is the UUID of the run that made them.
pub const CERTIFIED_BY: &str = "gateway-conformance.dev/certified-by";

/// The Deployment of a Pod, which is named after it, after its `ReplicaSet`, and after itself.
pub fn deployment_of(pod: &str) -> Option<&str> {
    pod.rsplitn(3, '-').nth(2)
}

/// In the manifests an object has this annotation that needs something that a description may say is not there.
pub const NEEDS: &str = "gateway-conformance.dev/needs";

/// The group of the policies in the manifests, which are applied as those of the implementer.
pub const POLICY_GROUP: &str = "policy.gateway-conformance.dev";

/// Where the base Gateways and most backends are.
pub const INFRA: &str = "gateway-conformance-infra";
/// Where the `app-backend` workloads are.
pub const APP: &str = "gateway-conformance-app-backend";
/// Where the `web-backend` workload is.
pub const WEB: &str = "gateway-conformance-web-backend";

/// The namespaces of the base environment.
pub const BASE_NAMESPACES: [&str; 3] = [INFRA, APP, WEB];

/// How the namespaces of the manifests are called in a cluster.
///
/// The one place where a name of a namespace becomes the one that the API server is asked for, so
/// that several copies of the base environment can stand side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Namespaces {
    /// Before all of them, as the user wants it.
    prefix: String,
    /// Before those of the base environment, of which there can be several.
    copy: String,
}

impl Namespaces {
    /// The names as the manifests write them.
    pub fn plain() -> Self {
        Self::default()
    }

    /// The names with `prefix` before each.
    pub fn prefixed(prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), copy: String::new() }
    }

    /// The names in a copy of the base environment, whose namespaces have `copy` before their names.
    #[must_use]
    pub fn of_copy(&self, copy: impl Into<String>) -> Self {
        Self { prefix: self.prefix.clone(), copy: copy.into() }
    }

    /// The name in the cluster of the namespace that the manifests call `name`; one that is the name in the cluster already
    /// stays so.
    pub fn in_cluster(&self, name: &str) -> String {
        let Self { prefix, copy } = self;
        match (BASE_NAMESPACES.contains(&name), prefix.is_empty() || name.starts_with(prefix)) {
            (true, _) => format!("{prefix}{copy}{name}"),
            (false, false) => format!("{prefix}{name}"),
            (false, true) => name.to_owned(),
        }
    }

    /// A text that says once that something is ` in ` the namespace that the manifests call `name`, with its
    /// name in the cluster.
    pub fn in_text(&self, text: &str, name: &str) -> String {
        text.replacen(&format!(" in {name}"), &format!(" in {}", self.in_cluster(name)), 1)
    }
}
