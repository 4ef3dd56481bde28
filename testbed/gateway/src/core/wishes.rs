//! The addresses that Gateways ask for.

use std::net::Ipv4Addr;

use serde::Deserialize;

use crate::faults::{self, Faults};

/// The one type of addresses that there is here.
const IP_ADDRESS: &str = "IPAddress";

/// An entry of `Gateway.spec.addresses`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct RequestedAddress {
    /// The type; `IPAddress` when absent.
    pub r#type: Option<String>,
    /// The value; absent means any of that type.
    pub value: Option<String>,
}

/// What one of a Gateway's addresses is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Whichever is free.
    Any,
    /// This one.
    This(Ipv4Addr),
    /// One that no Gateway has here.
    Unusable,
}

impl RequestedAddress {
    /// Whether it is of somebody's choice.
    pub fn is_chosen(&self) -> bool {
        self.value.is_some()
    }

    /// Whether addresses of its type can be had.
    pub fn is_of_known_type(&self) -> bool {
        self.r#type.as_deref().unwrap_or(IP_ADDRESS) == IP_ADDRESS
    }

    fn wish(&self, faults: &Faults) -> Wish {
        match &self.value {
            _ if !self.is_of_known_type() => Wish::Unusable,
            Some(value) => value.parse().map_or(Wish::Unusable, Wish::This),
            None if faults.has(faults::ADDRESS_WITHOUT_VALUE_REFUSED) => Wish::Unusable,
            None => Wish::Any,
        }
    }
}

impl Wish {
    /// The wishes of a Gateway that asks for these: one for any address where it asks for none.
    pub fn of(addresses: &[RequestedAddress], faults: &Faults) -> Vec<Self> {
        match addresses {
            [] => vec![Self::Any],
            _ => addresses.iter().map(|address| address.wish(faults)).collect(),
        }
    }
}
