//! Why a Gateway does not run.

/// Why a [`Gateway`](crate::Gateway) could not be started.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The API server does not know a kind of Gateway API.
    #[error("the cluster has no definition of {kind}; install the Gateway API definitions")]
    DefinitionMissing {
        /// The kind.
        kind: String,
    },
    /// The API server could not be asked.
    #[error("failed to read the definition of {kind}: {source}")]
    Api {
        /// The kind.
        kind: String,
        /// What went wrong.
        source: Box<kube::Error>,
    },
    /// It ended before it was ready, because the runtime is being shut down.
    #[error("the gateway was stopped before it was ready")]
    Stopped,
}
