//! What is judged, once it answers: a cluster, or a testbed that was started.

use std::{collections::HashMap, net::SocketAddr, sync::Arc};

use harness::{
    Access, AddressMap, ConnectError, Connection,
    model::{address::StaticAddresses, version::SuiteVersion},
};
use testbed::{GATEWAY_CLASS, Lag, Ports, Testbed};

use super::{
    exit::Stop,
    settings::{Cluster, Settings, Subject},
    values::Detour,
};

/// How the API server knows us.
const USER_AGENT: &str = concat!("gateway-conformance/", env!("CARGO_PKG_VERSION"));

/// Something that answers.
pub struct Found {
    /// Its API server.
    pub connection: Connection,
    /// The GatewayClass to judge.
    pub gateway_class: String,
    /// Which addresses its Gateways can be given.
    pub addresses: StaticAddresses,
    /// Where its Gateways are reached from here, if not where they say.
    pub address_map: Option<AddressMap>,
    /// Ends when it is dropped.
    _testbed: Option<Testbed>,
}

impl Found {
    /// What the settings choose.
    pub async fn find(settings: &Settings) -> Result<Self, Stop> {
        match &settings.subject {
            Subject::Testbed => Self::testbed(settings.version, &[], Lag::default()).await,
            Subject::Cluster(cluster) => Ok(Self {
                connection: connect(cluster).await?,
                gateway_class: cluster.gateway_class.clone(),
                addresses: settings.addresses.clone(),
                address_map: address_map(&settings.detours),
                _testbed: None,
            }),
        }
    }

    /// A testbed in this process, with the definitions of this version or else the newest.
    pub async fn testbed(
        version: Option<SuiteVersion>,
        faults: &[&str],
        lag: Lag,
    ) -> Result<Self, Stop> {
        let mut options =
            testbed::Options { ports: Ports::Mapped, lag, ..testbed::Options::default() };
        if let Some(version) = version {
            options.bundle_version = version.name().into();
        }
        options.faults = faults.iter().map(|&name| name.into()).collect();
        let testbed = Testbed::start(options).await.map_err(Stop::not_judged)?;
        Ok(Self {
            connection: Connection {
                client: testbed.client(),
                description: "the embedded testbed".into(),
            },
            gateway_class: GATEWAY_CLASS.into(),
            addresses: StaticAddresses {
                usable: vec![testbed.usable_address().into()],
                unusable: vec![testbed.unusable_address().into()],
            },
            address_map: Some(testbed.address_map()),
            _testbed: Some(testbed),
        })
    }
}

/// Connects to the cluster that was chosen.
pub async fn connect(cluster: &Cluster) -> Result<Connection, Stop> {
    let access =
        Access { kubeconfig: cluster.kubeconfig.clone(), context: cluster.context.clone() };
    let sorted = |error: ConnectError| {
        if error.is_usage() { Stop::usage(error) } else { Stop::not_judged(error) }
    };
    access.check().map_err(sorted)?;
    access.connect(USER_AGENT).await.map_err(sorted)
}

fn address_map(detours: &[Detour]) -> Option<AddressMap> {
    if detours.is_empty() {
        return None;
    }
    let map: HashMap<SocketAddr, SocketAddr> =
        detours.iter().map(|detour| (detour.from, detour.to)).collect();
    Some(Arc::new(move |address| map.get(&address).copied().unwrap_or(address)))
}
