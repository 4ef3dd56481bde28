//! An embedded Kubernetes API server: in memory, small, and precise where clients look.
//!
//! It serves the built-in kinds that the conformance fixtures use and every kind of the
//! [Gateway API](https://gateway-api.sigs.k8s.io), to clients in the process
//! ([`ApiServer::client`]) and over HTTPS ([`ApiServer::listen`]): kube-rs, `kubectl` and
//! client-go. Reads and writes, watches, the four patch formats with server-side apply,
//! subresources, finalizers, selectors and `Status` errors behave as in Kubernetes. Nothing else
//! runs in it: no controller, no scheduler, no admission plug-ins but one
//! webhook ([`ApiServer::admit`]), no authorization.

mod admission;
mod answer;
mod convert;
mod defaults;
mod definitions;
mod discovery;
mod fields;
mod listen;
mod object;
mod openapi;
mod patch;
mod protobuf;
mod registry;
mod request;
mod resources;
mod selectors;
mod served;
mod server;
mod service;
mod status_error;
mod store;
mod table;
mod trouble;
mod validation;
mod watch;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use self::resources::Release;
use self::served::Served;
use self::trouble::Troubled;

pub use self::admission::Webhook;
pub use self::answer::Body;
pub use self::listen::{ListenError, Listening};
pub use self::server::PodLogs;
pub use self::service::Service;
pub use self::trouble::{Delay, Trouble};

/// What the definitions of the Gateway API say about themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The release, such as `v1.7.0`: the annotation
    /// `gateway.networking.k8s.io/bundle-version`. Kinds are served in the versions in which it has them;
    /// what is no release counts as the newest.
    pub bundle_version: String,
    /// The release channel: the annotation `gateway.networking.k8s.io/channel`.
    pub channel: Channel,
}

impl Default for Options {
    fn default() -> Self {
        Self { bundle_version: "v1.7.0".to_owned(), channel: Channel::default() }
    }
}

/// A [release channel](https://gateway-api.sigs.k8s.io/concepts/versioning/#release-channels) of
/// the Gateway API.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Channel {
    /// Kinds and fields that are stable.
    #[default]
    Standard,
    /// Also those that may still change.
    Experimental,
}

impl Channel {
    /// The channel as annotations spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Experimental => "experimental",
        }
    }
}

/// A running API server. Clones share the same objects; the last one to go takes them along.
#[derive(Debug, Clone)]
pub struct ApiServer {
    server: Arc<server::Server>,
}

impl ApiServer {
    /// A server with the namespaces `default`, `kube-node-lease`, `kube-public` and `kube-system`,
    /// and the definitions of the Gateway API.
    pub fn new(options: Options) -> Self {
        let Options { bundle_version, channel } = options;
        let served = Served::of(Release::of(&bundle_version));
        let registry = registry::Registry::new(&served, &bundle_version, channel.as_str());
        let logs = RwLock::new(None);
        let (requests, trouble) = (AtomicU64::new(0), OnceLock::new());
        let state = server::Server { served, registry, logs, requests, trouble };
        Self { server: Arc::new(state) }
    }

    /// A client in the process, without a socket. Its default namespace is `default`.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime: the client has a task of its own.
    pub fn client(&self) -> kube::Client {
        kube::Client::new(self.service(), "default")
    }

    /// The API as a service, for example to count or to break requests on their way.
    pub fn service(&self) -> Service {
        Service(Arc::clone(&self.server))
    }

    /// Serves HTTPS on an address until the [`Listening`] is dropped. Port 0 picks a free one.
    ///
    /// The certificate is issued by an authority of its own, which the kubeconfig carries; any
    /// client is let in.
    ///
    /// # Errors
    ///
    /// If the address is taken or not this machine's.
    pub async fn listen(&self, address: SocketAddr) -> Result<Listening, ListenError> {
        listen::listen(self.service(), address).await
    }

    /// How many requests were answered so far, over the socket and in the process.
    pub fn requests(&self) -> u64 {
        self.server.requests.load(Ordering::Relaxed)
    }

    /// Sets where `kubectl logs` reads. Until then every log is empty.
    pub fn set_logs(&self, logs: Arc<dyn PodLogs>) {
        *self.server.logs.write().unwrap_or_else(PoisonError::into_inner) = Some(logs);
    }

    /// Asks a webhook before objects are created or changed. Only the first time counts.
    pub fn admit(&self, webhook: Webhook) {
        self.server.registry.webhook.get_or_init(|| webhook);
    }

    /// Makes trouble from now on. Only the first time counts: trouble once begun goes on.
    pub fn trouble(&self, trouble: Trouble) {
        self.server.trouble.get_or_init(|| Troubled::new(trouble));
    }
}
