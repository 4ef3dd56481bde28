//! The one table of what is served. Discovery, `OpenAPI`, storage, definitions and printing read it.

mod release;

pub use self::release::Release;
use self::release::{Releases, before, since};

/// The API group of the Gateway API.
pub const GATEWAY_API: &str = "gateway.networking.k8s.io";

/// The API group of the reference Gateway's own kinds.
const TESTBED: &str = "testbed.gateway-conformance.dev";

/// One kind of resource in one API group.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent properties of a kind")]
pub struct Resource {
    pub group: &'static str,
    /// The served versions; objects are stored in the first.
    pub versions: &'static [&'static str],
    pub kind: &'static str,
    pub plural: &'static str,
    pub singular: &'static str,
    pub short_names: &'static [&'static str],
    pub namespaced: bool,
    /// Whether `status` is written through a subresource of its own.
    pub status: bool,
    /// Whether `metadata.generation` counts changes of the desired state.
    pub generation: bool,
    /// Whether a PUT without a resourceVersion overwrites.
    pub unconditional_update: bool,
    pub storage: Storage,
    pub columns: &'static [Column],
    /// The releases of the Gateway API that have it like this.
    pub releases: Releases,
}

/// Where the objects of a resource are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// Under the resource's own name.
    Own,
    /// Another group's form of the core events.
    CoreEvents,
    /// Nowhere: a question that is answered when it is created.
    Answer,
}

/// A printed column: what `kubectl get` shows.
#[derive(Debug)]
pub struct Column {
    pub name: &'static str,
    pub kind: ColumnKind,
    /// Shown with `-o wide` only.
    pub wide: bool,
}

/// Where a column's text is found.
#[derive(Debug)]
pub enum ColumnKind {
    /// The members at a path of names, through every element of lists.
    Path(&'static str),
    /// The status of the condition of this type.
    Condition(&'static str),
    /// How long ago the time at this path was.
    Age(&'static str),
    /// The number of members of the object or list at this path.
    Count(&'static str),
    /// How many of how many: two paths.
    Ratio(&'static str, &'static str),
    /// `port/protocol` of the Service's ports.
    ServicePorts,
    /// `ready/all` of the Pod's containers.
    ReadyContainers,
    /// The Pod's phase, or why it is not running.
    PodStatus,
}

const fn column(name: &'static str, kind: ColumnKind) -> Column {
    Column { name, kind, wide: false }
}

const fn wide(name: &'static str, kind: ColumnKind) -> Column {
    Column { name, kind, wide: true }
}

const AGE: Column = column("Age", ColumnKind::Age("metadata.creationTimestamp"));

use ColumnKind::{Age, Condition, Count, Path, PodStatus, Ratio, ReadyContainers, ServicePorts};

const PLAIN: Resource = Resource {
    group: "",
    versions: &["v1"],
    kind: "",
    plural: "",
    singular: "",
    short_names: &[],
    namespaced: true,
    status: false,
    generation: false,
    unconditional_update: true,
    storage: Storage::Own,
    columns: &[AGE],
    releases: Releases::ALL,
};

const GATEWAY: Resource = Resource {
    group: GATEWAY_API,
    status: true,
    generation: true,
    unconditional_update: false,
    ..PLAIN
};

const GATEWAY_CLASS: Resource = Resource {
    kind: "GatewayClass",
    plural: "gatewayclasses",
    singular: "gatewayclass",
    short_names: &["gc"],
    namespaced: false,
    columns: &[
        column("Controller", Path("spec.controllerName")),
        column("Accepted", Condition("Accepted")),
        AGE,
        wide("Description", Path("spec.description")),
    ],
    ..GATEWAY
};

const A_GATEWAY: Resource = Resource {
    kind: "Gateway",
    plural: "gateways",
    singular: "gateway",
    short_names: &["gtw"],
    columns: &[
        column("Class", Path("spec.gatewayClassName")),
        column("Address", Path("status.addresses.value")),
        column("Programmed", Condition("Programmed")),
        AGE,
    ],
    ..GATEWAY
};

const HTTP_ROUTE: Resource = Resource {
    kind: "HTTPRoute",
    plural: "httproutes",
    singular: "httproute",
    columns: &[column("Hostnames", Path("spec.hostnames")), AGE],
    ..GATEWAY
};

const GRPC_ROUTE: Resource = Resource {
    kind: "GRPCRoute",
    plural: "grpcroutes",
    singular: "grpcroute",
    columns: &[column("Hostnames", Path("spec.hostnames")), AGE],
    ..GATEWAY
};

const TLS_ROUTE: Resource =
    Resource { kind: "TLSRoute", plural: "tlsroutes", singular: "tlsroute", ..GATEWAY };

const TCP_ROUTE: Resource =
    Resource { kind: "TCPRoute", plural: "tcproutes", singular: "tcproute", ..GATEWAY };

const UDP_ROUTE: Resource =
    Resource { kind: "UDPRoute", plural: "udproutes", singular: "udproute", ..GATEWAY };

const REFERENCE_GRANT: Resource = Resource {
    kind: "ReferenceGrant",
    plural: "referencegrants",
    singular: "referencegrant",
    short_names: &["refgrant"],
    status: false,
    ..GATEWAY
};

const BACKEND_TLS_POLICY: Resource = Resource {
    kind: "BackendTLSPolicy",
    plural: "backendtlspolicies",
    singular: "backendtlspolicy",
    short_names: &["btlspolicy"],
    ..GATEWAY
};

const LISTENER_SET: Resource = Resource {
    kind: "ListenerSet",
    plural: "listenersets",
    singular: "listenerset",
    short_names: &["lset"],
    columns: &[
        column("Accepted", Condition("Accepted")),
        column("Programmed", Condition("Programmed")),
        AGE,
    ],
    ..GATEWAY
};

/// Everything that is served, of the Gateway API as each release has it.
pub static RESOURCES: &[Resource] = &[
    Resource {
        kind: "Namespace",
        plural: "namespaces",
        singular: "namespace",
        short_names: &["ns"],
        namespaced: false,
        status: true,
        columns: &[column("Status", Path("status.phase")), AGE],
        ..PLAIN
    },
    Resource {
        kind: "Pod",
        plural: "pods",
        singular: "pod",
        short_names: &["po"],
        status: true,
        generation: true,
        columns: &[
            column("Ready", ReadyContainers),
            column("Status", PodStatus),
            AGE,
            wide("IP", Path("status.podIP")),
            wide("Node", Path("spec.nodeName")),
        ],
        ..PLAIN
    },
    Resource {
        kind: "Service",
        plural: "services",
        singular: "service",
        short_names: &["svc"],
        status: true,
        columns: &[
            column("Type", Path("spec.type")),
            column("Cluster-IP", Path("spec.clusterIP")),
            column("External-IP", Path("status.loadBalancer.ingress.ip")),
            column("Port(s)", ServicePorts),
            AGE,
        ],
        ..PLAIN
    },
    Resource {
        kind: "Secret",
        plural: "secrets",
        singular: "secret",
        columns: &[column("Type", Path("type")), column("Data", Count("data")), AGE],
        ..PLAIN
    },
    Resource {
        kind: "ConfigMap",
        plural: "configmaps",
        singular: "configmap",
        short_names: &["cm"],
        columns: &[column("Data", Count("data")), AGE],
        ..PLAIN
    },
    Resource {
        kind: "Endpoints",
        plural: "endpoints",
        singular: "endpoints",
        short_names: &["ep"],
        columns: &[column("Endpoints", Path("subsets.addresses.ip")), AGE],
        ..PLAIN
    },
    Resource {
        kind: "Event",
        plural: "events",
        singular: "event",
        short_names: &["ev"],
        columns: &[
            column("Last Seen", Age("lastTimestamp")),
            column("Type", Path("type")),
            column("Reason", Path("reason")),
            column("Object", Path("involvedObject.name")),
            column("Message", Path("message")),
        ],
        ..PLAIN
    },
    Resource {
        kind: "Node",
        plural: "nodes",
        singular: "node",
        short_names: &["no"],
        namespaced: false,
        status: true,
        columns: &[column("Ready", Condition("Ready")), AGE],
        ..PLAIN
    },
    Resource {
        kind: "ServiceAccount",
        plural: "serviceaccounts",
        singular: "serviceaccount",
        short_names: &["sa"],
        ..PLAIN
    },
    Resource {
        group: "apps",
        kind: "Deployment",
        plural: "deployments",
        singular: "deployment",
        short_names: &["deploy"],
        status: true,
        generation: true,
        columns: &[
            column("Ready", Ratio("status.readyReplicas", "spec.replicas")),
            column("Up-to-date", Path("status.updatedReplicas")),
            column("Available", Path("status.availableReplicas")),
            AGE,
        ],
        ..PLAIN
    },
    Resource {
        group: "apps",
        kind: "ReplicaSet",
        plural: "replicasets",
        singular: "replicaset",
        short_names: &["rs"],
        status: true,
        generation: true,
        columns: &[
            column("Desired", Path("spec.replicas")),
            column("Current", Path("status.replicas")),
            column("Ready", Path("status.readyReplicas")),
            AGE,
        ],
        ..PLAIN
    },
    Resource {
        group: "discovery.k8s.io",
        kind: "EndpointSlice",
        plural: "endpointslices",
        singular: "endpointslice",
        generation: true,
        columns: &[
            column("AddressType", Path("addressType")),
            column("Ports", Path("ports.port")),
            column("Endpoints", Path("endpoints.addresses")),
            AGE,
        ],
        ..PLAIN
    },
    Resource {
        group: "events.k8s.io",
        kind: "Event",
        plural: "events",
        singular: "event",
        short_names: &["ev"],
        storage: Storage::CoreEvents,
        columns: &[
            column("Last Seen", Age("deprecatedLastTimestamp")),
            column("Type", Path("type")),
            column("Reason", Path("reason")),
            column("Object", Path("regarding.name")),
            column("Message", Path("note")),
        ],
        ..PLAIN
    },
    Resource {
        group: "coordination.k8s.io",
        kind: "Lease",
        plural: "leases",
        singular: "lease",
        columns: &[column("Holder", Path("spec.holderIdentity")), AGE],
        ..PLAIN
    },
    Resource {
        group: "authorization.k8s.io",
        kind: "SelfSubjectAccessReview",
        plural: "selfsubjectaccessreviews",
        singular: "selfsubjectaccessreview",
        namespaced: false,
        storage: Storage::Answer,
        ..PLAIN
    },
    Resource {
        group: "authorization.k8s.io",
        kind: "SelfSubjectRulesReview",
        plural: "selfsubjectrulesreviews",
        singular: "selfsubjectrulesreview",
        namespaced: false,
        storage: Storage::Answer,
        ..PLAIN
    },
    Resource {
        group: "apiextensions.k8s.io",
        kind: "CustomResourceDefinition",
        plural: "customresourcedefinitions",
        singular: "customresourcedefinition",
        short_names: &["crd", "crds"],
        namespaced: false,
        status: true,
        generation: true,
        unconditional_update: false,
        columns: &[column("Created At", Path("metadata.creationTimestamp"))],
        ..PLAIN
    },
    Resource { versions: &["v1", "v1beta1"], releases: since(1, 0), ..GATEWAY_CLASS },
    Resource { versions: &["v1beta1"], releases: since(0, 8).until(1, 0), ..GATEWAY_CLASS },
    Resource {
        versions: &["v1beta1", "v1alpha2"],
        releases: since(0, 5).until(0, 8),
        ..GATEWAY_CLASS
    },
    Resource { versions: &["v1alpha2"], releases: before(0, 5), ..GATEWAY_CLASS },
    Resource { versions: &["v1", "v1beta1"], releases: since(1, 0), ..A_GATEWAY },
    Resource { versions: &["v1beta1"], releases: since(0, 8).until(1, 0), ..A_GATEWAY },
    Resource { versions: &["v1beta1", "v1alpha2"], releases: since(0, 5).until(0, 8), ..A_GATEWAY },
    Resource { versions: &["v1alpha2"], releases: before(0, 5), ..A_GATEWAY },
    Resource { versions: &["v1", "v1beta1"], releases: since(1, 0), ..HTTP_ROUTE },
    Resource { versions: &["v1beta1"], releases: since(0, 8).until(1, 0), ..HTTP_ROUTE },
    Resource {
        versions: &["v1beta1", "v1alpha2"],
        releases: since(0, 5).until(0, 8),
        ..HTTP_ROUTE
    },
    Resource { versions: &["v1alpha2"], releases: before(0, 5), ..HTTP_ROUTE },
    Resource { releases: since(1, 2), ..GRPC_ROUTE },
    Resource { versions: &["v1", "v1alpha2"], releases: since(1, 1).until(1, 2), ..GRPC_ROUTE },
    Resource { versions: &["v1alpha2"], releases: since(0, 6).until(1, 1), ..GRPC_ROUTE },
    Resource { releases: since(1, 5), ..TLS_ROUTE },
    Resource {
        versions: &["v1alpha3", "v1alpha2"],
        releases: since(1, 4).until(1, 5),
        ..TLS_ROUTE
    },
    Resource { versions: &["v1alpha2"], releases: before(1, 4), ..TLS_ROUTE },
    Resource { releases: since(1, 5), ..TCP_ROUTE },
    Resource { versions: &["v1alpha2"], releases: before(1, 5), ..TCP_ROUTE },
    Resource { releases: since(1, 5), ..UDP_ROUTE },
    Resource { versions: &["v1alpha2"], releases: before(1, 5), ..UDP_ROUTE },
    Resource { versions: &["v1", "v1beta1"], releases: since(1, 5), ..REFERENCE_GRANT },
    Resource { versions: &["v1beta1"], releases: since(1, 2).until(1, 5), ..REFERENCE_GRANT },
    Resource {
        versions: &["v1beta1", "v1alpha2"],
        releases: since(0, 6).until(1, 2),
        ..REFERENCE_GRANT
    },
    Resource { versions: &["v1alpha2"], releases: since(0, 5).until(0, 6), ..REFERENCE_GRANT },
    Resource {
        kind: "ReferencePolicy",
        versions: &["v1alpha2"],
        plural: "referencepolicies",
        singular: "referencepolicy",
        short_names: &["refpol"],
        releases: before(0, 6),
        ..REFERENCE_GRANT
    },
    Resource { releases: since(1, 4), ..BACKEND_TLS_POLICY },
    Resource { versions: &["v1alpha3"], releases: since(1, 1).until(1, 4), ..BACKEND_TLS_POLICY },
    Resource { versions: &["v1alpha2"], releases: since(1, 0).until(1, 1), ..BACKEND_TLS_POLICY },
    Resource { releases: since(1, 5), ..LISTENER_SET },
    Resource {
        group: TESTBED,
        versions: &["v1alpha1"],
        kind: "TimeoutPolicy",
        plural: "timeoutpolicies",
        singular: "timeoutpolicy",
        ..GATEWAY
    },
];

/// The resource of the core group or, in its newest form, the Gateway API with this plural name.
pub fn by_plural(plural: &str) -> &'static Resource {
    RESOURCES
        .iter()
        .find(|resource| resource.plural == plural)
        .unwrap_or_else(|| unreachable!("{plural} is in the table"))
}

/// `v1`, or `group/version`.
pub fn api_version(group: &str, version: &str) -> String {
    if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") }
}

impl Resource {
    /// `services`, or `gateways.gateway.networking.k8s.io`.
    pub fn qualified_name(&self) -> String {
        if self.group.is_empty() {
            self.plural.to_owned()
        } else {
            format!("{}.{}", self.plural, self.group)
        }
    }

    /// Whether the kind is given by a `CustomResourceDefinition`.
    pub fn is_custom(&self) -> bool {
        matches!(self.group, GATEWAY_API | TESTBED)
    }

    /// The `apiVersion` in which objects are stored.
    pub fn stored_api_version(&self) -> String {
        match self.storage {
            Storage::CoreEvents => "v1".to_owned(),
            Storage::Own | Storage::Answer => api_version(self.group, self.versions[0]),
        }
    }

    pub fn verbs(&self) -> &'static [&'static str] {
        match self.storage {
            Storage::Answer => &["create"],
            Storage::Own | Storage::CoreEvents => {
                &["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
            }
        }
    }

    /// The names of what lies below one object.
    pub fn subresources(&self) -> &'static [&'static str] {
        match self.plural {
            "namespaces" => &["finalize", "status"],
            "pods" => &["exec", "log", "status"],
            _ if self.status => &["status"],
            _ => &[],
        }
    }
}
