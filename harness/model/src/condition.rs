//! Conditions that a status must have, written as the specification says them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The type of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the specification")]
pub enum ConditionType {
    Accepted,
    Programmed,
    ResolvedRefs,
    Conflicted,
    InsecureFrontendValidationMode,
}

/// The reason of a condition, see `apis/v1/gateway_types.go` and `apis/v1/shared_types.go`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the specification")]
pub enum Reason {
    Accepted,
    AddressNotUsable,
    BackendNotFound,
    ConfigurationChanged,
    Conflicted,
    HostnameConflict,
    Invalid,
    InvalidCaCertificateKind,
    InvalidCaCertificateRef,
    InvalidCertificateRef,
    InvalidClientCertificateRef,
    InvalidKind,
    InvalidParameters,
    InvalidRouteKinds,
    ListenersNotValid,
    NoMatchingListenerHostname,
    NoMatchingParent,
    NoValidCaCertificate,
    NotAllowed,
    NotAllowedByListeners,
    Programmed,
    ProtocolConflict,
    RefNotPermitted,
    ResolvedRefs,
    TargetNotFound,
    UnsupportedAddress,
    UnsupportedProtocol,
    UnsupportedValue,
}

/// A condition that must hold: its type, its status, and mostly its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The type.
    pub kind: ConditionType,
    /// `Some(true)` for `True`, `Some(false)` for `False`, `None` for any.
    pub status: Option<bool>,
    /// The reason; any if there is none.
    pub reason: Option<Reason>,
}

impl ConditionType {
    /// The name in a status.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "Accepted",
            Self::Programmed => "Programmed",
            Self::ResolvedRefs => "ResolvedRefs",
            Self::Conflicted => "Conflicted",
            Self::InsecureFrontendValidationMode => "InsecureFrontendValidationMode",
        }
    }

    /// `True`, with the reason that the specification gives for that.
    pub const fn yes(self) -> Condition {
        let reason = match self {
            Self::Accepted => Some(Reason::Accepted),
            Self::Programmed => Some(Reason::Programmed),
            Self::ResolvedRefs => Some(Reason::ResolvedRefs),
            Self::InsecureFrontendValidationMode => Some(Reason::ConfigurationChanged),
            Self::Conflicted => None,
        };
        Condition { kind: self, status: Some(true), reason }
    }

    /// `True` with this reason.
    pub const fn yes_because(self, reason: Reason) -> Condition {
        Condition { kind: self, status: Some(true), reason: Some(reason) }
    }

    /// `False` with this reason.
    pub const fn no(self, reason: Reason) -> Condition {
        Condition { kind: self, status: Some(false), reason: Some(reason) }
    }

    /// `False` with any reason.
    pub const fn no_for_any_reason(self) -> Condition {
        Condition { kind: self, status: Some(false), reason: None }
    }

    /// There, with any status and reason.
    pub const fn present(self) -> Condition {
        Condition { kind: self, status: None, reason: None }
    }
}

impl Condition {
    /// The same with any reason.
    pub const fn for_any_reason(self) -> Self {
        Self { reason: None, ..self }
    }

    /// Whether a condition with this type, status and reason satisfies it.
    pub fn is_met_by(&self, kind: &str, status: &str, reason: &str) -> bool {
        kind == self.kind.name()
            && self.status.is_none_or(|wanted| status == status_text(wanted))
            && self.reason.is_none_or(|wanted| reason == wanted.name())
    }
}

const fn status_text(status: bool) -> &'static str {
    if status { "True" } else { "False" }
}

impl Reason {
    /// The name in a status.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "Accepted",
            Self::AddressNotUsable => "AddressNotUsable",
            Self::BackendNotFound => "BackendNotFound",
            Self::ConfigurationChanged => "ConfigurationChanged",
            Self::Conflicted => "Conflicted",
            Self::HostnameConflict => "HostnameConflict",
            Self::Invalid => "Invalid",
            Self::InvalidCaCertificateKind => "InvalidCACertificateKind",
            Self::InvalidCaCertificateRef => "InvalidCACertificateRef",
            Self::InvalidCertificateRef => "InvalidCertificateRef",
            Self::InvalidClientCertificateRef => "InvalidClientCertificateRef",
            Self::InvalidKind => "InvalidKind",
            Self::InvalidParameters => "InvalidParameters",
            Self::InvalidRouteKinds => "InvalidRouteKinds",
            Self::ListenersNotValid => "ListenersNotValid",
            Self::NoMatchingListenerHostname => "NoMatchingListenerHostname",
            Self::NoMatchingParent => "NoMatchingParent",
            Self::NoValidCaCertificate => "NoValidCACertificate",
            Self::NotAllowed => "NotAllowed",
            Self::NotAllowedByListeners => "NotAllowedByListeners",
            Self::Programmed => "Programmed",
            Self::ProtocolConflict => "ProtocolConflict",
            Self::RefNotPermitted => "RefNotPermitted",
            Self::ResolvedRefs => "ResolvedRefs",
            Self::TargetNotFound => "TargetNotFound",
            Self::UnsupportedAddress => "UnsupportedAddress",
            Self::UnsupportedProtocol => "UnsupportedProtocol",
            Self::UnsupportedValue => "UnsupportedValue",
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name())?;
        match self.status {
            Some(status) => write!(f, "={}", status_text(status))?,
            None => f.write_str(" (any status)")?,
        }
        match self.reason {
            Some(reason) => write!(f, "/{}", reason.name()),
            None => Ok(()),
        }
    }
}

/// What the status of a listener must say, see `apis/v1/gateway_types.go#ListenerStatus`.
#[derive(Clone, Copy, Debug)]
pub struct ListenerExpectation {
    /// The listener.
    pub name: &'static str,
    /// Kinds of the Gateway API's group that `supportedKinds` must contain; if empty, it must be empty.
    pub supported_kinds: &'static [&'static str],
    /// The exact count of attached routes.
    pub attached_routes: i64,
    /// Conditions that it must have among others.
    pub conditions: &'static [Condition],
}

/// The conditions of a listener that serves, for any reason.
pub const READY: &[Condition] = &[
    ConditionType::ResolvedRefs.yes().for_any_reason(),
    ConditionType::Accepted.yes().for_any_reason(),
    ConditionType::Programmed.yes().for_any_reason(),
];

/// A listener that supports HTTPRoutes and has none attached.
pub const fn listener(name: &'static str) -> ListenerExpectation {
    ListenerExpectation {
        name,
        supported_kinds: &["HTTPRoute"],
        attached_routes: 0,
        conditions: &[],
    }
}

impl ListenerExpectation {
    /// With exactly these routes attached.
    pub const fn attached(self, attached_routes: i64) -> Self {
        Self { attached_routes, ..self }
    }

    /// That supports these kinds of routes, among others.
    pub const fn with_kinds(self, supported_kinds: &'static [&'static str]) -> Self {
        Self { supported_kinds, ..self }
    }

    /// That supports no kind of route.
    pub const fn without_kinds(self) -> Self {
        self.with_kinds(&[])
    }

    /// That serves.
    pub const fn ready(self) -> Self {
        self.with(READY)
    }

    /// With these conditions among others.
    pub const fn with(self, conditions: &'static [Condition]) -> Self {
        Self { conditions, ..self }
    }
}
