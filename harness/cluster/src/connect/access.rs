//! Which cluster is asked for.

use std::path::PathBuf;

/// Which cluster, and as whom: as kubectl understands these two.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// The kubeconfig; if none, `KUBECONFIG`, `~/.kube/config`, or the service account of the pod
    /// that this runs in, whichever is there first.
    pub kubeconfig: Option<PathBuf>,
    /// A context of the kubeconfig; if none, the current one.
    pub context: Option<String>,
}
