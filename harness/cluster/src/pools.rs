//! The addresses that the load balancer of a cluster has to give, as far as it tells: MetalLB's and Cilium's pools.

use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use futures::future::{join, join_all};
use ipnet::IpNet;
use kube::{
    Client,
    core::{ApiResource, GroupVersionKind},
};
use serde_json::Value;

use crate::{
    apply,
    object::{Kind, Object, api},
    views::GatewayView,
};

/// Where pools are, newest version first: group, version, kind, plural.
const POOLS: [(&str, &str, &str, &str); 3] = [
    ("metallb.io", "v1beta1", "IPAddressPool", "ipaddresspools"),
    ("cilium.io", "v2", "CiliumLoadBalancerIPPool", "ciliumloadbalancerippools"),
    ("cilium.io", "v2alpha1", "CiliumLoadBalancerIPPool", "ciliumloadbalancerippools"),
];

/// How many addresses of a range are looked at for one that is free.
const LOOKED_AT: usize = 4096;

/// An address that a Gateway can be given, and one that it cannot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// One of a pool, which nobody has.
    pub usable: IpAddr,
    /// One that is reserved for documentation, and in no pool.
    pub unusable: IpAddr,
    /// The pool.
    pub pool: String,
}

/// Addresses in both inclusive.
type Range = (IpAddr, IpAddr);

/// Looks for a pool with an address that is free. What cannot be looked at is passed over.
pub async fn find(client: &Client) -> Option<Addresses> {
    let pools = join_all(POOLS.map(|pool| listed(client, pool))).await.concat();
    if pools.is_empty() {
        return None;
    }
    let (services, gateways) = join(
        apply::list(client, Kind::Service, None, None),
        apply::list(client, Kind::Gateway, None, None),
    )
    .await;
    let services = services.unwrap_or_default();
    let mut taken: BTreeSet<IpAddr> = services.iter().flat_map(addresses_of).collect();
    for gateway in gateways.unwrap_or_default() {
        let view = GatewayView::new(&gateway);
        taken.extend(view.addresses().iter().filter_map(|it| it.value.parse::<IpAddr>().ok()));
    }
    choose(&pools, &taken)
}

/// The pools of a kind, each with its ranges.
async fn listed(
    client: &Client,
    (group, version, kind, plural): (&str, &str, &str, &str),
) -> Vec<(String, Vec<Range>)> {
    let gvk = GroupVersionKind::gvk(group, version, kind);
    let resource = ApiResource::from_gvk_with_plural(&gvk, plural);
    let pools = api(client, &resource, None).list(&kube::api::ListParams::default()).await;
    let named = |pool: &Object| {
        let name = pool.metadata.name.as_deref().unwrap_or_default();
        (format!("{kind} {name}"), ranges(&pool.data["spec"]))
    };
    pools.map(|pools| pools.items.iter().map(named).collect()).unwrap_or_default()
}

/// The ranges in the spec of a pool, of whichever kind.
fn ranges(spec: &Value) -> Vec<Range> {
    let texts = spec["addresses"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let blocks = spec["blocks"].as_array().into_iter().flatten();
    let of_block = |block: &Value| match (&block["cidr"], &block["start"], &block["stop"]) {
        (Value::String(cidr), ..) => range(cidr),
        (_, Value::String(start), Value::String(stop)) => range(&format!("{start}-{stop}")),
        (_, Value::String(start), _) => range(start),
        _ => None,
    };
    texts.filter_map(range).chain(blocks.filter_map(of_block)).collect()
}

/// `10.0.0.0/24`, `10.0.0.7-10.0.0.9` or `10.0.0.7`. The first and the last address of a network are left out.
fn range(text: &str) -> Option<Range> {
    if let Some((first, last)) = text.split_once('-') {
        return Some((first.trim().parse().ok()?, last.trim().parse().ok()?));
    }
    match text.trim().parse::<IpNet>() {
        Ok(net) => {
            let mut hosts = net.hosts();
            let first = hosts.next()?;
            let last = match net {
                IpNet::V4(net) if net.prefix_len() < 31 => {
                    IpAddr::V4(Ipv4Addr::from(u32::from(net.broadcast()) - 1))
                }
                net => net.broadcast(),
            };
            Some((first, last))
        }
        Err(_) => text.trim().parse().ok().map(|one| (one, one)),
    }
}

/// What a Service has or asks for.
fn addresses_of(service: &Object) -> Vec<IpAddr> {
    let (spec, status) = (&service.data["spec"], &service.data["status"]);
    let ingress = status["loadBalancer"]["ingress"].as_array().into_iter().flatten();
    let external = spec["externalIPs"].as_array().into_iter().flatten();
    let all = ingress.map(|it| &it["ip"]).chain(external).chain([&spec["loadBalancerIP"]]);
    all.filter_map(|it| it.as_str()?.parse().ok()).collect()
}

/// The last address of a pool that nobody has: load balancers give the first ones first.
fn choose(pools: &[(String, Vec<Range>)], taken: &BTreeSet<IpAddr>) -> Option<Addresses> {
    let is_in_pool = |address: &IpAddr| {
        let mut all = pools.iter().flat_map(|(_, ranges)| ranges);
        all.any(|(first, last)| first <= address && address <= last)
    };
    for (pool, ranges) in pools {
        for range in ranges {
            let Some(usable) = last_free(*range, taken) else { continue };
            let documentation: [IpAddr; 3] = match usable {
                IpAddr::V4(_) => ["192.0.2.1", "198.51.100.1", "203.0.113.1"].map(v4),
                IpAddr::V6(_) => [1, 2, 3].map(|host| v6(0x2001_0db8 << 96 | host)),
            };
            let mut outside = documentation.into_iter().filter(|it| !is_in_pool(it));
            return Some(Addresses { usable, unusable: outside.next()?, pool: pool.clone() });
        }
    }
    None
}

fn v4(text: &str) -> IpAddr {
    text.parse::<Ipv4Addr>().unwrap_or(Ipv4Addr::UNSPECIFIED).into()
}

fn v6(bits: u128) -> IpAddr {
    Ipv6Addr::from(bits).into()
}

fn last_free((first, last): Range, taken: &BTreeSet<IpAddr>) -> Option<IpAddr> {
    let number = |address: IpAddr| match address {
        IpAddr::V4(it) => u128::from(u32::from(it)),
        IpAddr::V6(it) => u128::from(it),
    };
    let named = |number: u128| match last {
        IpAddr::V4(_) => u32::try_from(number).ok().map(|it| IpAddr::V4(it.into())),
        IpAddr::V6(_) => Some(v6(number)),
    };
    let (low, high) = (number(first), number(last));
    let candidates = (low..=high).rev().take(LOOKED_AT).filter_map(named);
    let mut free = candidates.filter(|it| !taken.contains(it));
    free.next()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::script::Script;

    #[test]
    fn ranges_are_read_in_every_form() {
        let spec = json!({
            "addresses": ["172.18.255.0/30", "10.0.0.7 - 10.0.0.9", "fd00::1-fd00::2", "10.1.0.1/32"],
            "blocks": [
                { "cidr": "10.2.0.0/24" },
                { "start": "10.3.0.1", "stop": "10.3.0.2" },
                { "start": "10.4.0.1" },
            ],
        });
        let told: Vec<_> =
            ranges(&spec).iter().map(|(first, last)| format!("{first}-{last}")).collect();
        assert_eq!(
            told,
            [
                "172.18.255.1-172.18.255.2",
                "10.0.0.7-10.0.0.9",
                "fd00::1-fd00::2",
                "10.1.0.1-10.1.0.1",
                "10.2.0.1-10.2.0.254",
                "10.3.0.1-10.3.0.2",
                "10.4.0.1-10.4.0.1",
            ]
        );
    }

    fn list(items: &Value) -> Value {
        json!({ "kind": "List", "apiVersion": "v1", "metadata": {}, "items": items })
    }

    #[tokio::test]
    async fn the_last_address_that_nobody_has_is_usable() {
        let pool = json!({
            "apiVersion": "metallb.io/v1beta1", "kind": "IPAddressPool", "metadata": { "name": "kind" },
            "spec": { "addresses": ["192.0.2.0-192.0.2.9", "10.0.0.0/24"] },
        });
        let service = json!({
            "apiVersion": "v1", "kind": "Service", "metadata": { "name": "a", "namespace": "b" },
            "spec": {}, "status": { "loadBalancer": { "ingress": [{ "ip": "192.0.2.9" }] } },
        });
        let gateway = json!({
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway",
            "metadata": { "name": "a", "namespace": "b" },
            "spec": {}, "status": { "addresses": [{ "value": "192.0.2.8" }] },
        });
        let script = Script::default()
            .answers("GET /apis/metallb.io/v1beta1/ipaddresspools", 200, list(&json!([pool])))
            .refuses("GET /apis/cilium.io/v2/ciliumloadbalancerippools", 404, "NotFound", "no")
            .refuses(
                "GET /apis/cilium.io/v2alpha1/ciliumloadbalancerippools",
                403,
                "Forbidden",
                "no",
            )
            .answers("GET /api/v1/services", 200, list(&json!([service])))
            .answers(
                "GET /apis/gateway.networking.k8s.io/v1/gateways",
                200,
                list(&json!([gateway])),
            );
        let found = find(&script.client()).await.unwrap();
        assert_eq!(found.usable.to_string(), "192.0.2.7");
        assert_eq!(found.unusable.to_string(), "198.51.100.1", "the first is in the pool");
        assert_eq!(found.pool, "IPAddressPool kind");
    }

    #[tokio::test]
    async fn without_pools_nothing_is_known() {
        assert_eq!(find(&Script::default().client()).await, None);
    }

    #[test]
    fn a_pool_that_is_used_up_gives_nothing() {
        let one = range("10.0.0.1").unwrap();
        let taken = [one.0].into();
        assert_eq!(choose(&[("a".into(), vec![one])], &taken), None);
        let next = ("b".into(), vec![range("fd00::/120").unwrap()]);
        let found = choose(&[("a".into(), vec![one]), next], &taken).unwrap();
        assert_eq!(
            (found.usable, found.unusable),
            (v6(0xfd00 << 112 | 0xff), v6(0x2001_0db8 << 96 | 1))
        );
    }
}
