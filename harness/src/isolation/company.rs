//! What else is under way while a test runs, and whether that may have made it fail.
//!
//! A test that fails in company is judged again alone before it counts: the load of the suite, or another
//! test, may have failed it. What no company can explain needs no second look: a definite answer, steadily
//! given, to a test that shared no Gateway with another.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use model::verdict::Mismatch;

/// The tests that were under way at some time while a test was.
#[derive(Debug, Default)]
pub(crate) struct Company {
    tests: Mutex<BTreeMap<&'static str, Share>>,
    /// Whether the test is in a further copy of the base environment, which an implementation may not watch.
    is_in_copy: bool,
}

/// Whether two tests use one Gateway, or Gateways at one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Share {
    Nothing,
    Gateway,
}

impl Company {
    /// That of a test in a further copy of the base environment.
    pub(crate) fn in_copy() -> Self {
        Self { is_in_copy: true, ..Self::default() }
    }

    /// This test is under way too.
    pub(crate) fn joined_by(&self, test: &'static str, share: Share) {
        let mut tests = self.tests.lock().unwrap_or_else(PoisonError::into_inner);
        let known = tests.entry(test).or_insert(share);
        *known = share.max(*known);
    }

    /// The tests, by name.
    pub(crate) fn names(&self) -> Vec<String> {
        let tests = self.tests.lock().unwrap_or_else(PoisonError::into_inner);
        tests.keys().map(|&name| name.to_owned()).collect()
    }

    /// Whether it may be the company's doing that this was wrong.
    pub(crate) fn may_explain<'m>(&self, wrong: impl IntoIterator<Item = &'m Mismatch>) -> bool {
        let tests = self.tests.lock().unwrap_or_else(PoisonError::into_inner);
        let shares = tests.values().any(|share| *share == Share::Gateway);
        let is_unsteady = !wrong.into_iter().all(|mismatch| mismatch.steady);
        self.is_in_copy || (!tests.is_empty() && (shares || is_unsteady))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn company_explains_what_is_not_steady_or_came_at_a_shared_gateway() {
        let steady = Mismatch { steady: true, ..Mismatch::new("GET /", "404", "200") };
        let unsteady = Mismatch::new("GET /", "200", "503");
        let both = [steady.clone(), unsteady];
        let company = Company::default();
        assert!(!company.may_explain(&both), "it was alone");
        company.joined_by("A", Share::Nothing);
        assert!(company.may_explain(&both) && !company.may_explain([&steady]));
        company.joined_by("A", Share::Gateway);
        company.joined_by("A", Share::Nothing);
        assert!(company.may_explain([&steady]));
        assert_eq!(company.names(), ["A"]);
        assert!(Company::in_copy().may_explain([&steady]));
    }
}
