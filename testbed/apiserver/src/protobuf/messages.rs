//! The numbers of the fields, as Kubernetes' API has fixed them.

/// One field of a message.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    pub number: u64,
    /// Its name in JSON.
    pub name: &'static str,
    pub of: Type,
}

/// The type of a field.
#[derive(Debug, Clone, Copy)]
pub enum Type {
    Text,
    /// Bytes, which are base64 in JSON.
    Base64,
    /// A number whose zero says the same as its absence.
    Number,
    /// A number whose zero means zero.
    PresentNumber,
    Bool,
    Time,
    MicroTime,
    IntOrText,
    Message(&'static [Field]),
    List(&'static Type),
    Map(&'static Type),
}

use Type::{
    Base64, Bool, IntOrText, List, Map, Message, MicroTime, Number, PresentNumber, Text, Time,
};

const fn f(number: u64, name: &'static str, of: Type) -> Field {
    Field { number, name, of }
}

/// The fields of a kind, where it is known.
pub fn of(api_version: &str, kind: &str) -> Option<&'static [Field]> {
    match (api_version, kind) {
        (_, "DeleteOptions") => Some(DELETE_OPTIONS),
        ("v1", "Secret") => Some(SECRET),
        ("v1", "ConfigMap") => Some(CONFIG_MAP),
        ("v1", "Namespace") => Some(NAMESPACE),
        ("v1", "Service") => Some(SERVICE),
        ("v1", "Event") => Some(CORE_EVENT),
        ("events.k8s.io/v1", "Event") => Some(EVENT),
        ("coordination.k8s.io/v1", "Lease") => Some(LEASE),
        ("authorization.k8s.io/v1", "SelfSubjectAccessReview") => Some(ACCESS_REVIEW),
        _ => None,
    }
}

const OBJECT_META: Field = f(
    1,
    "metadata",
    Message(&[
        f(1, "name", Text),
        f(2, "generateName", Text),
        f(3, "namespace", Text),
        f(5, "uid", Text),
        f(6, "resourceVersion", Text),
        f(7, "generation", Number),
        f(8, "creationTimestamp", Time),
        f(9, "deletionTimestamp", Time),
        f(10, "deletionGracePeriodSeconds", PresentNumber),
        f(11, "labels", Map(&Text)),
        f(12, "annotations", Map(&Text)),
        f(13, "ownerReferences", List(&Message(OWNER_REFERENCE))),
        f(14, "finalizers", List(&Text)),
    ]),
);

const OWNER_REFERENCE: &[Field] = &[
    f(1, "kind", Text),
    f(3, "name", Text),
    f(4, "uid", Text),
    f(5, "apiVersion", Text),
    f(6, "controller", Bool),
    f(7, "blockOwnerDeletion", Bool),
];

const DELETE_OPTIONS: &[Field] = &[
    f(1, "gracePeriodSeconds", PresentNumber),
    f(2, "preconditions", Message(&[f(1, "uid", Text), f(2, "resourceVersion", Text)])),
    f(3, "orphanDependents", Bool),
    f(4, "propagationPolicy", Text),
    f(5, "dryRun", List(&Text)),
];

const SECRET: &[Field] = &[
    OBJECT_META,
    f(2, "data", Map(&Base64)),
    f(3, "type", Text),
    f(4, "stringData", Map(&Text)),
    f(5, "immutable", Bool),
];

const CONFIG_MAP: &[Field] = &[
    OBJECT_META,
    f(2, "data", Map(&Text)),
    f(3, "binaryData", Map(&Base64)),
    f(4, "immutable", Bool),
];

const NAMESPACE: &[Field] = &[
    OBJECT_META,
    f(2, "spec", Message(&[f(1, "finalizers", List(&Text))])),
    f(3, "status", Message(&[f(1, "phase", Text)])),
];

/// `status.conditions` and `spec.sessionAffinityConfig` are left out: nothing here sets them.
const SERVICE: &[Field] = &[
    OBJECT_META,
    f(2, "spec", Message(SERVICE_SPEC)),
    f(3, "status", Message(&[f(1, "loadBalancer", Message(LOAD_BALANCER))])),
];

const LOAD_BALANCER: &[Field] =
    &[f(1, "ingress", List(&Message(&[f(1, "ip", Text), f(2, "hostname", Text)])))];

const SERVICE_SPEC: &[Field] = &[
    f(1, "ports", List(&Message(SERVICE_PORT))),
    f(2, "selector", Map(&Text)),
    f(3, "clusterIP", Text),
    f(4, "type", Text),
    f(5, "externalIPs", List(&Text)),
    f(7, "sessionAffinity", Text),
    f(8, "loadBalancerIP", Text),
    f(9, "loadBalancerSourceRanges", List(&Text)),
    f(10, "externalName", Text),
    f(11, "externalTrafficPolicy", Text),
    f(12, "healthCheckNodePort", Number),
    f(13, "publishNotReadyAddresses", Bool),
    f(17, "ipFamilyPolicy", Text),
    f(18, "clusterIPs", List(&Text)),
    f(19, "ipFamilies", List(&Text)),
    f(20, "allocateLoadBalancerNodePorts", Bool),
    f(21, "loadBalancerClass", Text),
    f(22, "internalTrafficPolicy", Text),
    f(23, "trafficDistribution", Text),
];

const SERVICE_PORT: &[Field] = &[
    f(1, "name", Text),
    f(2, "protocol", Text),
    f(3, "port", Number),
    f(4, "targetPort", IntOrText),
    f(5, "nodePort", Number),
    f(6, "appProtocol", Text),
];

const OBJECT_REFERENCE: &[Field] = &[
    f(1, "kind", Text),
    f(2, "namespace", Text),
    f(3, "name", Text),
    f(4, "uid", Text),
    f(5, "apiVersion", Text),
    f(6, "resourceVersion", Text),
    f(7, "fieldPath", Text),
];

const EVENT_SOURCE: &[Field] = &[f(1, "component", Text), f(2, "host", Text)];

const EVENT_SERIES: &[Field] = &[f(1, "count", Number), f(2, "lastObservedTime", MicroTime)];

const CORE_EVENT: &[Field] = &[
    OBJECT_META,
    f(2, "involvedObject", Message(OBJECT_REFERENCE)),
    f(3, "reason", Text),
    f(4, "message", Text),
    f(5, "source", Message(EVENT_SOURCE)),
    f(6, "firstTimestamp", Time),
    f(7, "lastTimestamp", Time),
    f(8, "count", Number),
    f(9, "type", Text),
    f(10, "eventTime", MicroTime),
    f(11, "series", Message(EVENT_SERIES)),
    f(12, "action", Text),
    f(13, "related", Message(OBJECT_REFERENCE)),
    f(14, "reportingComponent", Text),
    f(15, "reportingInstance", Text),
];

const EVENT: &[Field] = &[
    OBJECT_META,
    f(2, "eventTime", MicroTime),
    f(3, "series", Message(EVENT_SERIES)),
    f(4, "reportingController", Text),
    f(5, "reportingInstance", Text),
    f(6, "action", Text),
    f(7, "reason", Text),
    f(8, "regarding", Message(OBJECT_REFERENCE)),
    f(9, "related", Message(OBJECT_REFERENCE)),
    f(10, "note", Text),
    f(11, "type", Text),
    f(12, "deprecatedSource", Message(EVENT_SOURCE)),
    f(13, "deprecatedFirstTimestamp", Time),
    f(14, "deprecatedLastTimestamp", Time),
    f(15, "deprecatedCount", Number),
];

const LEASE: &[Field] = &[
    OBJECT_META,
    f(
        2,
        "spec",
        Message(&[
            f(1, "holderIdentity", Text),
            f(2, "leaseDurationSeconds", Number),
            f(3, "acquireTime", MicroTime),
            f(4, "renewTime", MicroTime),
            f(5, "leaseTransitions", Number),
            f(6, "strategy", Text),
            f(7, "preferredHolder", Text),
        ]),
    ),
];

const ACCESS_REVIEW: &[Field] = &[
    OBJECT_META,
    f(
        2,
        "spec",
        Message(&[
            f(
                1,
                "resourceAttributes",
                Message(&[
                    f(1, "namespace", Text),
                    f(2, "verb", Text),
                    f(3, "group", Text),
                    f(4, "version", Text),
                    f(5, "resource", Text),
                    f(6, "subresource", Text),
                    f(7, "name", Text),
                ]),
            ),
            f(2, "nonResourceAttributes", Message(&[f(1, "path", Text), f(2, "verb", Text)])),
        ]),
    ),
];
