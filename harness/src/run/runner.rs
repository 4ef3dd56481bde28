//! A run: the set-up, the tests side by side, the removal.

use std::{sync::Arc, time::Instant};

use cluster::connect::Connection;
use futures::future::join_all;
use model::event::{Event, EventKind, RunStarted};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    context::notes::Sink,
    error::Error,
    options::Options,
    run::{
        base,
        lane::Lane,
        lanes::Lanes,
        prepare::{Prepared, prepare},
        turns::{Ended, Turns},
    },
    test::Suite,
};

/// Judges the subject at `connection` and tells every event as it happens.
///
/// Cancelling `interrupt` ends the tests under way, removes what was applied and returns.
///
/// # Errors
///
/// When the run could not judge: see [`Error`]. Nothing is left behind then.
pub async fn run(
    connection: Connection,
    suite: &Suite,
    options: Options,
    events: impl Fn(Event) + Send + Sync + 'static,
    interrupt: CancellationToken,
) -> Result<Ended, Error> {
    let began = Instant::now();
    let sink: Sink = Arc::new(events);
    options.selection.check(&suite.infos())?;
    let prepared = tokio::select! {
        prepared = prepare(&connection, suite, &options, &sink) => prepared?,
        () = interrupt.cancelled() => return Err(Error::Interrupted),
    };
    let Prepared { lane, plan } = prepared;
    let lane = Arc::new(lane);
    let session = lane.session.clone();
    session.tell(EventKind::RunStarted(Box::new(plan)));

    let set_up = tokio::select! {
        set_up = set_up(&lane) => set_up,
        () = interrupt.cancelled() => Err(Error::Interrupted),
    };
    let mut drains = JoinSet::new();
    let mut lanes = Lanes::new(lane, &options, matches!(set_up, Ok(true)));
    let (ended, judged) = match set_up {
        Ok(_) => Turns::new(&mut lanes, &options, &interrupt, began, &mut drains).run().await,
        Err(error) => (Ended::default(), Err(error)),
    };
    let incomplete = match &judged {
        Err(error) => Some(error.to_string()),
        Ok(()) => ended.interrupted.then(|| "interrupted".to_owned()),
    };
    // A run that comes next finds a Gateway that answers by nothing of this one. That is seen while the
    // Gateways stand: one that is gone answers nobody, as one that reloads.
    tokio::select! {
        () = async { while drains.join_next().await.is_some() {} } => {}
        () = interrupt.cancelled() => drains.shutdown().await,
    }
    let keep = options.keep_on_failure && ended.failed > 0;
    if options.cleanup_base && !keep {
        session.stage("removing the base environment");
        join_all(lanes.all().map(|lane| lane.remove())).await;
    } else {
        session.notice("the base environment is left in the cluster; `clean` removes it");
    }
    session.tell(EventKind::RunFinished { incomplete, took: began.elapsed() });
    judged.map(|()| ended)
}

/// What a run would do: asks the cluster what it has, and applies nothing.
///
/// # Errors
///
/// When a run could not begin: see [`Error`].
pub async fn plan(
    connection: &Connection,
    suite: &Suite,
    options: &Options,
    events: impl Fn(Event) + Send + Sync + 'static,
) -> Result<RunStarted, Error> {
    let sink: Sink = Arc::new(events);
    options.selection.check(&suite.infos())?;
    Ok(prepare(connection, suite, options, &sink).await?.plan)
}

/// Sets up the first lane, but for its Pods, which the tests that need none do not wait for. Tells whether an
/// earlier run left something.
async fn set_up(lane: &Lane) -> Result<bool, Error> {
    let was_left = base::remove_leftovers(&lane.session).await?;
    lane.base.apply(&lane.session).await?;
    Ok(was_left)
}
