//! Many exchanges at once, and a second look at those that want an absence.

use std::time::Duration;

use futures::future::join_all;
use model::verdict::Mismatch;
use tokio::time::Instant;

use crate::converge::{convergence::Converged, limits::left_of};

/// What came of an exchange.
type Row = Result<Converged, Mismatch>;

/// Looks at all exchanges at once; each has the whole of a limit. Those that want an absence are looked
/// at again if others want a presence and all of these are there: a 404 or a 500 may come from a data
/// plane that is not programmed yet, too.
///
/// `absences` says for each exchange whether it wants an absence, and `look` has it converge within a
/// limit.
pub(crate) async fn together<F: Future<Output = Row>>(
    absences: &[bool],
    limit: Duration,
    look: impl Fn(usize, Duration) -> F,
) -> Vec<Row> {
    let began = Instant::now();
    let rows = join_all((0..absences.len()).map(|index| look(index, limit))).await;
    if !presences_hold(absences, &rows) {
        return rows;
    }
    let waited = began.elapsed();
    let left = left_of(limit, waited);
    let look = &look;
    let again =
        absences.iter().zip(rows).enumerate().map(async |(index, (is_absence, row))| match row {
            // As long as the first look took at least: where no answer is what is wanted, each attempt waits for it.
            Ok(first) if *is_absence => {
                let again = look(index, left.max(first.took)).await;
                again.map(|second| first.then(second, waited))
            }
            row => row,
        });
    join_all(again).await
}

/// Whether some of the exchanges want a presence, and all of these converged.
fn presences_hold(absences: &[bool], rows: &[Row]) -> bool {
    let mut present = absences.iter().zip(rows).filter(|(is_absence, _)| !**is_absence).peekable();
    present.peek().is_some() && present.all(|(_, row)| row.is_ok())
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use model::timing::Answers;

    use super::*;

    /// Who wants no answer waits for it, each time.
    #[tokio::test(start_paused = true)]
    async fn a_second_look_has_the_time_that_the_first_one_took() {
        let (limit, took) = (Duration::from_secs(30), Duration::from_secs(20));
        let limits = Mutex::new(Vec::new());
        let look = |index: usize, limit: Duration| {
            limits.lock().unwrap().push((index, limit));
            async move {
                if index == 0 {
                    tokio::time::advance(took).await;
                }
                let answers = Answers::default();
                Ok(Converged { attempts: 3, settled: took, took, first_error: None, answers })
            }
        };
        let rows = together(&[true, false], limit, look).await;
        assert!(rows.iter().all(Result::is_ok));
        assert_eq!(*limits.lock().unwrap(), [(0, limit), (1, limit), (0, took)]);
    }
}
