//! How much: times, ranges of times and shares.

use std::{fmt, ops::RangeInclusive, time::Duration};

use super::{
    error::InvalidLag,
    modes::{LagMode, Unit},
};

/// The value of a mode.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Time(RangeInclusive<Duration>),
    /// From 0 to 1.
    Share(f64),
    /// A time, and how many at a time.
    Queue(RangeInclusive<Duration>, usize),
    Count(usize),
    None,
}

/// A server that refused everything would be no slow one.
const LARGEST_SHARE: f64 = 0.9;

impl Value {
    /// Reads the value of a mode.
    pub(super) fn read(mode: &LagMode, text: &str) -> Result<Self, InvalidLag> {
        let (mode, unit) = (mode.name, mode.unit);
        match unit {
            Unit::None if text.is_empty() => Ok(Self::None),
            Unit::None => Err(InvalidLag::NoValue { mode }),
            Unit::Time => range(text)
                .map(Self::Time)
                .ok_or_else(|| InvalidLag::Time { mode, value: text.into() }),
            Unit::Queue => queue(text)
                .map(|(time, at_once)| Self::Queue(time, at_once))
                .ok_or_else(|| InvalidLag::Queue { mode, value: text.into() }),
            Unit::Count => count(text)
                .map(Self::Count)
                .ok_or_else(|| InvalidLag::Count { mode, value: text.into() }),
            Unit::Share => share(text)
                .map(Self::Share)
                .ok_or_else(|| InvalidLag::Share { mode, value: text.into() }),
        }
    }

    pub(super) fn scale(&mut self, factor: f64) {
        if let Self::Time(range) | Self::Queue(range, _) = self {
            *range = range.start().mul_f64(factor)..=range.end().mul_f64(factor);
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(range) => write!(f, "{}", milliseconds(range)),
            Self::Queue(range, at_once) => write!(f, "{},{at_once}", milliseconds(range)),
            Self::Count(count) => write!(f, "{count}"),
            Self::Share(share) => write!(f, "{:.0}%", share * 100.0),
            Self::None => Ok(()),
        }
    }
}

fn milliseconds(range: &RangeInclusive<Duration>) -> String {
    let [start, end] = [range.start(), range.end()].map(Duration::as_millis);
    if start == end { format!("{start}ms") } else { format!("{start}ms..{end}ms") }
}

/// `5s` for one at a time, or `5s,2`.
fn queue(text: &str) -> Option<(RangeInclusive<Duration>, usize)> {
    let (time, at_once) = text.split_once(',').unwrap_or((text, "1"));
    Some((range(time)?, count(at_once.trim())?))
}

fn count(text: &str) -> Option<usize> {
    text.parse().ok().filter(|count| *count > 0)
}

/// `2s`, or `0s..20s` with both ends.
fn range(text: &str) -> Option<RangeInclusive<Duration>> {
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    let (from, to) = (time(from)?, time(to)?);
    (from <= to).then_some(from..=to)
}

fn time(text: &str) -> Option<Duration> {
    let text = text.trim();
    let (number, unit) = match text.strip_suffix("ms") {
        Some(number) => (number, 1e-3),
        None => (text.strip_suffix('s')?, 1.0),
    };
    // Digits and a point alone: the rest of what a float may be is no time.
    let plain = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let seconds = number.parse::<f64>().ok().filter(|_| plain)?;
    Duration::try_from_secs_f64(seconds * unit).ok()
}

fn share(text: &str) -> Option<f64> {
    let share = text.strip_suffix('%')?.trim().parse::<f64>().ok()? / 100.0;
    (0.0..=LARGEST_SHARE).contains(&share).then_some(share)
}
