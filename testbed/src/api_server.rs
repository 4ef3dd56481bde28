//! The API server of a testbed: the embedded one, or a real one.

use std::{net::SocketAddr, sync::Arc};

use futures::{StreamExt, stream::BoxStream};
use kube::Client;
use testbed_apiserver::{ApiServer as Embedded, ListenError, Listening, PodLogs, Trouble, Webhook};
use testbed_workloads::{Asked, Logs};
use thiserror::Error;

use crate::options::{ApiServer, Options};

mod kube_apiserver;

use kube_apiserver::KubeApiServer;
pub use kube_apiserver::KubeApiServerError;

/// Why a testbed has no API server.
#[derive(Debug, Error)]
pub enum ApiServerError {
    /// The embedded one cannot be opened to other processes.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The real one did not start.
    #[error(transparent)]
    KubeApiServer(#[from] KubeApiServerError),
}

/// An API server that runs until it is dropped.
pub(crate) enum Running {
    Embedded { server: Embedded, listening: Option<Listening> },
    KubeApiServer(Box<KubeApiServer>),
}

/// What Pods printed, as the embedded server's `pods/log` shows it.
struct Shown(Logs);

impl PodLogs for Shown {
    fn read(
        &self,
        namespace: &str,
        pod: &str,
        container: Option<&str>,
        query: &str,
    ) -> Result<Option<BoxStream<'static, String>>, String> {
        let asked = query.parse::<Asked>().map_err(|error| error.to_string())?;
        Ok(self.0.read(namespace, pod, container, asked).map(StreamExt::boxed))
    }
}

impl Running {
    pub(crate) async fn start(options: &Options) -> Result<Self, ApiServerError> {
        Ok(match options.api_server {
            ApiServer::Embedded => {
                let server = Embedded::new(testbed_apiserver::Options {
                    bundle_version: options.bundle_version.clone(),
                    channel: options.channel,
                });
                Self::Embedded { server, listening: None }
            }
            ApiServer::KubeApiServer => {
                let server = KubeApiServer::start(&options.bundle_version, options.channel).await?;
                Self::KubeApiServer(Box::new(server))
            }
        })
    }

    pub(crate) fn client(&self) -> Client {
        match self {
            Self::Embedded { server, .. } => server.client(),
            Self::KubeApiServer(server) => server.client(),
        }
    }

    /// The real server asks the kubelet for logs; the embedded one is given them.
    pub(crate) fn show_logs(&self, logs: Logs) {
        if let Self::Embedded { server, .. } = self {
            server.set_logs(Arc::new(Shown(logs)));
        }
    }

    /// A real server's webhooks are objects; none is made for it.
    pub(crate) fn admit(&self, webhook: Webhook) {
        if let Self::Embedded { server, .. } = self {
            server.admit(webhook);
        }
    }

    /// A real server makes its own trouble.
    pub(crate) fn trouble(&self, trouble: Trouble) {
        if let Self::Embedded { server, .. } = self {
            server.trouble(trouble);
        }
    }

    /// A kubeconfig for other processes.
    pub(crate) async fn listen(&mut self) -> Result<String, ApiServerError> {
        match self {
            Self::Embedded { server, listening } => {
                let opened = server.listen(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
                let kubeconfig = opened.kubeconfig.clone();
                *listening = Some(opened);
                Ok(kubeconfig)
            }
            Self::KubeApiServer(server) => Ok(server.kubeconfig().to_owned()),
        }
    }
}
