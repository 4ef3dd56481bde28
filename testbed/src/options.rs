//! What a testbed is to be like.

use ipnet::Ipv4Net;
use testbed_apiserver::Channel;

use crate::lag::Lag;

/// Which API server holds the objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ApiServer {
    /// The embedded one, in this process.
    #[default]
    Embedded,
    /// A real kube-apiserver with its etcd, from the folder that `KUBEBUILDER_ASSETS` names, with
    /// the definitions from the folder that `GATEWAY_API_CRDS` names. It takes an
    /// [`Options::address_range`] that is not of 127.0.0.0/8.
    ///
    /// Both end with the testbed. So that they do even when its process is killed, the kernel is asked
    /// to end them with the thread that polls [`Testbed::start`](crate::Testbed::start) first, which
    /// therefore has to stay; their temporary folder is left behind then.
    KubeApiServer,
}

/// On which ports the reference Gateway's listeners are bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ports {
    /// On ports that the operating system chooses;
    /// [`Testbed::address_map`](crate::Testbed::address_map) tells them.
    #[default]
    Mapped,
    /// On their own, so that other processes can reach them.
    Real,
}

/// What a testbed is to be like.
#[derive(Clone, Debug)]
pub struct Options {
    /// The version of the Gateway API's definitions: `v1.7.0`.
    pub bundle_version: String,
    /// Their channel.
    pub channel: Channel,
    /// Which API server.
    pub api_server: ApiServer,
    /// Where Pods and Gateways have their addresses; a free part of 127.0.0.0/8 if not given.
    pub address_range: Option<Ipv4Net>,
    /// Which ports.
    pub ports: Ports,
    /// The rules that the reference Gateway is to break, by the names of their faults.
    pub faults: Vec<String>,
    /// Which of the [`OPTIONAL_FEATURES`](crate::OPTIONAL_FEATURES) the reference Gateway is not to have.
    pub without: Vec<String>,
    /// In which ways it is slow and noisy.
    pub lag: Lag,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            bundle_version: "v1.7.0".into(),
            channel: Channel::Standard,
            api_server: ApiServer::default(),
            address_range: None,
            ports: Ports::default(),
            faults: Vec::new(),
            without: Vec::new(),
            lag: Lag::default(),
        }
    }
}
