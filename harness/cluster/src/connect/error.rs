//! Why there is no connection to a cluster.

use model::suggest::Unknown;
use thiserror::Error;

/// Where Kubernetes gives a pod its service account.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

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
    #[error(
        "cannot use this pod's service account ({folder}): {0}; is its token mounted there, and are KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT set? If this is no pod, name a kubeconfig with --kubeconfig",
        folder = SERVICE_ACCOUNT
    )]
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
    /// The API server does not let just anyone in.
    #[error(
        "{at} wants to know who asks ({message}), and the context's user has no credentials; add some, or choose another user"
    )]
    NoCredentials {
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
            | Self::NoCredentials { .. }
            | Self::Forbidden { .. }
            | Self::Strange { .. } => false,
        }
    }
}
