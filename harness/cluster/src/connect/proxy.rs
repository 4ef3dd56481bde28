//! Which servers are reached without the environment's proxy.
//!
//! kube takes `HTTPS_PROXY` for every server; kubectl leaves out this machine and what `NO_PROXY`
//! lists, and so do we.

use std::net::IpAddr;

use ipnet::IpNet;

/// Whether `host` is reached directly, given the value of `NO_PROXY`: names (which stand for
/// themselves and all below them; only for those below with a leading dot), addresses, networks,
/// or `*`, separated by commas. Loopback always is.
pub(super) fn is_direct(host: &str, no_proxy: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    let address: Option<IpAddr> = host.parse().ok();
    if host == "localhost" || address.is_some_and(|address| address.is_loopback()) {
        return true;
    }
    no_proxy.split(',').map(str::trim).filter(|entry| !entry.is_empty()).any(|entry| {
        let entry = entry.to_ascii_lowercase();
        if entry == "*" || entry == host {
            return true;
        }
        if let Some(address) = address {
            return entry.parse::<IpNet>().is_ok_and(|network| network.contains(&address));
        }
        let below = entry.strip_prefix('.').unwrap_or(&entry);
        host.strip_suffix(below).is_some_and(|rest| rest.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_and_what_is_listed_are_reached_directly() {
        for (host, list) in [
            ("127.0.0.1", ""),
            ("localhost", ""),
            ("[::1]", ""),
            ("10.1.2.3", "example.org, 10.0.0.0/8"),
            ("api.example.org", "example.org"),
            ("api.example.org", ".example.org"),
            ("example.org", "example.org"),
            ("anything", "*"),
        ] {
            assert!(is_direct(host, list), "{host} with {list}");
        }
        for (host, list) in [
            ("10.1.2.3", ""),
            ("192.168.0.1", "10.0.0.0/8"),
            ("notexample.org", "example.org"),
            ("example.org", ".example.org"),
        ] {
            assert!(!is_direct(host, list), "{host} with {list}");
        }
    }
}
