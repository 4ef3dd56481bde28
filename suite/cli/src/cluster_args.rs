//! The flags that choose a cluster, for every command that may have one.

use std::path::PathBuf;

use clap::Args;

/// Which cluster is meant.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "The cluster (without any of these there is none)")]
pub struct ClusterArgs {
    /// The GatewayClass to judge, in the cluster of the current context [default:
    /// gateway-conformance].
    #[arg(long, value_name = "NAME")]
    pub gateway_class: Option<String>,
    /// The kubeconfig to use in place of $KUBECONFIG and ~/.kube/config.
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// The context to use in place of the kubeconfig's current one.
    #[arg(long, value_name = "NAME")]
    pub context: Option<String>,
}
