//! In which ways a testbed is slow and noisy, as users write it.

use std::{collections::BTreeMap, ops::RangeInclusive, str::FromStr, time::Duration};

use testbed_apiserver::Trouble;
use testbed_gateway::lag::Provisioning;

mod error;
mod modes;
mod value;

pub use error::InvalidLag;
pub use modes::{LagMode, MODES};
use modes::{Name, Unit};
use value::Value;

/// In which ways a testbed is slow and noisy, though it keeps every rule; in none by default.
///
/// ```
/// let mut lag = testbed::Lag::default();
/// lag.set("traffic=0s..20s".parse()?);
/// lag.set("throttling=10%".parse()?);
/// lag.scale(0.05);
/// assert_eq!(lag.to_string(), "throttling=10% traffic=0ms..1000ms seed 0");
/// # Ok::<(), testbed::InvalidLag>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lag {
    seed: u64,
    set: BTreeMap<Name, Value>,
}

/// One way to be slow or noisy, and how much: `MODE` or `MODE=VALUE`.
#[derive(Clone, Debug, PartialEq)]
pub struct LagSetting {
    name: Name,
    value: Value,
}

impl FromStr for LagSetting {
    type Err = InvalidLag;

    fn from_str(text: &str) -> Result<Self, InvalidLag> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name.trim(), Some(value.trim())),
            None => (text.trim(), None),
        };
        let mode = MODES.iter().find(|mode| mode.name == name).ok_or_else(|| {
            let known = MODES.iter().map(|mode| mode.name);
            let nearest = known.min_by_key(|known| strsim::damerau_levenshtein(name, known));
            InvalidLag::Unknown { name: name.into(), suggestion: nearest.unwrap_or_default() }
        })?;
        let value = Value::read(mode, value.unwrap_or(mode.default))?;
        Ok(Self { name: mode.id, value })
    }
}

impl Lag {
    /// None yet; chance begins with this seed, and the same one gives the same draws.
    pub fn seeded(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }

    /// Adds a way; it takes the place of another setting of the same mode.
    pub fn set(&mut self, setting: LagSetting) {
        self.set.insert(setting.name, setting.value);
    }

    /// Multiplies every time.
    pub fn scale(&mut self, factor: f64) {
        for value in self.set.values_mut() {
            value.scale(factor);
        }
    }

    /// Whether it is about the API server, and so about all of its clients.
    pub fn disturbs_api_server(&self) -> bool {
        self.set.keys().any(|name| name.is_of_api_server())
    }

    /// Whether the modes can be had together, on such an API server.
    ///
    /// # Errors
    ///
    /// When two exclude each other, or one is trouble of an API server that is not embedded.
    pub fn check(&self, embedded: bool) -> Result<(), InvalidLag> {
        let has = |name| self.set.contains_key(&name);
        if has(Name::TrafficAfterStatus) && has(Name::StatusAfterTraffic) {
            return Err(InvalidLag::Circle);
        }
        let trouble = MODES.iter().find(|mode| mode.id.is_of_api_server() && has(mode.id));
        match trouble {
            Some(mode) if !embedded => Err(InvalidLag::RealApiServer { mode: mode.name }),
            _ => Ok(()),
        }
    }

    /// What the reference Gateway is to do of it.
    pub(crate) fn of_gateway(&self) -> testbed_gateway::lag::Lag {
        let time = |name| self.time(name);
        testbed_gateway::lag::Lag {
            seed: self.seed,
            configuration: time(Name::Configuration),
            status: time(Name::Status),
            traffic: time(Name::Traffic),
            traffic_after_status: time(Name::TrafficAfterStatus),
            status_after_traffic: time(Name::StatusAfterTraffic),
            unavailable: time(Name::Unavailable),
            resets: time(Name::Resets),
            interim_statuses: time(Name::InterimStatuses),
            outdated_statuses: time(Name::OutdatedStatuses),
            repeated_statuses: time(Name::RepeatedStatuses),
            extra_conditions: self.set.contains_key(&Name::ExtraConditions),
            addresses: time(Name::Addresses),
            replicas: time(Name::Replicas),
            reloads: time(Name::Reloads),
            pods: time(Name::Pods),
            provisioning: match self.set.get(&Name::Provisioning) {
                Some(Value::Queue(time, at_once)) => {
                    Some(Provisioning { time: time.clone(), at_once: *at_once })
                }
                _ => None,
            },
            address_pool: match self.set.get(&Name::AddressPool) {
                Some(Value::Count(count)) => Some(*count),
                _ => None,
            },
        }
    }

    /// What the API server is to do of it, if anything.
    pub(crate) fn of_api_server(&self) -> Option<Trouble> {
        self.disturbs_api_server().then(|| Trouble {
            seed: self.seed,
            watches: self.time(Name::Watches),
            restarts: self.time(Name::Restarts),
            throttled: self.share(Name::Throttling),
            conflicts: self.share(Name::Conflicts),
        })
    }

    fn time(&self, name: Name) -> Option<RangeInclusive<Duration>> {
        match self.set.get(&name) {
            Some(Value::Time(range)) => Some(range.clone()),
            _ => None,
        }
    }

    fn share(&self, name: Name) -> f64 {
        match self.set.get(&name) {
            Some(Value::Share(share)) => *share,
            _ => 0.0,
        }
    }
}

impl std::fmt::Display for Lag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for mode in MODES {
            match self.set.get(&mode.id) {
                Some(value) if mode.unit != Unit::None => write!(f, "{}={value} ", mode.name)?,
                Some(_) => write!(f, "{} ", mode.name)?,
                None => {}
            }
        }
        write!(f, "seed {}", self.seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_modes_are_sorted_and_their_defaults_can_be_read() {
        assert!(MODES.is_sorted_by_key(|mode| mode.name), "sort lag/modes.rs by name");
        for mode in MODES {
            let setting: LagSetting = mode.name.parse().unwrap();
            assert_eq!(setting.name, mode.id);
        }
    }

    #[test]
    fn what_cannot_be_understood_is_refused() {
        let refused = |text: &str| text.parse::<LagSetting>().unwrap_err().to_string();
        assert!(refused("trafic").starts_with("there is no lag `trafic`; did you mean `traffic`?"));
        assert!(refused("traffic=soon").contains("\"soon\" is no time"));
        assert!(refused("traffic=3s..1s").contains("is no time"));
        assert!(refused("throttling=100%").contains("is no share"));
        assert!(refused("extra-conditions=1s").contains("takes no value"));
        assert!(refused("provisioning=5s,0").contains("\"5s,0\" is no time with a number"));
        assert!(refused("provisioning=5").contains("is no time with a number"));
        assert!(refused("address-pool=0").contains("is no number above 0"));
    }

    #[test]
    fn a_queue_is_scaled_in_time_alone() {
        let mut lag = Lag::default();
        for setting in ["provisioning=5s", "address-pool=4"] {
            lag.set(setting.parse().unwrap());
        }
        lag.scale(0.1);
        assert_eq!(lag.to_string(), "address-pool=4 provisioning=500ms,1 seed 0");
        lag.set("provisioning=1s..2s,3".parse().unwrap());
        assert_eq!(lag.to_string(), "address-pool=4 provisioning=1000ms..2000ms,3 seed 0");
    }

    #[test]
    fn modes_that_cannot_be_had_together_are_refused() {
        let mut lag = Lag::default();
        lag.set("restarts".parse().unwrap());
        assert_eq!(lag.check(true), Ok(()));
        assert_eq!(lag.check(false), Err(InvalidLag::RealApiServer { mode: "restarts" }));
        lag.set("traffic-after-status".parse().unwrap());
        lag.set("status-after-traffic".parse().unwrap());
        assert_eq!(lag.check(true), Err(InvalidLag::Circle));
    }
}
