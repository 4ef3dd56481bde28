//! `faults --run`: a testbed with each fault, the suite on it, and which tests turned red.

mod row;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
    thread::available_parallelism,
};

use anyhow::anyhow;
use futures::StreamExt;
use harness::{
    Options, Suite,
    model::{
        event::{Event, EventKind},
        extension::Extension,
        plan::Selection,
        timeouts::Timeouts,
    },
};
use testbed::{Fault, Lag};
use tokio_util::sync::CancellationToken;

use self::row::{Cell, Row, header, legend};
use super::{
    args::FaultsArgs,
    exit::{Exit, Stop, sentence},
    faults,
    format::Format,
    found::Found,
    interrupt,
    output::print,
    setup,
};

/// The Go suite's limits are made for real clusters; in this process everything happens at once, and
/// a test that a fault turns red waits for its limits.
const TIMEOUT_SCALE: f64 = 0.05;
/// On a testbed with a lag: a limit of 30 s is 3 s then, and a lag of 1 s is within it.
const LAGGING_TIMEOUT_SCALE: f64 = 0.1;

/// Runs the suite with each fault that is named, or with all, and prints the matrix.
pub fn run(args: &FaultsArgs, suite: &'static Suite) -> Result<Exit, Stop> {
    let lag = lag(args)?;
    let mut chosen: Vec<Option<&'static Fault>> = Vec::new();
    if args.names.is_empty() {
        chosen.extend(testbed::faults().iter().map(Some));
    }
    for name in &args.names {
        chosen.push(Some(faults::find(name).map_err(Stop::usage)?));
    }
    if let Some(part) = args.part {
        let among = chosen.len();
        chosen = part.of(chosen);
        if chosen.is_empty() {
            let text = format!("part {part} of {among} faults is empty; make fewer parts");
            return Err(Stop::usage(anyhow!(text)));
        }
    }
    if args.names.is_empty() {
        // First without any: the reference passes everything.
        chosen.insert(0, None);
    }
    setup::log(false);
    setup::runtime()?.block_on(all(suite, &chosen, lag, args.format))
}

/// The lag that is asked for.
fn lag(args: &FaultsArgs) -> Result<Lag, Stop> {
    let mut lag = Lag::default();
    args.lag.iter().cloned().for_each(|setting| lag.set(setting));
    lag.check(true).map_err(Stop::usage)?;
    if lag.disturbs_api_server() {
        let text = "--lag: trouble of the API server hides no fault; choose other modes";
        return Err(Stop::usage(anyhow!(text)));
    }
    Ok(lag)
}

async fn all(
    suite: &'static Suite,
    chosen: &[Option<&'static Fault>],
    lag: Lag,
    format: Format,
) -> Result<Exit, Stop> {
    let interrupt = interrupt::listen(
        || eprintln!("interrupted"),
        || "left at once; the testbeds are gone with this process".into(),
    )?;
    let mut tests: Vec<&'static str> = suite.tests.iter().map(|test| test.name).collect();
    tests.sort_unstable();
    if format == Format::Text {
        print(&header(&tests))?;
    }
    // They wait more than they work.
    let at_once = 2 * available_parallelism().map_or(2, usize::from).clamp(1, 4);
    let judge = Judge { suite, lag, interrupt };
    let mut runs = futures::stream::iter(chosen).map(|fault| judge.row(*fault)).buffered(at_once);
    let mut rows = Vec::new();
    while let Some(row) = runs.next().await {
        if format == Format::Text {
            print(&row.line(&tests))?;
        }
        rows.push(row);
    }
    print(&match format {
        Format::Text => legend(&tests),
        Format::Json => serde_json::to_string_pretty(&rows).map_err(Stop::not_judged)? + "\n",
    })?;
    Ok(if judge.interrupt.is_cancelled() || rows.iter().any(Row::is_broken) {
        Exit::NotJudged
    } else if rows.iter().all(Row::is_as_said) {
        Exit::Passed
    } else {
        Exit::Failed
    })
}

/// What every row of the matrix is judged with.
struct Judge {
    suite: &'static Suite,
    lag: Lag,
    interrupt: CancellationToken,
}

impl Judge {
    /// The row of a fault.
    async fn row(&self, fault: Option<&'static Fault>) -> Row {
        let mut row = Row::new(fault);
        match self.look(fault, &row).await {
            Ok(cells) => row.cells = cells,
            Err(error) => row.broken = Some(sentence(&error)),
        }
        row
    }

    /// Which tests turn red. One that should not, or could not judge, may have lacked the time on a busy
    /// machine: it is asked again without haste, and that counts.
    async fn look(
        &self,
        fault: Option<&'static Fault>,
        row: &Row,
    ) -> anyhow::Result<BTreeMap<String, Cell>> {
        let scale = if self.lag == Lag::default() { TIMEOUT_SCALE } else { LAGGING_TIMEOUT_SCALE };
        let mut cells = match self.judge(fault, None, scale).await {
            // A set-up that did not come to its end may have lacked the time too.
            Err(_) if !self.interrupt.is_cancelled() => self.judge(fault, None, 1.0).await?,
            judged => judged?,
        };
        let doubtful = row.doubtful(&cells);
        if !doubtful.is_empty() && !self.interrupt.is_cancelled() {
            cells.extend(self.judge(fault, Some(&doubtful), 1.0).await?);
        }
        Ok(cells)
    }

    /// The suite, or these tests of it, on a testbed with this fault.
    async fn judge(
        &self,
        fault: Option<&'static Fault>,
        only: Option<&BTreeSet<String>>,
        timeout_scale: f64,
    ) -> anyhow::Result<BTreeMap<String, Cell>> {
        let names: Vec<_> = fault.iter().map(|fault| fault.name).collect();
        let found =
            Found::testbed(None, &names, self.lag.clone()).await.map_err(|stop| stop.error)?;
        let mut timeouts = Timeouts::default();
        timeouts.scale(timeout_scale)?;
        let options = Options {
            selection: Selection {
                profiles: self.suite.profiles(),
                extensions: Extension::ALL.into(),
                filters: only.into_iter().flatten().cloned().collect(),
                ..Selection::default()
            },
            timeouts,
            gateway_class: found.gateway_class.clone(),
            addresses: found.addresses.clone(),
            address_map: found.address_map.clone(),
            described: self.suite.describes_reference(),
            // The testbed goes away as a whole.
            cleanup_base: false,
            ..Options::default()
        };
        let cells = Arc::new(Mutex::new(BTreeMap::new()));
        let events = {
            let cells = cells.clone();
            move |Event { kind, .. }| {
                if let EventKind::TestFinished(finished) = kind {
                    let cell = Cell::from(&finished.outcome);
                    cells
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .insert(finished.test, cell);
                }
            }
        };
        harness::run(found.connection.clone(), self.suite, options, events, self.interrupt.clone())
            .await?;
        let cells = std::mem::take(&mut *cells.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(cells)
    }
}
