//! A part of the faults: a sample that turns over from run to run.

use std::{fmt, str::FromStr};

/// Part K of N.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which, from 1.
    number: usize,
    /// Of how many.
    of: usize,
}

impl FromStr for Part {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = || {
            let (number, of) = text.split_once('/')?;
            Some(Self { number: number.trim().parse().ok()?, of: of.trim().parse().ok()? })
        };
        read()
            .filter(|part| (1..=part.of).contains(&part.number))
            .ok_or_else(|| "write K/N, such as 2/10 for the second of ten parts".into())
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl Part {
    /// Every Nth, from the Kth on: neighbours in a sorted list are alike, and go into different parts.
    pub fn of<T>(self, all: Vec<T>) -> Vec<T> {
        all.into_iter().skip(self.number - 1).step_by(self.of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_all_together_the_whole() {
        let part = |text: &str| text.parse::<Part>().unwrap().of(vec![1, 2, 3, 4, 5]);
        assert_eq!(part("1/2"), [1, 3, 5]);
        assert_eq!(part("2/2"), [2, 4]);
        assert_eq!(part("1/1").len(), 5);
        assert!(part("9/9").is_empty());
    }

    #[test]
    fn what_is_no_part_is_refused() {
        for text in ["2", "0/3", "4/3", "1/0", "a/3", "-1/3", "1/3/5", ""] {
            assert!(text.parse::<Part>().is_err(), "{text}");
        }
    }
}
