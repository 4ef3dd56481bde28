//! Parts of a whole: one of several machines, or of several days, does one.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
    time::Duration,
};

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

    /// Its share of these tests, given how long they took before: the longest first, each goes to the part that has
    /// least to do so far. What nobody knows takes as long as the others do on average.
    pub fn share<'t>(
        self,
        tests: impl IntoIterator<Item = &'t str>,
        took: &BTreeMap<String, Duration>,
    ) -> BTreeSet<&'t str> {
        let sum: Duration = took.values().sum();
        let average = sum.checked_div(took.len() as u32).unwrap_or(Duration::from_secs(1));
        let known = |test: &str| took.get(test).copied().unwrap_or(average);
        let mut all: Vec<_> = tests.into_iter().map(|test| (known(test), test)).collect();
        all.sort_by_key(|(took, test)| (Reverse(*took), *test));
        let mut parts = vec![Duration::ZERO; self.of];
        let mut own = BTreeSet::new();
        for (took, test) in all {
            let Some(least) = (0..self.of).min_by_key(|part| parts[*part]) else { break };
            parts[least] += took;
            if least + 1 == self.number {
                own.insert(test);
            }
        }
        own
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
    fn shares_take_equally_long_and_are_all_together_the_whole() {
        let took = [("a", 9), ("b", 4), ("c", 3), ("d", 2)];
        let took = took.map(|(test, seconds)| (test.to_owned(), Duration::from_secs(seconds)));
        let took = BTreeMap::from(took);
        let share = |text: &str| -> Vec<_> {
            let share = text.parse::<Part>().unwrap().share(["d", "c", "b", "a", "new"], &took);
            share.into_iter().collect()
        };
        assert_eq!(share("1/2"), ["a", "d"]);
        assert_eq!(share("2/2"), ["b", "c", "new"], "the new one for 4.5 s");
        assert_eq!(share("9/9"), [""; 0]);
        let unknown = "1/2".parse::<Part>().unwrap().share(["a", "b", "c"], &BTreeMap::new());
        assert_eq!(unknown.len(), 2);
    }

    #[test]
    fn what_is_no_part_is_refused() {
        for text in ["2", "0/3", "4/3", "1/0", "a/3", "-1/3", "1/3/5", ""] {
            assert!(text.parse::<Part>().is_err(), "{text}");
        }
    }
}
