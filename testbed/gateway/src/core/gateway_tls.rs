//! Typed view of `Gateway.spec.tls`.

use serde::Deserialize;

use super::object_reference::ObjectReference;

/// `Gateway.spec.tls`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct GatewayTls {
    /// Towards clients.
    pub frontend: Frontend,
    /// Towards backends.
    pub backend: Backend,
}

/// `Gateway.spec.tls.backend`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Backend {
    /// The certificate that backends are shown.
    pub client_certificate_ref: Option<ObjectReference>,
}

/// `Gateway.spec.tls.frontend`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Frontend {
    /// What holds for ports that have nothing of their own.
    pub default: FrontendTls,
    /// What holds for single ports.
    pub per_port: Vec<PortFrontend>,
}

impl Frontend {
    /// How clients are validated that come to a port.
    pub fn validation(&self, port: u16) -> Option<&ClientValidation> {
        let own = self.per_port.iter().find(|own| own.port == port);
        own.map_or(&self.default, |own| &own.tls).validation.as_ref()
    }
}

/// An entry of `Gateway.spec.tls.frontend.perPort`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct PortFrontend {
    /// The port.
    pub port: u16,
    /// What holds for it.
    pub tls: FrontendTls,
}

/// TLS towards the clients of some ports.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct FrontendTls {
    /// How their certificates are validated; they are not asked for any when absent.
    pub validation: Option<ClientValidation>,
}

/// How clients' certificates are validated.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ClientValidation {
    /// The authorities that are trusted.
    pub ca_certificate_refs: Vec<ObjectReference>,
    /// `AllowValidOnly` (the default) or `AllowInsecureFallback`.
    pub mode: Option<String>,
}

impl ClientValidation {
    /// Whether clients are let in without a valid certificate too.
    pub fn is_insecure(&self) -> bool {
        self.mode.as_deref() == Some("AllowInsecureFallback")
    }
}
