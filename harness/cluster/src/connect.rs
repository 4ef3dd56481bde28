//! Finding the cluster that was chosen, and connecting to it.

use std::{path::PathBuf, time::Duration};

use http::{HeaderValue, header::USER_AGENT};
use kube::{Client, Config, client::ClientBuilder};
use model::suggest::Unknown;
use thiserror::Error;
use tokio::time::timeout;

use crate::refusal::Refusal;

mod kubeconfig;
mod proxy;

use kubeconfig::Choice;

/// Which cluster, and as whom: as kubectl understands these two.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// The kubeconfig; if none, `KUBECONFIG`, `~/.kube/config`, or the service account of the pod
    /// that this runs in, whichever is there first.
    pub kubeconfig: Option<PathBuf>,
    /// A context of the kubeconfig; if none, the current one.
    pub context: Option<String>,
}

/// A cluster that answers.
#[derive(Clone)]
pub struct Connection {
    /// Talks to its API server.
    pub client: Client,
    /// What it is, for people: `context kind-kind (https://127.0.0.1:6443)`.
    pub description: String,
}

/// Why there is no connection.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConnectError {
    /// Nothing tells which cluster.
    #[error(
        "no kubeconfig found: neither --kubeconfig nor KUBECONFIG is set, {home} does not exist, and this is not a pod; name one with --kubeconfig"
    )]
    NoKubeconfig {
        /// Where it was looked for last.
        home: String,
    },
    /// The file cannot be read.
    #[error("cannot read the kubeconfig {path}: {message}; check the path given by {given_by}")]
    Unreadable {
        /// The file.
        path: String,
        /// Who named it: `--kubeconfig`, `KUBECONFIG`.
        given_by: &'static str,
        /// What the operating system says.
        message: String,
    },
    /// The file is no kubeconfig.
    #[error("the kubeconfig {path}{place} is malformed: {message}")]
    Malformed {
        /// The file.
        path: String,
        /// `:line:column`, where the parser knows it.
        place: String,
        /// What the parser says.
        message: String,
    },
    /// No such context.
    #[error("{unknown} (in {path}, which has {known})")]
    UnknownContext {
        /// The name, and the nearest one.
        unknown: Unknown,
        /// The kubeconfig.
        path: String,
        /// The contexts that there are.
        known: String,
    },
    /// No context was named and none is current.
    #[error("{path} has no current context; name one with --context ({known})")]
    NoContext {
        /// The kubeconfig.
        path: String,
        /// The contexts that there are.
        known: String,
    },
    /// A context was named, but the cluster is the one that this runs in.
    #[error("--context {0} needs a kubeconfig, and there is none; name one with --kubeconfig")]
    ContextInCluster(String),
    /// A part of the context is missing or cannot be used.
    #[error("context {context} of {path} cannot be used: {message}")]
    Unusable {
        /// The context.
        context: String,
        /// The kubeconfig.
        path: String,
        /// Which part, and what is wrong with it.
        message: String,
    },
    /// The service account of the pod cannot be used.
    #[error("cannot use this pod's service account: {0}")]
    ServiceAccount(String),
    /// The program or token that should tell who asks gave nothing.
    #[error(
        "no credentials for {at}: {message}; log in again, or renew what the context's user names"
    )]
    Credentials {
        /// The cluster.
        at: String,
        /// What happened.
        message: String,
    },
    /// Nothing answers.
    #[error("{at} is unreachable: {message}; is the cluster running, and is its address right?")]
    Unreachable {
        /// The cluster.
        at: String,
        /// What happened.
        message: String,
    },
    /// Someone answers whom the kubeconfig does not trust.
    #[error(
        "the certificate of {at} is not trusted: {message}; check certificate-authority and tls-server-name of the context's cluster"
    )]
    Untrusted {
        /// The cluster.
        at: String,
        /// What happened.
        message: String,
    },
    /// The API server does not accept the credentials.
    #[error("{at} does not accept the credentials: {message}; renew those of the context's user")]
    Unauthorized {
        /// The cluster.
        at: String,
        /// The API server's words.
        message: String,
    },
    /// The API server allows this user nothing.
    #[error(
        "{at} does not let this user ask for /version: {message}; bind the ClusterRole system:public-info-viewer or use another user"
    )]
    Forbidden {
        /// The cluster.
        at: String,
        /// The API server's words.
        message: String,
    },
    /// Something answers that is no API server, or one that has trouble.
    #[error("{at} does not answer as a Kubernetes API server does: {message}")]
    Strange {
        /// The cluster.
        at: String,
        /// What happened.
        message: String,
    },
}

impl ConnectError {
    /// Whether it was found without asking a cluster, and so is bad usage or bad input.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::NoKubeconfig { .. }
            | Self::Unreadable { .. }
            | Self::Malformed { .. }
            | Self::UnknownContext { .. }
            | Self::NoContext { .. }
            | Self::ContextInCluster(_)
            | Self::Unusable { .. }
            | Self::ServiceAccount(_) => true,
            Self::Credentials { .. }
            | Self::Unreachable { .. }
            | Self::Untrusted { .. }
            | Self::Unauthorized { .. }
            | Self::Forbidden { .. }
            | Self::Strange { .. } => false,
        }
    }
}

/// How long the API server may take to be reached, and again to tell its version.
const PATIENCE: Duration = Duration::from_secs(10);

impl Access {
    /// Checks what can be checked without a network: that the kubeconfig is there and well formed,
    /// and that the context with its cluster, user and files is.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong; always one for which [`ConnectError::is_usage`] holds.
    pub fn check(&self) -> Result<(), ConnectError> {
        self.choose().map(drop)
    }

    /// Connects, and asks the API server for its version to see that it can be worked with.
    ///
    /// # Errors
    ///
    /// What [`Self::check`] finds, and why the API server does not answer.
    pub async fn connect(&self, user_agent: &str) -> Result<Connection, ConnectError> {
        let Choice { mut config, description } = self.choose()?;
        let agent = HeaderValue::from_str(user_agent)
            .unwrap_or_else(|_| HeaderValue::from_static(model::names::FIELD_MANAGER));
        config.headers.push((USER_AGENT, agent));
        config.connect_timeout = Some(PATIENCE);
        let client = client(config).map_err(|error| told_apart(&description, &error))?;

        match timeout(PATIENCE, client.apiserver_version()).await {
            Ok(Ok(_version)) => Ok(Connection { client, description }),
            Ok(Err(error)) => Err(told_apart(&description, &error)),
            Err(_elapsed) => Err(ConnectError::Unreachable {
                at: description,
                message: format!("no answer within {} s", PATIENCE.as_secs()),
            }),
        }
    }

    fn choose(&self) -> Result<Choice, ConnectError> {
        kubeconfig::choose(self, |name| std::env::var_os(name))
    }
}

fn client(config: Config) -> Result<Client, kube::Error> {
    Ok(ClientBuilder::try_from(config)?.build())
}

fn told_apart(at: &str, error: &kube::Error) -> ConnectError {
    let at = at.to_owned();
    match Refusal::of(error) {
        Refusal::Unauthorized(message) => ConnectError::Unauthorized { at, message },
        Refusal::Forbidden(message) => ConnectError::Forbidden { at, message },
        Refusal::Untrusted(message) => ConnectError::Untrusted { at, message },
        Refusal::Unreachable(message) => ConnectError::Unreachable { at, message },
        Refusal::Credentials(message) => ConnectError::Credentials { at, message },
        other => ConnectError::Strange { at, message: other.to_string() },
    }
}

#[cfg(test)]
mod tests;
