//! Values of flags as the Go suite writes them.

use std::{
    collections::BTreeMap,
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::Duration,
};

use harness::{
    Hook, IpFamily, Phase, Via,
    model::{
        description::Description,
        expectation::{self, Expectation},
        feature::Feature,
        fixtures::{Patches, PullSecret},
        timeouts::{InvalidTimeout, Timeouts},
    },
};
use jiff::{Timestamp, tz::TimeZone};
use reports::changes::unwell;
use thiserror::Error;

use super::{exit, saved};

/// A comma separated list; spaces around an item and empty items do not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List<T>(pub Vec<T>);

/// `key=value,key=value`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs(pub BTreeMap<String, String>);

/// Where connections to an address go instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detour {
    /// What a Gateway's status and listener say.
    pub from: SocketAddr,
    /// Where the connection is made.
    pub to: SocketAddr,
}

/// Overrides of limits that are known to be understood, `Name:value;Name:value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeoutOverrides(String);

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidValue {
    /// Not a boolean of Go's `strconv.ParseBool`.
    #[error("write true or false")]
    Bool,
    /// An item without `=` or without a key.
    #[error("\"{0}\" is not key=value")]
    Pair(String),
    /// A key that comes twice.
    #[error("the key \"{0}\" comes twice")]
    Twice(String),
    /// Not `ADDRESS:PORT=ADDRESS:PORT`.
    #[error("\"{0}\" is not ADDRESS:PORT=ADDRESS:PORT; an IPv6 address goes in brackets")]
    Detour(String),
    /// Not what a name of a namespace can begin with.
    #[error("write at most {LONGEST_PREFIX} characters a-z, 0-9 and -, the first no -")]
    Prefix,
    /// Not a family of addresses.
    #[error("write ipv4 or ipv6")]
    Family,
    /// Not a moment with a command.
    #[error(
        "\"{0}\" is not PHASE=COMMAND with a phase of after-setup, before-test, on-failure or after-test"
    )]
    Hook(String),
    /// Not a way to Gateways.
    #[error(
        "\"{0}\" is no way; write direct, socks5://HOST:PORT, http://HOST:PORT, relay://HOST:PORT, port-forward or prober"
    )]
    Way(String),
    /// Not a number that things can be counted with.
    #[error("write a whole number from 1")]
    Count,
    /// Not a number that limits can be multiplied with.
    #[error("write a number above 0, such as 2 or 0.5")]
    Scale,
}

/// A family of addresses.
pub fn ip_family(text: &str) -> Result<IpFamily, InvalidValue> {
    match text {
        "ipv4" => Ok(IpFamily::V4),
        "ipv6" => Ok(IpFamily::V6),
        _ => Err(InvalidValue::Family),
    }
}

/// A command at a moment of a run.
pub fn hook(text: &str) -> Result<Hook, InvalidValue> {
    let read = || {
        let (phase, command) = text.split_once('=')?;
        let phase = Phase::ALL.into_iter().find(|it| it.name() == phase.trim())?;
        let command = command.trim().to_owned();
        (!command.is_empty()).then_some(Hook { phase, command })
    };
    read().ok_or_else(|| InvalidValue::Hook(text.to_owned()))
}

/// By which way Gateways are reached; of that through a Pod another flag tells the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// All that this text says.
    Whole(Via),
    /// Through a Pod.
    Prober,
}

impl FromStr for Way {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let place = |rest: &str| {
            let has_port = rest
                .rsplit_once(':')
                .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
            has_port.then(|| rest.to_owned())
        };
        let whole = match text.split_once("://") {
            None if text == "prober" => return Ok(Self::Prober),
            None if text == "direct" => Some(Via::Direct),
            None if text == "port-forward" => Some(Via::PortForward),
            Some(("socks5", rest)) => place(rest).map(Via::Socks),
            Some(("http", rest)) => place(rest.trim_end_matches('/')).map(Via::Proxy),
            Some(("relay", rest)) => place(rest).map(Via::Relay),
            _ => None,
        };
        whole.map(Self::Whole).ok_or_else(|| InvalidValue::Way(text.to_owned()))
    }
}

fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

/// A count of something that there must be.
pub fn at_least_one<T: FromStr>(text: &str) -> Result<T, InvalidValue> {
    text.parse().map_err(|_| InvalidValue::Count)
}

/// A list of whatever can be read from a name.
pub fn list<T: FromStr>(text: &str) -> Result<List<T>, T::Err> {
    items(text).map(str::parse).collect::<Result<_, _>>().map(List)
}

/// Features, or changes of those that the GatewayClass lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// All of them.
    pub plain: Vec<Feature>,
    /// With `+` before them.
    pub also: Vec<Feature>,
    /// With `-` before them.
    pub but: Vec<Feature>,
}

impl FromStr for Features {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut features = Self::default();
        for item in items(text) {
            let (into, name) = match (item.strip_prefix('+'), item.strip_prefix('-')) {
                (Some(name), _) => (&mut features.also, name),
                (_, Some(name)) => (&mut features.but, name),
                _ => (&mut features.plain, item),
            };
            into.push(name.parse::<Feature>().map_err(|error| error.to_string())?);
        }
        let changes = features.also.len() + features.but.len();
        if changes > 0 && !features.plain.is_empty() {
            return Err("either all features have + or - before them, which changes what the GatewayClass lists, or \
                        none"
                .to_owned());
        }
        Ok(features)
    }
}

/// The tests that failed or could not be judged in the run whose events a file has.
pub fn failed_in(path: &str) -> Result<List<String>, String> {
    let run = saved::read(Path::new(path)).map_err(|stop| exit::sentence(&stop.error))?;
    let unwell: Vec<_> = unwell(&run).into_iter().collect();
    if unwell.is_empty() {
        return Err("every test of that run passed; there is nothing to run again".to_owned());
    }
    Ok(List(unwell))
}

/// How long tests took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Took(pub BTreeMap<String, Duration>);

/// How long the tests took in the run whose events a file has.
pub fn took_in(path: &str) -> Result<Took, String> {
    let run = saved::read(Path::new(path)).map_err(|stop| exit::sentence(&stop.error))?;
    let took = run.tests().filter_map(|result| Some((result.test.info.name.clone(), result.took?)));
    Ok(Took(took.collect()))
}

/// The file, or those in the folder and in the folders in it, sorted.
pub fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path)?.collect::<Result<Vec<_>, _>>()?;
    let mut paths: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    let found = paths.iter().map(|path| files(path)).collect::<Result<Vec<_>, _>>()?;
    Ok(found.concat())
}

/// What a file describes.
pub fn described<T: Description>(path: &str) -> Result<Arc<T>, String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    harness::described(&text).map(Arc::new)
}

/// What a file expects of tests today, and what it did once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectations {
    /// What it expects.
    pub today: Vec<Expectation>,
    /// What is over.
    pub expired: Vec<Expectation>,
}

/// What a file expects of tests.
pub fn expected_today(path: &str) -> Result<Expectations, String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let all: expectation::Expectations = harness::described(&text)?;
    let (today, expired) = all.on(Timestamp::now().to_zoned(TimeZone::UTC).date());
    Ok(Expectations { today, expired })
}

/// What a file changes of the fixtures.
pub fn patches(path: &str) -> Result<Patches, String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    harness::described(&text)
}

/// A file with what registries want to be shown.
pub fn docker_config(path: &str) -> Result<PullSecret, String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let config: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| error.to_string())?;
    if config["auths"].is_object() {
        Ok(PullSecret(text))
    } else {
        Err("it has no \"auths\"; log in to the registry without a credential helper".to_owned())
    }
}

/// Room for the longest name of a namespace in the manifests, of 63 characters that a name can have.
const LONGEST_PREFIX: usize = 14;

/// What names of namespaces can begin with.
pub fn namespace_prefix(text: &str) -> Result<String, InvalidValue> {
    let is_label = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric());
    if text.is_empty() || (is_label && begins && text.len() <= LONGEST_PREFIX) {
        Ok(text.to_owned())
    } else {
        Err(InvalidValue::Prefix)
    }
}

/// Labels or annotations; the first `=` splits, so that a value may have more.
pub fn pairs(text: &str) -> Result<Pairs, InvalidValue> {
    let mut map = BTreeMap::new();
    for item in items(text) {
        let (key, value) = item.split_once('=').ok_or_else(|| InvalidValue::Pair(item.into()))?;
        let (key, value) = (key.trim(), value.trim());
        if key.is_empty() {
            return Err(InvalidValue::Pair(item.into()));
        }
        if map.insert(key.to_owned(), value.to_owned()).is_some() {
            return Err(InvalidValue::Twice(key.into()));
        }
    }
    Ok(Pairs(map))
}

/// What Go takes for a boolean.
pub fn go_bool(text: &str) -> Result<bool, InvalidValue> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(InvalidValue::Bool),
    }
}

/// A factor for limits.
pub fn scale(text: &str) -> Result<f64, InvalidValue> {
    text.parse()
        .ok()
        .filter(|factor: &f64| factor.is_finite() && *factor > 0.0)
        .ok_or(InvalidValue::Scale)
}

impl FromStr for Detour {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let read = || {
            let (from, to) = text.split_once('=')?;
            Some(Self { from: from.trim().parse().ok()?, to: to.trim().parse().ok()? })
        };
        read().ok_or_else(|| InvalidValue::Detour(text.into()))
    }
}

impl FromStr for TimeoutOverrides {
    type Err = InvalidTimeout;

    fn from_str(text: &str) -> Result<Self, InvalidTimeout> {
        Timeouts::default().override_with(text)?;
        Ok(Self(text.into()))
    }
}

impl TimeoutOverrides {
    /// Sets the limits that they name.
    pub fn apply(&self, timeouts: &mut Timeouts) -> Result<(), InvalidTimeout> {
        timeouts.override_with(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_trimmed() {
        let features = list(" Gateway, HTTPRoute ,,").unwrap();
        assert_eq!(features, List(vec![Feature::Gateway, Feature::HttpRoute]));
        assert_eq!(list::<Feature>(""), Ok(List(vec![])));
        assert!(list::<Feature>("Gateway HTTPRoute").is_err());
    }

    #[test]
    fn features_are_all_of_them_or_changes() {
        let read = str::parse::<Features>;
        assert_eq!(
            read("Gateway, HTTPRoute").unwrap().plain,
            [Feature::Gateway, Feature::HttpRoute]
        );
        let changes = read("+HTTPRouteCORS,-Gateway").unwrap();
        assert_eq!(
            (changes.also, changes.but),
            (vec![Feature::HttpRouteCors], vec![Feature::Gateway])
        );
        assert!(read("Gateway,+HTTPRoute").unwrap_err().contains("either all"));
        assert!(read("+HTTPRouteCOR").unwrap_err().contains("did you mean \"HTTPRouteCORS\"?"));
    }

    #[test]
    fn the_first_equals_sign_splits_a_pair() {
        let Pairs(map) = pairs("a=b=c, d=").unwrap();
        assert_eq!(map, BTreeMap::from([("a".into(), "b=c".into()), ("d".into(), String::new())]));
        assert_eq!(pairs("a"), Err(InvalidValue::Pair("a".into())));
        assert_eq!(pairs("=b"), Err(InvalidValue::Pair("=b".into())));
        assert_eq!(pairs("a=b,a=c"), Err(InvalidValue::Twice("a".into())));
    }

    #[test]
    fn detours_have_two_sockets() {
        let detour: Detour = "[fd00::1]:80=127.0.0.1:8080".parse().unwrap();
        assert_eq!(detour.from, "[fd00::1]:80".parse().unwrap());
        assert_eq!(detour.to.port(), 8080);
        assert!("10.0.0.1=127.0.0.1:8080".parse::<Detour>().is_err());
    }

    #[test]
    fn only_numbers_above_zero_scale() {
        assert_eq!(scale("0.05"), Ok(0.05));
        for text in ["0", "-1", "inf", "NaN", "3x"] {
            assert_eq!(scale(text), Err(InvalidValue::Scale), "{text}");
        }
    }
}
