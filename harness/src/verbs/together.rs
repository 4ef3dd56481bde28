//! Judging several things at once.

use futures::future::join_all;
use model::verdict::{Failure, Stop, Verdict};

/// All of these must hold; they are judged at once, and each is judged to its end.
///
/// # Errors
///
/// A failure with everything that was wrong in any of them; an error if one could not be judged.
pub async fn all_of(checks: impl IntoIterator<Item = impl Future<Output = Verdict>>) -> Verdict {
    let mut merged: Option<Failure> = None;
    for verdict in join_all(checks).await {
        match verdict {
            Ok(()) => {}
            Err(Stop::Failed(failure)) => merge(&mut merged, *failure),
            Err(Stop::Error(error)) => return Err(error.into()),
        }
    }
    merged.map_or(Ok(()), |failure| Err(failure.into()))
}

fn merge(merged: &mut Option<Failure>, next: Failure) {
    match merged {
        None => *merged = Some(next),
        Some(failure) => {
            failure.mismatches.extend(next.mismatches);
            failure.timeline.extend(next.timeline);
            failure.cause = failure.cause.take().or(next.cause);
        }
    }
}

#[cfg(test)]
mod tests {
    use model::verdict::{JudgeError, Mismatch};

    use super::*;

    fn broken(subject: &str) -> Verdict {
        Err(Failure::of(Mismatch::new(subject, "a", "b")).into())
    }

    #[tokio::test]
    async fn every_failure_is_kept_and_an_error_is_no_failure() {
        let several = [broken("one"), Ok(()), broken("two")];
        let Err(Stop::Failed(failure)) = all_of(several.map(std::future::ready)).await else {
            panic!("two of them failed");
        };
        let subjects: Vec<_> = failure.mismatches.iter().map(|m| m.subject.as_str()).collect();
        assert_eq!(subjects, ["one", "two"]);

        let unjudged = [broken("one"), Err(JudgeError::new("no answer").into())];
        assert!(matches!(all_of(unjudged.map(std::future::ready)).await, Err(Stop::Error(_))));
    }
}
