//! Why there is no testbed.

use std::{net::Ipv4Addr, time::Duration};

use ipnet::Ipv4Net;
use testbed_gateway::faults::UnknownFault;
use thiserror::Error;

use crate::{api_server::ApiServerError, lag::InvalidLag, range::RangeError};

/// Why a testbed did not start.
#[derive(Debug, Error)]
pub enum Error {
    /// A fault that there is not.
    #[error(transparent)]
    UnknownFault(#[from] UnknownFault),
    /// A lag that cannot be had.
    #[error(transparent)]
    Lag(#[from] InvalidLag),
    /// The API server is not ours to put a webhook into.
    #[error(
        "the webhook of admission-webhook-refuses-empty-rules is one of the embedded API server; leave out --api-server"
    )]
    NoWebhook,
    /// Nowhere to bind.
    #[error(transparent)]
    Range(#[from] RangeError),
    /// Addresses that Pods may not have.
    #[error(
        "a real kube-apiserver refuses Pods with loopback addresses, and the range is {range}; give the testbed \
         another with --address-range, such as 10.244.0.0/16 after: ip route add local 10.244.0.0/16 dev lo"
    )]
    LoopbackRange {
        /// The range.
        range: Ipv4Net,
    },
    /// The API server.
    #[error(transparent)]
    ApiServer(#[from] ApiServerError),
    /// Listeners cannot be bound on their own ports.
    #[error(
        "cannot bind port {port} on {address}: {source}; run as root, or lower the first port that anyone may bind: \
         sysctl net.ipv4.ip_unprivileged_port_start={port}"
    )]
    LowPort {
        /// The address.
        address: Ipv4Addr,
        /// The port.
        port: u16,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The workloads.
    #[error("the testbed's workloads did not start: {0}")]
    Workloads(#[from] testbed_workloads::Error),
    /// The reference Gateway.
    #[error("the reference Gateway did not start: {0}")]
    Gateway(#[from] testbed_gateway::Error),
    /// The API server does not show the GatewayClass.
    #[error("the status of the testbed's GatewayClass cannot be read: {0}")]
    ClassUnseen(#[source] Box<kube::runtime::wait::Error>),
    /// The Gateway does not write the status of its class.
    #[error("the testbed's GatewayClass was not accepted within {} s", .waited.as_secs())]
    ClassNotAccepted {
        /// How long that was waited for.
        waited: Duration,
    },
    /// The testbed's own objects.
    #[error("the testbed's GatewayClass cannot be created: {0}")]
    Class(#[source] Box<kube::Error>),
}

impl Error {
    /// Whether it was in what the user asked for.
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::UnknownFault(_) | Self::Lag(_) | Self::NoWebhook | Self::LoopbackRange { .. }
        )
    }
}
