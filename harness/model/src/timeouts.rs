//! How long the suite waits: the Go suite's limits, by its names.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::suggest::{Unknown, lookup};

/// A limit, by the name that `--timeout-config-overrides` and the options file use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are those of the Go suite's timeout configuration")]
pub enum Limit {
    CreateTimeout,
    DeleteTimeout,
    GetTimeout,
    GatewayMustHaveAddress,
    GatewayMustHaveCondition,
    GatewayStatusMustHaveListeners,
    GatewayListenersMustHaveConditions,
    ListenerSetMustHaveCondition,
    ListenerSetListenersMustHaveConditions,
    GwcMustBeAccepted,
    HttpRouteMustNotHaveParents,
    HttpRouteMustHaveCondition,
    TlsRouteMustHaveCondition,
    TcpRouteMustHaveCondition,
    UdpRouteMustHaveCondition,
    RouteMustHaveParents,
    ManifestFetchTimeout,
    /// From the first probe to three successes in a row. The specification allows 30 s at most.
    MaxTimeToConsistency,
    NamespacesMustBeReady,
    RequestTimeout,
    LatestObservedGenerationSet,
    DefaultTestTimeout,
    /// The pause after a failed probe. Statuses are watched, so it does not apply to them.
    DefaultPollInterval,
    /// The pause between tests that share what they probe.
    TestIsolation,
}

#[rustfmt::skip]
const DEFAULTS: [(Limit, &str, Duration); 24] = [
    (Limit::CreateTimeout, "CreateTimeout", Duration::from_secs(60)),
    (Limit::DeleteTimeout, "DeleteTimeout", Duration::from_secs(30)),
    (Limit::GetTimeout, "GetTimeout", Duration::from_secs(10)),
    (Limit::GatewayMustHaveAddress, "GatewayMustHaveAddress", Duration::from_secs(180)),
    (Limit::GatewayMustHaveCondition, "GatewayMustHaveCondition", Duration::from_secs(180)),
    (Limit::GatewayStatusMustHaveListeners, "GatewayStatusMustHaveListeners", Duration::from_secs(60)),
    (Limit::GatewayListenersMustHaveConditions, "GatewayListenersMustHaveConditions", Duration::from_secs(60)),
    (Limit::ListenerSetMustHaveCondition, "ListenerSetMustHaveCondition", Duration::from_secs(180)),
    (Limit::ListenerSetListenersMustHaveConditions, "ListenerSetListenersMustHaveConditions", Duration::from_secs(60)),
    (Limit::GwcMustBeAccepted, "GWCMustBeAccepted", Duration::from_secs(180)),
    (Limit::HttpRouteMustNotHaveParents, "HTTPRouteMustNotHaveParents", Duration::from_secs(60)),
    (Limit::HttpRouteMustHaveCondition, "HTTPRouteMustHaveCondition", Duration::from_secs(60)),
    (Limit::TlsRouteMustHaveCondition, "TLSRouteMustHaveCondition", Duration::from_secs(60)),
    (Limit::TcpRouteMustHaveCondition, "TCPRouteMustHaveCondition", Duration::from_secs(60)),
    (Limit::UdpRouteMustHaveCondition, "UDPRouteMustHaveCondition", Duration::from_secs(60)),
    (Limit::RouteMustHaveParents, "RouteMustHaveParents", Duration::from_secs(60)),
    (Limit::ManifestFetchTimeout, "ManifestFetchTimeout", Duration::from_secs(10)),
    (Limit::MaxTimeToConsistency, "MaxTimeToConsistency", Duration::from_secs(30)),
    (Limit::NamespacesMustBeReady, "NamespacesMustBeReady", Duration::from_secs(300)),
    (Limit::RequestTimeout, "RequestTimeout", Duration::from_secs(10)),
    (Limit::LatestObservedGenerationSet, "LatestObservedGenerationSet", Duration::from_secs(60)),
    (Limit::DefaultTestTimeout, "DefaultTestTimeout", Duration::from_secs(60)),
    (Limit::DefaultPollInterval, "DefaultPollInterval", Duration::from_millis(100)),
    (Limit::TestIsolation, "TestIsolation", Duration::ZERO),
];

/// The name of the one setting that is a count and no time.
pub const REQUIRED_CONSECUTIVE_SUCCESSES: &str = "RequiredConsecutiveSuccesses";

impl Limit {
    /// Every limit with its name.
    pub fn all() -> impl Iterator<Item = (Self, &'static str)> {
        DEFAULTS.iter().map(|(limit, name, _)| (*limit, *name))
    }

    /// The name in flags and files.
    pub fn name(self) -> &'static str {
        DEFAULTS[self as usize].1
    }

    /// Why the limit has no effect, where it has none.
    const fn why_without_effect(self) -> Option<&'static str> {
        match self {
            Self::TestIsolation => Some(
                "a test waits until the routes of the one before are silent, and for no fixed time",
            ),
            Self::ManifestFetchTimeout => Some("the manifests are in the binary"),
            _ => None,
        }
    }

    /// The value where nothing is said.
    pub fn default_value(self) -> Duration {
        DEFAULTS[self as usize].2
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Limit {
    type Err = Unknown;

    fn from_str(name: &str) -> Result<Self, Unknown> {
        lookup("timeout", name, Self::all().map(|(limit, name)| (name, limit)))
    }
}

/// The limits in force for a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timeouts {
    values: Vec<Duration>,
    successes: u32,
    scale: f64,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            values: DEFAULTS.iter().map(|(_, _, value)| *value).collect(),
            successes: 3,
            scale: 1.0,
        }
    }
}

/// What is wrong with an override of a limit.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidTimeout {
    /// No such limit.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// Not `Name:value`.
    #[error("\"{0}\" is not a timeout override; write Name:seconds, or Name:250ms")]
    Pair(String),
    /// A value that is no length of time.
    #[error(
        "{name}: \"{value}\" is not a length of time; write whole seconds, or a number with a unit (250ms, 1.5s, 2m)"
    )]
    Duration {
        /// The limit.
        name: String,
        /// What was given.
        value: String,
    },
    /// A value that is no count.
    #[error("{REQUIRED_CONSECUTIVE_SUCCESSES}: \"{0}\" is not a whole number above 0")]
    Count(String),
    /// A scale that is no number above 0.
    #[error("--timeout-scale \"{0}\" is not a number above 0")]
    Scale(String),
}

impl Timeouts {
    /// A limit, scaled. The pause after a failed probe and the pause between tests are scaled too.
    pub fn get(&self, limit: Limit) -> Duration {
        self.values[limit as usize].mul_f64(self.scale)
    }

    /// How many probes must succeed in a row.
    pub fn successes(&self) -> u32 {
        self.successes
    }

    /// Asks for so many times as many successes in a row.
    pub fn be_thorough(&mut self, times: u32) {
        self.successes = self.successes.saturating_mul(times);
    }

    /// Sets a limit. Zero means the default, as in the Go suite, but for the pause between tests.
    pub fn set(&mut self, limit: Limit, value: Duration) {
        self.values[limit as usize] = if value.is_zero() { limit.default_value() } else { value };
    }

    /// Sets a limit, or the count of successes, by its name and a text such as `60`, `250ms`.
    pub fn set_text(&mut self, name: &str, value: &str) -> Result<(), InvalidTimeout> {
        if name == REQUIRED_CONSECUTIVE_SUCCESSES {
            self.successes = match value.parse() {
                Ok(count) if count > 0 => count,
                _ => return Err(InvalidTimeout::Count(value.to_owned())),
            };
            return Ok(());
        }
        let limit = name.parse()?;
        let duration = parse_duration(value)
            .ok_or_else(|| InvalidTimeout::Duration { name: name.into(), value: value.into() })?;
        self.set(limit, duration);
        Ok(())
    }

    /// Sets what a list `Name:value;Name:value` says.
    pub fn override_with(&mut self, list: &str) -> Result<(), InvalidTimeout> {
        for pair in list.split(';').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (name, value) =
                pair.split_once(':').ok_or_else(|| InvalidTimeout::Pair(pair.to_owned()))?;
            self.set_text(name.trim(), value.trim())?;
        }
        Ok(())
    }

    /// Multiplies every limit.
    pub fn scale(&mut self, factor: f64) -> Result<(), InvalidTimeout> {
        if !(factor.is_finite() && factor > 0.0) {
            return Err(InvalidTimeout::Scale(factor.to_string()));
        }
        self.scale = factor;
        Ok(())
    }

    /// The limits that were set and that nothing here waits for, each with the reason.
    pub fn without_effect(&self) -> Vec<(Limit, &'static str)> {
        let is_set = |limit: &Limit| self.values[*limit as usize] != limit.default_value();
        let all = Limit::all().map(|(limit, _)| limit).filter(is_set);
        all.filter_map(|limit| Some((limit, limit.why_without_effect()?))).collect()
    }

    /// The limits that are not the Go suite's: those that were set, and the scale of all.
    pub fn deviations(&self) -> Vec<(&'static str, String)> {
        let mut found: Vec<_> = Limit::all()
            .filter(|(limit, _)| self.values[*limit as usize] != limit.default_value())
            .map(|(limit, name)| (name, format!("{:?}", self.values[limit as usize])))
            .collect();
        if self.successes != 3 {
            found.push((REQUIRED_CONSECUTIVE_SUCCESSES, self.successes.to_string()));
        }
        #[expect(
            clippy::float_cmp,
            reason = "the default is exactly this, and is set nowhere else"
        )]
        if self.scale != 1.0 {
            found.push(("every limit", format!("× {}", self.scale)));
        }
        found
    }
}

/// A length of time as the Go suite's options write it: whole seconds, or numbers with units
/// (`1m30s`, `250ms`, `1.5s`).
pub fn parse_duration(text: &str) -> Option<Duration> {
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let mut total = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(digits);
        let unit_end = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_end);
        let seconds = match unit {
            "ns" => 1e-9,
            "us" | "µs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return None,
        };
        total += number.parse::<f64>().ok()? * seconds;
        rest = tail;
    }
    if text.is_empty() { None } else { Duration::try_from_secs_f64(total).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_has_its_own_row() {
        for (index, (limit, name, _)) in DEFAULTS.iter().enumerate() {
            assert_eq!(*limit as usize, index, "{name} is out of order");
        }
    }

    #[test]
    fn overrides_take_seconds_durations_and_counts() {
        let mut timeouts = Timeouts::default();
        timeouts
            .override_with("GatewayMustHaveAddress:60; DefaultPollInterval:250ms;RequiredConsecutiveSuccesses:5")
            .unwrap();
        assert_eq!(timeouts.get(Limit::GatewayMustHaveAddress), Duration::from_secs(60));
        assert_eq!(timeouts.get(Limit::DefaultPollInterval), Duration::from_millis(250));
        assert_eq!(timeouts.successes(), 5);
    }

    #[test]
    fn what_cannot_be_understood_is_refused() {
        let refuse = |list: &str| Timeouts::default().override_with(list).unwrap_err().to_string();
        insta::assert_snapshot!(
            [refuse("GatewayMustHaveAdress:60"), refuse("GetTimeout"), refuse("GetTimeout:soon"),
             refuse("RequiredConsecutiveSuccesses:0")].join("\n"),
            @r#"
        unknown timeout "GatewayMustHaveAdress"; did you mean "GatewayMustHaveAddress"?
        "GetTimeout" is not a timeout override; write Name:seconds, or Name:250ms
        GetTimeout: "soon" is not a length of time; write whole seconds, or a number with a unit (250ms, 1.5s, 2m)
        RequiredConsecutiveSuccesses: "0" is not a whole number above 0
        "#
        );
    }

    #[test]
    fn a_scale_applies_to_overrides_too() {
        let mut timeouts = Timeouts::default();
        timeouts.scale(0.5).unwrap();
        timeouts.override_with("RequestTimeout:4").unwrap();
        assert_eq!(timeouts.get(Limit::RequestTimeout), Duration::from_secs(2));
        assert!(timeouts.scale(0.0).is_err());
    }

    #[test]
    fn a_limit_that_nothing_waits_for_says_so_where_it_is_set() {
        let mut timeouts = Timeouts::default();
        assert_eq!(timeouts.without_effect(), []);
        timeouts.set(Limit::TestIsolation, Duration::from_secs(5));
        timeouts.set(Limit::GetTimeout, Duration::from_secs(5));
        let told: Vec<_> = timeouts.without_effect().into_iter().map(|(limit, _)| limit).collect();
        assert_eq!(told, [Limit::TestIsolation]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_duration_or_refused(text in ".{0,12}") {
            let _ = parse_duration(&text);
        }

        #[test]
        fn milliseconds_are_understood(ms in 0_u64..10_000_000) {
            assert_eq!(
                parse_duration(&format!("{ms}ms")).unwrap().as_millis(),
                u128::from(ms)
            );
        }
    }
}
