//! Where the Gateways of a run answer, and whether two of them do at one address.

use std::{collections::BTreeSet, time::Duration};

use cluster::{Key, Kind, Object, views::GatewayView, wait::Progress};

use crate::context::{session::Session, settled::is_definite};

/// A Gateway, as its namespace and name.
pub(crate) type GatewayName = (String, String);

impl Session {
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

/// Where a Gateway says that it answers.
fn addresses(gateway: &Object) -> BTreeSet<String> {
    let addresses = GatewayView::new(gateway).addresses();
    addresses.into_iter().map(|address| address.value.to_owned()).collect()
}
