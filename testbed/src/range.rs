//! A part of 127.0.0.0/8 that no other testbed on this machine uses.

use std::{
    io,
    net::{Ipv4Addr, UdpSocket},
};

use ipnet::Ipv4Net;
use thiserror::Error;

/// Why there are no addresses.
#[derive(Debug, Error)]
pub enum RangeError {
    /// Every part is taken.
    #[error(
        "every part of 127.0.0.0/8 is in use by another testbed; end one, or give this one a range with --address-range"
    )]
    AllTaken,
    /// The addresses are not this machine's.
    #[error(
        "cannot bind {address}, the first address of the range {range}: {source}; the range must be of addresses of this machine (ip route add local {range} dev lo)"
    )]
    NotOurs {
        /// The range.
        range: Ipv4Net,
        /// The address.
        address: Ipv4Addr,
        /// What the operating system said.
        source: io::Error,
    },
}

/// A range of addresses, held until this is dropped.
#[derive(Debug)]
pub(crate) struct Lease {
    range: Ipv4Net,
    /// Bound on the range's last address: the operating system lets nobody else bind it, and
    /// gives it back when this process ends, however that happens.
    _socket: Option<UdpSocket>,
}

/// The port on a range's last address that tells that it is taken. No fixture listens there.
const MARK: u16 = 21_080;

impl Lease {
    /// A free /18 of 127.0.0.0/8; the first ones, which other programs use, are left out.
    pub(crate) fn take() -> Result<Self, RangeError> {
        // Testbeds that start at the same time begin their search at different places.
        let first = std::process::id() % PARTS;
        (0..PARTS)
            .find_map(|step| Self::try_part((first + step) % PARTS))
            .ok_or(RangeError::AllTaken)
    }

    fn try_part(part: u32) -> Option<Self> {
        let base = Ipv4Addr::from_bits((127 << 24) + (FIRST_PART + part) * PART_SIZE);
        let range = Ipv4Net::new(base, PREFIX).ok()?;
        let socket = UdpSocket::bind((range.broadcast(), MARK)).ok()?;
        Some(Self { range, _socket: Some(socket) })
    }

    /// A range that the user chose; that nobody else uses it is the user's care.
    pub(crate) fn of(range: Ipv4Net) -> Result<Self, RangeError> {
        let address = range.hosts().next().unwrap_or(range.addr());
        UdpSocket::bind((address, 0)).map_err(|source| RangeError::NotOurs {
            range,
            address,
            source,
        })?;
        Ok(Self { range, _socket: None })
    }

    pub(crate) fn addresses(&self) -> Ipv4Net {
        self.range
    }
}

const PREFIX: u8 = 18;
const PART_SIZE: u32 = 1 << (32 - PREFIX);
/// 127.16.0.0 and above.
const FIRST_PART: u32 = 64;
const PARTS: u32 = (1 << 24) / PART_SIZE - FIRST_PART;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_leases_do_not_overlap_and_a_dropped_one_is_free_again() {
        let one = Lease::take().unwrap();
        let other = Lease::take().unwrap();
        assert!(!one.range.contains(&other.range) && !other.range.contains(&one.range));
        assert!(UdpSocket::bind((one.range.broadcast(), MARK)).is_err());
        let freed = one.range;
        drop(one);
        assert!(UdpSocket::bind((freed.broadcast(), MARK)).is_ok());
    }

    #[test]
    fn a_range_of_another_machine_is_refused() {
        // TEST-NET-1, which no interface has.
        let refused = Lease::of("192.0.2.0/24".parse().unwrap()).unwrap_err();
        assert!(refused.to_string().contains("192.0.2.1"), "{refused}");
    }
}
