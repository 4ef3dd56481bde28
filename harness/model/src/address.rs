//! Addresses that a Gateway can ask for, see `apis/v1/gateway_types.go#GatewaySpecAddress`.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr},
    str::FromStr,
};

use serde::Serialize;

const IP_ADDRESS: &str = "IPAddress";

/// An address as a Gateway asks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Address {
    /// `IPAddress`, `Hostname` or a name of the implementation's own.
    #[serde(rename = "type")]
    pub kind: String,
    /// The address.
    pub value: String,
}

/// Which addresses an implementation can give to a Gateway that asks for them, as its user knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StaticAddresses {
    /// Some that it can give.
    pub usable: Vec<Address>,
    /// Some that it cannot.
    pub unusable: Vec<Address>,
}

impl StaticAddresses {
    /// Whether there are some of both sorts, as a test needs them.
    pub fn are_told(&self) -> bool {
        !self.usable.is_empty() && !self.unusable.is_empty()
    }
}

impl From<IpAddr> for Address {
    fn from(address: IpAddr) -> Self {
        Self { kind: IP_ADDRESS.into(), value: address.to_string() }
    }
}

impl From<Ipv4Addr> for Address {
    fn from(address: Ipv4Addr) -> Self {
        IpAddr::V4(address).into()
    }
}

/// What is no IP address is a name of a host, as in the Go suite.
impl FromStr for Address {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let is_ip = text.parse::<IpAddr>().is_ok();
        let kind = if is_ip { IP_ADDRESS } else { "Hostname" };
        Ok(Self { kind: kind.into(), value: text.into() })
    }
}
