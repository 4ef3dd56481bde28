//! Statuses to be written.

use serde_json::Value;

use super::objects::Key;
use super::route_kind::RouteKind;

/// Kinds that have a status of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatusKind {
    /// `GatewayClass`.
    GatewayClass,
    /// `Gateway`.
    Gateway,
    /// `ListenerSet`.
    ListenerSet,
    /// `BackendTLSPolicy`.
    BackendTlsPolicy,
    /// `TimeoutPolicy`, of this implementation.
    TimeoutPolicy,
    /// A route.
    Route(RouteKind),
}

/// A status that must be written.
#[derive(Debug, Clone, PartialEq)]
pub struct StatusUpdate {
    /// The kind of the object.
    pub kind: StatusKind,
    /// The object.
    pub key: Key,
    /// The version of the object that the status was computed from.
    pub resource_version: String,
    /// The whole status.
    pub status: Value,
}
