//! `faults --run`: a testbed with each fault, the suite on it, and which tests turned red.

mod part;
mod row;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
    thread::available_parallelism,
};

use anyhow::anyhow;
use futures::StreamExt;
use gateway_conformance::SUITE;
use harness::{
    Options,
    model::{
        event::{Event, EventKind},
        plan::Selection,
        profile::Profile,
        timeouts::Timeouts,
    },
};
use testbed::{Fault, Lag};
use tokio_util::sync::CancellationToken;

pub use self::part::Part;
use self::row::{Cell, Row, header, legend};
use super::{
    args::{FaultsArgs, Format},
    exit::{Exit, Stop, sentence},
    faults,
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
pub fn run(args: &FaultsArgs) -> Result<Exit, Stop> {
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
    setup::runtime()?.block_on(all(&chosen, &lag, args.format))
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

async fn all(chosen: &[Option<&'static Fault>], lag: &Lag, format: Format) -> Result<Exit, Stop> {
    let interrupt = interrupt::listen(
        || eprintln!("interrupted"),
        || "left at once; the testbeds are gone with this process".into(),
    )?;
    let mut tests: Vec<&'static str> = SUITE.tests.iter().map(|test| test.name).collect();
    tests.sort_unstable();
    if format == Format::Text {
        print(&header(&tests))?;
    }
    // They wait more than they work.
    let at_once = 4 * available_parallelism().map_or(2, usize::from).clamp(1, 4);
    let mut runs = futures::stream::iter(chosen)
        .map(|fault| one(*fault, lag, interrupt.clone()))
        .buffered(at_once);
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
    Ok(if interrupt.is_cancelled() || rows.iter().any(Row::is_broken) {
        Exit::NotJudged
    } else if rows.iter().all(Row::is_as_said) {
        Exit::Passed
    } else {
        Exit::Failed
    })
}

/// The row of a fault.
async fn one(fault: Option<&'static Fault>, lag: &Lag, interrupt: CancellationToken) -> Row {
    let mut row = Row::new(fault);
    match look(fault, lag, &row, interrupt).await {
        Ok(cells) => row.cells = cells,
        Err(error) => row.broken = Some(sentence(&error)),
    }
    row
}

/// Which tests turn red. One that should not may have lacked the time on a busy machine: it is
/// asked again without haste, and that counts.
async fn look(
    fault: Option<&'static Fault>,
    lag: &Lag,
    row: &Row,
    interrupt: CancellationToken,
) -> anyhow::Result<BTreeMap<String, Cell>> {
    let scale = if *lag == Lag::default() { TIMEOUT_SCALE } else { LAGGING_TIMEOUT_SCALE };
    let mut cells = judge(fault, lag, None, scale, interrupt.clone()).await?;
    let doubtful = row.doubtful(&cells);
    if !doubtful.is_empty() && !interrupt.is_cancelled() {
        cells.extend(judge(fault, lag, Some(&doubtful), 1.0, interrupt).await?);
    }
    Ok(cells)
}

/// The suite, or these tests of it, on a testbed with this fault.
async fn judge(
    fault: Option<&'static Fault>,
    lag: &Lag,
    only: Option<&BTreeSet<String>>,
    timeout_scale: f64,
    interrupt: CancellationToken,
) -> anyhow::Result<BTreeMap<String, Cell>> {
    let names: Vec<_> = fault.iter().map(|fault| fault.name).collect();
    let found = Found::testbed(None, &names, lag.clone()).await.map_err(|stop| stop.error)?;
    let mut timeouts = Timeouts::default();
    timeouts.scale(timeout_scale)?;
    let options = Options {
        selection: Selection {
            profiles: [Profile::GatewayHttp].into(),
            filters: only.into_iter().flatten().cloned().collect(),
            ..Selection::default()
        },
        timeouts,
        gateway_class: found.gateway_class.clone(),
        address_map: found.address_map.clone(),
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
                cells.lock().unwrap_or_else(PoisonError::into_inner).insert(finished.test, cell);
            }
        }
    };
    harness::run(found.connection.clone(), &SUITE, options, events, interrupt).await?;
    let cells = std::mem::take(&mut *cells.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(cells)
}
