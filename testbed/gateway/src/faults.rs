//! Faults: ways in which the Gateway can be told to break the specification.
//!
//! Each is one small deviation with the rule that it breaks and the conformance tests that must
//! notice. A conformance test that no fault turns red would prove nothing.
//!
//! A fault is declared once, in the file of its area, as data:
//!
//! ```text
//! TRAILING_SLASH_DROPPED:
//!     "Without a rewrite filter the path reaches the backend unchanged."
//!     => ["HTTPRouteMatching"],
//! ```

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

/// Declares the faults of an area: the constant that the code asks for, whose name in kebab case is
/// the fault's, the rule, the tests.
macro_rules! faults {
    (@fault $fault:ident $rule:literal $tests:expr) => {{
        const NAME: [u8; stringify!($fault).len()] = $crate::faults::kebab(stringify!($fault));
        $crate::faults::Fault { name: $crate::faults::text(&NAME), rule: $rule, tests: $tests }
    }};
    ($($(#[$why:meta])* $fault:ident: $rule:literal => [$($test:literal),+ $(,)?],)+) => {
        $(
            $(#[$why])*
            pub const $fault: $crate::faults::Fault = faults!(@fault $fault $rule &[$($test),+]);
        )+

        /// The faults of the area. They do not name the constants, so that the compiler warns of one
        /// that no code asks for.
        pub const AREA: &[$crate::faults::Fault] =
            &[$(faults!(@fault $fault $rule &[$($test),+])),+];
    };
}

mod addresses;
mod admission;
mod attachment;
mod backend_protocols;
mod backend_tls;
mod backends;
mod certificates;
mod client_validation;
mod cors;
mod delegation;
mod filters;
mod gateways;
mod grpc;
mod hostnames;
mod infrastructure;
mod isolation;
mod listener_sets;
mod listeners;
mod matching;
mod mirrors;
mod policies;
mod ports;
mod queries;
mod redirects;
mod references;
mod rewrites;
mod statuses;
mod streams;
mod timeouts_and_retries;

pub use admission::ADMISSION_WEBHOOK_REFUSES_EMPTY_RULES;
pub(crate) use {
    addresses::*, attachment::*, backend_protocols::*, backend_tls::*, backends::*,
    certificates::*, client_validation::*, cors::*, delegation::*, filters::*, gateways::*,
    grpc::*, hostnames::*, infrastructure::*, isolation::*, listener_sets::*, listeners::*,
    matching::*, mirrors::*, policies::*, ports::*, queries::*, redirects::*, references::*,
    rewrites::*, statuses::*, streams::*, timeouts_and_retries::*,
};

const AREAS: [&[Fault]; 29] = [
    addresses::AREA,
    admission::AREA,
    attachment::AREA,
    backend_protocols::AREA,
    backend_tls::AREA,
    backends::AREA,
    certificates::AREA,
    client_validation::AREA,
    cors::AREA,
    delegation::AREA,
    filters::AREA,
    gateways::AREA,
    grpc::AREA,
    hostnames::AREA,
    infrastructure::AREA,
    isolation::AREA,
    listener_sets::AREA,
    listeners::AREA,
    matching::AREA,
    mirrors::AREA,
    policies::AREA,
    ports::AREA,
    queries::AREA,
    redirects::AREA,
    references::AREA,
    rewrites::AREA,
    statuses::AREA,
    streams::AREA,
    timeouts_and_retries::AREA,
];

static ALL: LazyLock<Vec<Fault>> = LazyLock::new(|| {
    let mut all = AREAS.concat();
    all.sort_unstable_by_key(|fault| fault.name);
    all
});

/// A fault that the Gateway can be told to have.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// The name, in kebab case, as [`Faults::parse`] takes it.
    pub name: &'static str,
    /// The rule of the Gateway API specification that the fault breaks.
    pub rule: &'static str,
    /// The conformance tests that must turn red, by short name, sorted.
    pub tests: &'static [&'static str],
}

/// All faults, sorted by name.
pub fn all() -> &'static [Fault] {
    &ALL
}

/// The faults that one Gateway has, by name; none by default.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<BTreeSet<&'static str>>);

impl Faults {
    /// The faults of these names.
    pub fn parse<N: AsRef<str>>(names: impl IntoIterator<Item = N>) -> Result<Self, UnknownFault> {
        let find = |name: N| {
            let name = name.as_ref();
            all()
                .iter()
                .copied()
                .find(|fault| fault.name == name)
                .ok_or_else(|| UnknownFault::new(name))
        };
        names.into_iter().map(find).collect()
    }

    /// Whether the Gateway has this fault.
    pub fn has(&self, fault: Fault) -> bool {
        self.0.contains(fault.name)
    }

    /// Whether the Gateway keeps all rules.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Fault> for Faults {
    fn from_iter<I: IntoIterator<Item = Fault>>(faults: I) -> Self {
        Self(Arc::new(faults.into_iter().map(|fault| fault.name).collect()))
    }
}

/// No fault has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no fault `{name}`; the nearest name is `{suggestion}`")]
pub struct UnknownFault {
    /// The name that was asked for.
    pub name: String,
    /// The nearest name that there is.
    pub suggestion: &'static str,
}

impl UnknownFault {
    fn new(name: &str) -> Self {
        let suggestion = all()
            .iter()
            .map(|fault| fault.name)
            .min_by_key(|known| strsim::damerau_levenshtein(name, known))
            .unwrap_or_default();
        Self { name: name.to_owned(), suggestion }
    }
}

/// The name of a constant in kebab case, which is as long.
const fn kebab<const LENGTH: usize>(constant: &str) -> [u8; LENGTH] {
    let mut kebab = [b'-'; LENGTH];
    let mut index = 0;
    while index < LENGTH {
        let byte = constant.as_bytes()[index];
        if byte != b'_' {
            kebab[index] = byte.to_ascii_lowercase();
        }
        index += 1;
    }
    kebab
}

const fn text(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => panic!("a constant's name is UTF-8"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_each_list_is_sorted() {
        for area in AREAS {
            assert!(area.is_sorted_by_key(|fault| fault.name), "sort the area of {}", area[0].name);
        }
        for pair in all().windows(2) {
            assert_ne!(pair[0].name, pair[1].name, "it is in two areas");
        }
        for fault in all() {
            assert!(fault.tests.is_sorted(), "{}: sort the tests", fault.name);
        }
    }

    #[test]
    fn a_name_is_its_constant_in_kebab_case() {
        assert_eq!(MISSING_BACKEND_GIVES_503.name, "missing-backend-gives-503");
    }

    #[test]
    fn every_test_is_turned_red_by_a_fault() {
        let covered: BTreeSet<_> = all().iter().flat_map(|fault| fault.tests).collect();
        assert_eq!(covered.len(), 174, "{covered:?}");
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest() {
        let error = Faults::parse(["weight-ignored"]).expect_err("there is no such fault");
        assert_eq!(error.suggestion, "weights-ignored");
        let faults = Faults::parse(["weights-ignored"]).expect("there is such a fault");
        assert!(faults.has(WEIGHTS_IGNORED) && !faults.is_empty());
    }
}
