//! How lists and maps merge, kind by kind: the part of the API's schema that patches depend on.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use crate::resources::Resource;

/// How the value at one place merges with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merge {
    /// As a whole. The rule for lists of which nothing else is known; maps merge member by member.
    Atomic,
    /// A list of objects that are told apart by these members; strategic merge uses the first.
    ByKeys(&'static [&'static str]),
    /// A list of distinct scalars.
    Set,
}

/// The rules below one place. A place without rules has none below it either.
#[derive(Debug, Default)]
pub struct Schema {
    merge: Option<Merge>,
    fields: BTreeMap<&'static str, Schema>,
    items: Option<Box<Schema>>,
}

static NO_RULES: Schema = Schema { merge: None, fields: BTreeMap::new(), items: None };

impl Schema {
    /// The rules of a kind, from the top of its objects.
    pub fn of(resource: &Resource) -> &'static Schema {
        static BY_KIND: LazyLock<HashMap<&'static str, Schema>> = LazyLock::new(by_kind);
        static OTHERS: LazyLock<Schema> = LazyLock::new(|| Schema::from_rules([METADATA, STATUS]));
        BY_KIND.get(resource.kind).unwrap_or(&OTHERS)
    }

    pub fn field(&self, name: &str) -> &Schema {
        self.fields.get(name).unwrap_or(&NO_RULES)
    }

    pub fn items(&self) -> &Schema {
        self.items.as_deref().unwrap_or(&NO_RULES)
    }

    pub fn list(&self) -> Merge {
        self.merge.unwrap_or(Merge::Atomic)
    }

    pub fn is_atomic_map(&self) -> bool {
        self.merge == Some(Merge::Atomic)
    }

    fn from_rules<'r>(tables: impl IntoIterator<Item = &'r [Rule]>) -> Self {
        let mut root = Self::default();
        for (path, merge) in tables.into_iter().flatten() {
            root.at(path).merge = Some(*merge);
        }
        root
    }

    fn at(&mut self, path: &'static str) -> &mut Schema {
        path.split('.').fold(self, |place, segment| {
            let name = segment.trim_end_matches("[]");
            let place = place.fields.entry(name).or_default();
            if segment.ends_with("[]") { place.items.get_or_insert_default() } else { place }
        })
    }
}

/// A path, where `[]` descends into the elements of a list, and its rule.
type Rule = (&'static str, Merge);

/// The default of a list's key where an element omits it, as the API's schema has it.
pub fn key_default(key: &str) -> Option<&'static str> {
    (key == "protocol").then_some("TCP")
}

const BY_NAME: Merge = Merge::ByKeys(&["name"]);
const BY_TYPE: Merge = Merge::ByKeys(&["type"]);

const METADATA: &[Rule] =
    &[("metadata.ownerReferences", Merge::ByKeys(&["uid"])), ("metadata.finalizers", Merge::Set)];
const STATUS: &[Rule] = &[("status.conditions", BY_TYPE)];
const CLASS: &[Rule] = &[("status.supportedFeatures", BY_NAME)];
const LISTENERS: &[Rule] = &[
    ("spec.listeners", BY_NAME),
    ("spec.listeners[].allowedRoutes.namespaces.selector", Merge::Atomic),
    ("spec.allowedListeners.namespaces.selector", Merge::Atomic),
    ("spec.tls.frontend.perPort", Merge::ByKeys(&["port"])),
    ("status.listeners", BY_NAME),
    ("status.listeners[].conditions", BY_TYPE),
];
const SERVICE: &[Rule] =
    &[("spec.ports", Merge::ByKeys(&["port", "protocol"])), ("spec.selector", Merge::Atomic)];
const NODE: &[Rule] = &[("status.addresses", BY_TYPE), ("spec.podCIDRs", Merge::Set)];
const SERVICE_ACCOUNT: &[Rule] = &[("secrets", BY_NAME), ("imagePullSecrets", BY_NAME)];
const WORKLOAD: &[Rule] = &[("spec.selector", Merge::Atomic)];
const POD_STATUS: &[Rule] =
    &[("status.podIPs", Merge::ByKeys(&["ip"])), ("status.hostIPs", Merge::Atomic)];

/// The rules of a Pod's specification below a prefix.
macro_rules! pod_spec {
    ($prefix:literal) => {
        &[
            (concat!($prefix, "volumes"), BY_NAME),
            (concat!($prefix, "imagePullSecrets"), BY_NAME),
            (concat!($prefix, "hostAliases"), Merge::ByKeys(&["ip"])),
            (concat!($prefix, "nodeSelector"), Merge::Atomic),
            (concat!($prefix, "containers"), BY_NAME),
            (concat!($prefix, "containers[].env"), BY_NAME),
            (concat!($prefix, "containers[].env[].valueFrom.fieldRef"), Merge::Atomic),
            (concat!($prefix, "containers[].ports"), CONTAINER_PORTS),
            (concat!($prefix, "containers[].volumeMounts"), Merge::ByKeys(&["mountPath"])),
            (concat!($prefix, "initContainers"), BY_NAME),
            (concat!($prefix, "initContainers[].env"), BY_NAME),
            (concat!($prefix, "initContainers[].ports"), CONTAINER_PORTS),
            (concat!($prefix, "initContainers[].volumeMounts"), Merge::ByKeys(&["mountPath"])),
        ]
    };
}

const CONTAINER_PORTS: Merge = Merge::ByKeys(&["containerPort", "protocol"]);
const POD_SPEC: &[Rule] = pod_spec!("spec.");
const TEMPLATE: &[Rule] = pod_spec!("spec.template.spec.");

/// Routes and policies keep a list of parents that is atomic, so what is below does not matter.
fn by_kind() -> HashMap<&'static str, Schema> {
    let kinds: [(&str, &[&[Rule]]); 9] = [
        ("Pod", &[POD_SPEC, POD_STATUS]),
        ("Deployment", &[WORKLOAD, TEMPLATE]),
        ("ReplicaSet", &[WORKLOAD, TEMPLATE]),
        ("Service", &[SERVICE]),
        ("Node", &[NODE]),
        ("ServiceAccount", &[SERVICE_ACCOUNT]),
        ("GatewayClass", &[CLASS]),
        ("Gateway", &[LISTENERS]),
        ("ListenerSet", &[LISTENERS]),
    ];
    kinds
        .into_iter()
        .map(|(kind, tables)| {
            let tables = [METADATA, STATUS].into_iter().chain(tables.iter().copied());
            (kind, Schema::from_rules(tables))
        })
        .collect()
}
