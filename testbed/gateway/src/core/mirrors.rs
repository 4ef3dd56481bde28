//! Filters of type `RequestMirror`, compiled: copies of requests for other backends.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::Environment;
use super::backends::{self, Backend, GOLDEN_RATIO, Unresolved};
use super::filters::Filters;
use super::route::{Filter, RequestMirror, RouteRef};
use super::snapshot::Snapshot;
use crate::faults::{self, Faults};

/// A backend that gets copies of a rule's requests; nobody sees what it answers.
#[derive(Debug)]
pub struct Mirror {
    /// Who gets them.
    pub backend: Backend,
    /// Of which of them.
    pub due: Due,
}

/// Which requests are copied.
#[derive(Debug)]
pub struct Due {
    /// How many, of 1.
    share: f64,
    requests: AtomicUsize,
}

impl Due {
    fn new(mirror: &RequestMirror, faults: &Faults) -> Self {
        Self { share: share(mirror, faults), requests: AtomicUsize::new(0) }
    }

    /// Whether the next request is copied, evenly from the start as with
    /// [`Backends::pick`](super::backends::Backends::pick).
    pub fn is_next(&self) -> bool {
        let turn = self.requests.fetch_add(1, Ordering::Relaxed);
        (turn as f64 * GOLDEN_RATIO).fract() < self.share
    }
}

/// Compiles the mirrors among the filters of a rule. What does not resolve gets nothing.
pub fn compile(
    filters: &[Filter],
    route: RouteRef<'_>,
    snapshot: &Snapshot,
    env: &Environment<'_>,
) -> (Vec<Mirror>, Vec<Unresolved>) {
    let (mut mirrors, mut unresolved) = (Vec::new(), Vec::new());
    let count = if env.faults.has(faults::ONLY_FIRST_MIRROR_USED) { 1 } else { usize::MAX };
    for filter in filters.iter().filter(|filter| filter.is_mirror()).take(count) {
        let mirror = filter.request_mirror.clone().unwrap_or_default();
        let (backend, problem) =
            backends::resolve(&mirror.backend_ref, Filters::default(), route, snapshot, env);
        unresolved.extend(problem);
        mirrors.push(Mirror { backend, due: Due::new(&mirror, env.faults) });
    }
    (mirrors, unresolved)
}

/// Of how many requests copies are sent, of 1.
fn share(mirror: &RequestMirror, faults: &Faults) -> f64 {
    if faults.has(faults::MIRROR_IGNORED) {
        return 0.0;
    }
    let percent = mirror.percent.filter(|_| !faults.has(faults::MIRROR_PERCENT_IGNORED));
    let fraction =
        mirror.fraction.as_ref().filter(|_| !faults.has(faults::MIRROR_FRACTION_IGNORED));
    let share = match (percent, fraction) {
        (Some(percent), _) => f64::from(percent) / 100.0,
        (None, Some(fraction)) => {
            let denominator = fraction.denominator.unwrap_or(100).max(1);
            let is_of_100 = faults.has(faults::MIRROR_DENOMINATOR_IGNORED);
            f64::from(fraction.numerator) / f64::from(if is_of_100 { 100 } else { denominator })
        }
        (None, None) if faults.has(faults::EVERY_OTHER_REQUEST_MIRRORED) => 0.5,
        (None, None) => return 1.0,
    };
    share + if faults.has(faults::MIRROR_SHARE_EXCEEDED) { 0.07 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares() {
        let copied = |mirror: &str| {
            let mirror = serde_yaml::from_str(mirror).unwrap();
            let due = Due::new(&mirror, &Faults::default());
            (0..1000).filter(|_| due.is_next()).count()
        };
        for (mirror, expected) in [
            ("{}", 1000_usize),
            ("{percent: 0}", 0),
            ("{percent: 35}", 350),
            ("{fraction: {numerator: 1, denominator: 4}}", 250),
            ("{fraction: {numerator: 20}}", 200),
        ] {
            assert!(copied(mirror).abs_diff(expected) <= 1, "{mirror}: {}", copied(mirror));
        }
    }
}
