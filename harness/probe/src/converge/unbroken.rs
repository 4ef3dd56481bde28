//! An exchange that must not fail once, for what goes wrong for some requests only: of a header that is
//! given to the wrong backend, every other request would see nothing.

use model::verdict::Mismatch;
use tokio::time::Instant;

use crate::converge::{
    convergence::converge,
    limits::Limits,
    repeatable::{Attributable, Repeatable},
};

/// Makes an exchange so often in a row, see [`Prober::unbroken`](crate::Prober::unbroken).
pub(crate) async fn unbroken<E: Attributable>(
    exchange: &E,
    limits: &Limits,
    times: u32,
) -> Result<(), Mismatch> {
    let started = Instant::now();
    let deadline = started + limits.consistency;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        converge(exchange, &limits.within(left)).await?;
        let Some(Wrong { number, attempt, observed }) = first_wrong(exchange, times).await else {
            return Ok(());
        };
        if exchange.is_decided_by(&attempt) || Instant::now() >= deadline {
            return Err(Mismatch {
                waited: Some(started.elapsed()),
                wire: Some(format!("request {number} of {times}\n{}", E::transcript(&attempt))),
                ..exchange.mismatch(format!("{observed} (request {number} of {times})"))
            });
        }
    }
}

/// A request that was not answered as it must be.
struct Wrong<A> {
    number: u32,
    attempt: A,
    observed: String,
}

async fn first_wrong<E: Repeatable>(exchange: &E, times: u32) -> Option<Wrong<E::Attempt>> {
    for number in 1..=times {
        let attempt = exchange.attempt().await;
        if let Err(observed) = exchange.judge(&attempt) {
            return Some(Wrong { number, attempt, observed });
        }
    }
    None
}
