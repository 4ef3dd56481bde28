//! Everything that a test file needs, and nothing else.

pub use std::time::Duration;

pub use cluster::{Kind, Object};
pub use model::{
    condition::{
        Condition,
        ConditionType::{
            Accepted, Conflicted, InsecureFrontendValidationMode, Programmed, ResolvedRefs,
        },
        ListenerExpectation, Reason, listener,
    },
    exchange::{
        Backend, Choice, Exchange, Header, Message, Redirect, Request, Through,
        call::{Call, Code, GRPC_ECHO, call},
        calls_through,
        conversation::{Conversation, dns, tcp, tls, udp},
        get, redirect, request, streams_through, through,
    },
    extension::Extension,
    feature::Feature,
    names::{APP, INFRA, STALE_CONDITION, STALE_CONTROLLER, WEB},
    policy::{Setting, Shows},
    timeouts::Limit,
    verdict::{Failure, Mismatch, Verdict},
    version::SuiteVersion,
};
pub use serde_json::{Value, json};

pub use crate::{
    test::Test,
    verbs::{
        calls::Calls,
        class::GatewayClass,
        foreign::{Part, Reported, Seeded, foreign_ancestor},
        gateway::{Gateway, GatewayObject},
        parent::Parent,
        policy::{Effect, Policy},
        route::{Attachment, Route},
        streams::Streams,
        subject::{Clock, Subject},
        together::all_of,
        traffic::{ANY_BACKEND, Traffic},
    },
};

/// The header by which an echo backend is asked to set headers of its answer: `name:value,name:value`.
pub const ECHO_SETS: &str = "X-Echo-Set-Header";

/// A GET request that an echo backend fails as often as the query says. It counts by the parameter `uuid`, of
/// which each attempt has its own.
pub const fn failing(path: &str) -> Request<'_> {
    get(path).with_fresh("uuid")
}

/// A GET request whose query asks an echo backend to wait for `delay=250ms`: longer than the values allow that the
/// policies of the reference have.
pub const fn slow(path: &str) -> Request<'_> {
    get(path).taking(Duration::from_millis(250))
}

/// `infra-backend-v1`, two Pods.
pub const INFRA_V1: Backend = Backend { name: "infra-backend-v1", namespace: INFRA };
/// `infra-backend-v2`, two Pods.
pub const INFRA_V2: Backend = Backend { name: "infra-backend-v2", namespace: INFRA };
/// `infra-backend-v3`, one Pod.
pub const INFRA_V3: Backend = Backend { name: "infra-backend-v3", namespace: INFRA };
/// `grpc-infra-backend-v1`, two Pods that speak gRPC.
pub const GRPC_V1: Backend = Backend { name: "grpc-infra-backend-v1", namespace: INFRA };
/// `grpc-infra-backend-v2`, two Pods that speak gRPC.
pub const GRPC_V2: Backend = Backend { name: "grpc-infra-backend-v2", namespace: INFRA };
/// `grpc-infra-backend-v3`, two Pods that speak gRPC.
pub const GRPC_V3: Backend = Backend { name: "grpc-infra-backend-v3", namespace: INFRA };
/// `tcp-backend`, two Pods that speak TCP and TLS.
pub const TCP_BACKEND: Backend = Backend { name: "tcp-backend", namespace: INFRA };
/// `tls-backend`, one Pod that speaks HTTP over TLS.
pub const TLS_BACKEND: Backend = Backend { name: "tls-backend", namespace: INFRA };
/// `tls-backend-2`, beside it.
pub const TLS_BACKEND_2: Backend = Backend { name: "tls-backend-2", namespace: INFRA };
/// `udp-echo`, one Pod that speaks UDP.
pub const UDP_ECHO: Backend = Backend { name: "udp-echo", namespace: INFRA };
/// `app-backend-v1`, two Pods in a namespace of their own.
pub const APP_V1: Backend = Backend { name: "app-backend-v1", namespace: APP };
/// `app-backend-v2`, beside it.
pub const APP_V2: Backend = Backend { name: "app-backend-v2", namespace: APP };
/// `web-backend`, two Pods in a namespace of their own.
pub const WEB_BACKEND: Backend = Backend { name: "web-backend", namespace: WEB };
