//! Where the Gateways of a run answer, and whether two of them do at one address.

use std::{collections::BTreeSet, time::Duration};

use cluster::{Key, Kind, Object, views::GatewayView, wait::Progress};

use crate::{
    context::{session::Session, settled::is_definite},
    options::IpFamily,
};

/// A Gateway, as its namespace and name.
pub(crate) type GatewayName = (String, String);

impl Session {
    /// The address at which a Gateway is asked.
    ///
    /// # Errors
    ///
    /// That it has none, or none of the family that was chosen.
    pub(crate) fn asked_at<'g>(&self, gateway: &'g Object) -> Result<&'g str, String> {
        chosen(gateway, self.ip_family)
    }

    /// Whether two Gateways answer at one address. As long as too few have an address to tell,
    /// they do, as far as is known.
    pub(crate) fn same_address(&self, one: &GatewayName, other: &GatewayName) -> bool {
        let store = self.store(Kind::Gateway);
        let of = |(namespace, name): &GatewayName| {
            let gateway = store.get(&Key::new(Kind::Gateway, Some(namespace), name.as_str()))?;
            Some(addresses(&gateway)).filter(|addresses| !addresses.is_empty())
        };
        if let (Some(one), Some(other)) = (of(one), of(other)) {
            return !one.is_disjoint(&other);
        }
        let known = store.all().iter().filter(|gateway| !addresses(gateway).is_empty()).count();
        known < 2 || self.has_shared_address()
    }

    /// Waits until two Gateways of the run have an address, and tells whether all addresses are of one
    /// Gateway each. None if that did not become known within the limit.
    pub(crate) async fn addresses_are_apart(&self, limit: Duration) -> Option<bool> {
        let store = self.store(Kind::Gateway);
        let known = store.until_all(limit, |gateways| {
            match gateways.iter().filter(|gateway| !addresses(gateway).is_empty()).count() {
                0 | 1 => Progress::NotYet("fewer than two Gateways have an address".into()),
                _ => Progress::Met(()),
            }
        });
        known.await.ok().map(|()| !self.has_shared_address())
    }

    /// Whether one of these Gateways is not there yet, or has no address and is not said to get none.
    pub(crate) fn lacks_address(&self, gateways: &[Key]) -> bool {
        let store = self.store(Kind::Gateway);
        gateways.iter().any(|key| {
            store.get(key).is_none_or(|gateway| {
                addresses(&gateway).is_empty()
                    && !GatewayView::new(&gateway).skips_readiness()
                    && !is_definite(key, &gateway, self.controller_name())
            })
        })
    }

    /// Whether each of these Gateways has an address.
    pub(crate) fn have_addresses(&self, gateways: &[Key]) -> bool {
        let store = self.store(Kind::Gateway);
        let has = |key| store.get(key).is_some_and(|gateway| !addresses(&gateway).is_empty());
        gateways.iter().all(has)
    }

    /// Whether two Gateways of the run are known to have an address in common.
    pub(crate) fn has_shared_address(&self) -> bool {
        let mut seen = BTreeSet::new();
        self.store(Kind::Gateway).all().iter().any(|gateway| {
            let addresses = addresses(gateway);
            let shared = !seen.is_disjoint(&addresses);
            seen.extend(addresses);
            shared
        })
    }
}

/// The first address with a type, of this family if one is chosen.
fn chosen(gateway: &Object, family: Option<IpFamily>) -> Result<&str, String> {
    let addresses = GatewayView::new(gateway).addresses();
    let typed = || addresses.iter().filter(|address| address.kind.is_some());
    let mut own = typed().filter(|address| family.is_none_or(|family| family.has(address.value)));
    if let Some(address) = own.next() {
        return Ok(address.value);
    }
    Err(match (typed().next(), family) {
        (Some(other), Some(family)) => format!("no address of {family}, but {}", other.value),
        _ if addresses.is_empty() => "no address".to_owned(),
        _ => "no address that has a type".to_owned(),
    })
}

/// Where a Gateway says that it answers.
fn addresses(gateway: &Object) -> BTreeSet<String> {
    let addresses = GatewayView::new(gateway).addresses();
    addresses.into_iter().map(|address| address.value.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_gateway_is_asked_at_the_address_of_the_family_that_is_chosen() {
        let gateway = |addresses: &[&str]| -> Object {
            let told = addresses.iter().map(|it| json!({ "type": "IPAddress", "value": it }));
            let status = json!({ "addresses": told.collect::<Vec<_>>() });
            let object = json!({
                "apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway",
                "metadata": { "name": "g" }, "status": status,
            });
            serde_json::from_value(object).unwrap()
        };
        let at =
            |addresses: &[&str], family| chosen(&gateway(addresses), family).map(str::to_owned);
        let dual = ["10.0.0.1", "fd00::1"];
        assert_eq!(at(&dual, None).unwrap(), "10.0.0.1");
        assert_eq!(at(&dual, Some(IpFamily::V6)).unwrap(), "fd00::1");
        assert_eq!(at(&["fd00::1"], None).unwrap(), "fd00::1");
        assert_eq!(at(&["lb.example.com"], Some(IpFamily::V6)).unwrap(), "lb.example.com");
        let error = at(&["fd00::1"], Some(IpFamily::V4)).unwrap_err();
        assert_eq!(error, "no address of IPv4, but fd00::1");
        assert_eq!(at(&[], Some(IpFamily::V4)).unwrap_err(), "no address");
    }
}
