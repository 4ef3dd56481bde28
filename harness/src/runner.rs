//! A run: what is asked before it, the set-up, the tests side by side, the removal.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};

use cluster::{
    Key, Kind, Object,
    connect::Connection,
    definitions::{self, DefinitionsError},
    remove,
    watch::Watches,
};
use futures::FutureExt;
use model::{
    event::{Event, EventKind, RunStarted, TestFinished},
    names::INFRA,
    plan::{Decision, PlannedTest},
    timeouts::Limit,
    verdict::{Failure, JudgeError, Outcome, Stop, Verdict},
    version::SuiteVersion,
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    base::Base,
    drain::Drain,
    error::Error,
    footprint::{Footprint, GatewayName},
    notes::Sink,
    options::Options,
    readiness::{self, AcceptedClass},
    schedule::Schedule,
    session::{Session, Shared},
    subject::{Subject, judge},
    test::{Suite, Test},
};

/// What the definitions' version is in a report when it is not known or not the suite's.
const UNDEFINED: &str = "UNDEFINED";

/// How a run ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// How many tests passed.
    pub passed: usize,
    /// How many failed.
    pub failed: usize,
    /// How many could not be judged.
    pub errors: usize,
    /// Whether it was interrupted before every planned test was judged.
    pub interrupted: bool,
}

/// Judges the subject at `connection` and tells every event as it happens.
///
/// Cancelling `interrupt` ends the tests under way, removes what was applied and returns.
///
/// # Errors
///
/// When the run could not begin to judge: see [`Error`]. Nothing is left behind then.
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
    let Prepared { session, planned, base, plan } = prepared;
    session.tell(EventKind::RunStarted(Box::new(plan)));

    let set_up = tokio::select! {
        set_up = base.set_up(&session) => set_up,
        () = interrupt.cancelled() => Err(Error::Interrupted),
    };
    let (ended, incomplete) = match &set_up {
        Ok(()) => {
            session.tell(EventKind::SetUpDone { took: began.elapsed() });
            Tests { session: &session, options: &options, interrupt: &interrupt }.run(planned).await
        }
        Err(error) => (Ended { interrupted: true, ..Ended::default() }, Some(error.to_string())),
    };
    let keep = options.keep_on_failure && ended.failed > 0;
    if options.cleanup_base && !keep {
        session.tell(EventKind::SetUp { stage: "removing the base environment".into() });
        if let Err(left) = base.remove(&session).await {
            session.notice(format!("not removed yet: {}", left.join("; ")));
        }
    } else {
        session.notice("the base environment is left in the cluster; `clean` removes it");
    }
    session.tell(EventKind::RunFinished { incomplete, took: began.elapsed() });
    set_up.map(|()| ended)
}

struct Prepared {
    session: Shared,
    planned: Vec<Planned>,
    base: Base,
    plan: RunStarted,
}

/// A test of the plan with its dressed objects.
struct Planned {
    test: &'static Test,
    objects: Vec<Object>,
    footprint: Footprint,
}

/// Asks the cluster what must be known before anything is applied, and makes the plan.
async fn prepare(
    connection: &Connection,
    suite: &Suite,
    options: &Options,
    sink: &Sink,
) -> Result<Prepared, Error> {
    let client = &connection.client;
    let Versions { suite: version, bundle, channel } = versions(client, options).await?;
    let class = {
        let waiting = |because: &str| {
            let text = format!("waiting for GatewayClass {}: {because}", options.gateway_class);
            sink(Event::now(EventKind::Notice { text }));
        };
        let limit = options.timeouts.get(Limit::GwcMustBeAccepted);
        let watches = Watches::new(client.clone());
        readiness::accepted_class(&watches, &options.gateway_class, limit, waiting).await?
    };
    let AcceptedClass { controller_name, supported_features, unknown_features } = class;
    let infos = suite.infos();
    let supported = options.selection.features(&supported_features)?;
    let tests = options.selection.plan(&infos, version, &supported)?;

    let run = uuid::Uuid::new_v4().to_string();
    let session = Arc::new(Session::new(
        client.clone(),
        *suite,
        version,
        controller_name,
        options,
        run.clone(),
        sink.clone(),
    ));
    if !unknown_features.is_empty() && options.selection.infers_features() {
        let names = unknown_features.join(", ");
        session.notice(format!(
            "the GatewayClass claims features that this suite does not know: {names}"
        ));
    }
    let (planned, base) = read_objects(&session, suite, &tests)?;
    let plan = RunStarted {
        run,
        subject: format!("GatewayClass {} in {}", options.gateway_class, connection.description),
        suite_version: version,
        gateway_api_version: bundle,
        gateway_api_channel: channel,
        mode: options.mode.clone(),
        implementation: options.implementation.clone(),
        profiles: options.selection.profiles.iter().copied().collect(),
        supported_features: supported,
        tests,
        timeouts: options
            .timeouts
            .deviations()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        strict: options.strict,
    };
    Ok(Prepared { session, planned, base, plan })
}

struct Versions {
    suite: SuiteVersion,
    bundle: String,
    channel: String,
}

/// Whose tests are run, and what the report says of the definitions.
async fn versions(client: &kube::Client, options: &Options) -> Result<Versions, Error> {
    let found = match definitions::definitions(client).await {
        Ok(found) => found,
        Err(error) if options.allow_crds_mismatch && is_mismatch(&error) => {
            let suite = options.version.unwrap_or(SuiteVersion::NEWEST);
            return Ok(Versions { suite, bundle: UNDEFINED.into(), channel: UNDEFINED.into() });
        }
        Err(error) => return Err(error.into()),
    };
    match (options.version, found.version.parse::<SuiteVersion>()) {
        (Some(suite), _) | (None, Ok(suite)) => {
            Ok(Versions { suite, bundle: found.version, channel: found.channel })
        }
        (None, Err(_)) if options.allow_crds_mismatch => Ok(Versions {
            suite: SuiteVersion::NEWEST,
            bundle: UNDEFINED.into(),
            channel: UNDEFINED.into(),
        }),
        (None, Err(_)) => Err(Error::Version { found: found.version }),
    }
}

/// Whether it is in what the definitions say of themselves, and not in reading them.
fn is_mismatch(error: &DefinitionsError) -> bool {
    matches!(
        error,
        DefinitionsError::Absent
            | DefinitionsError::Unannotated { .. }
            | DefinitionsError::Mixed { .. }
    )
}

fn read_objects(
    session: &Session,
    suite: &Suite,
    tests: &[PlannedTest],
) -> Result<(Vec<Planned>, Base), Error> {
    let mut chosen: Vec<(&'static Test, Vec<Object>)> = Vec::new();
    for planned in tests.iter().filter(|planned| planned.decision == Decision::Run) {
        let Some(test) = suite.find(&planned.info.name) else { continue };
        let mut objects = Vec::new();
        for path in test.manifests {
            let parsed = session.manifest(path)?;
            objects.extend(parsed.into_iter().map(|o| session.dress(o, Some(test.name))));
        }
        objects.sort_by_key(turn);
        chosen.push((test, objects));
    }
    let all: Vec<Vec<Object>> = chosen.iter().map(|(_, objects)| objects.clone()).collect();
    let base = Base::read(session, &all)?;
    let infra = session.namespaces().in_cluster(INFRA);
    let planned = chosen
        .into_iter()
        .map(|(test, objects)| {
            let exclusive: Vec<GatewayName> =
                test.exclusive.iter().map(|name| (infra.clone(), (*name).to_owned())).collect();
            let footprint = Footprint::read(&objects, &base.listeners, &exclusive);
            Planned { test, objects, footprint }
        })
        .collect();
    Ok((planned, base))
}

/// When an object is applied: what Gateways and routes refer to before them, so that a reference
/// is not judged by what is yet to come. A status that refuses a reference would be right by
/// chance as long as the ReferenceGrant that must not permit it is missing.
fn turn(object: &Object) -> u8 {
    match Kind::of(object) {
        Some(Kind::Gateway) => 1,
        Some(kind) if kind.is_route() => 2,
        _ => 0,
    }
}

/// The tests of a run.
struct Tests<'a> {
    session: &'a Shared,
    options: &'a Options,
    interrupt: &'a CancellationToken,
}

impl Tests<'_> {
    /// Runs them side by side as far as their footprints allow. Gives the counts, and why not
    /// all were judged, if so.
    async fn run(&self, planned: Vec<Planned>) -> (Ended, Option<String>) {
        let footprints = planned.iter().map(|planned| planned.footprint.clone()).collect();
        let mut schedule = Schedule::new(footprints, self.options.max_parallel);
        let planned: Vec<Arc<Planned>> = planned.into_iter().map(Arc::new).collect();
        let mut running = JoinSet::new();
        let mut ended = Ended::default();
        loop {
            while !self.stops(&ended) {
                let Some(index) = schedule.next(|a, b| self.session.same_address(a, b)) else {
                    break;
                };
                let one = One {
                    session: self.session.clone(),
                    planned: planned[index].clone(),
                    strict: self.options.strict,
                    remove: self.options.cleanup_tests,
                    keep_on_failure: self.options.keep_on_failure,
                    interrupt: self.interrupt.clone(),
                };
                running.spawn(async move { (index, one.run().await) });
            }
            let Some(done) = running.join_next().await else { break };
            // The body of a test is guarded; only a defect of the runner itself can end here.
            let Ok((index, end)) = done else {
                ended.errors += 1;
                continue;
            };
            schedule.ended(index);
            match end {
                End::Passed => ended.passed += 1,
                End::Failed => ended.failed += 1,
                End::Error => ended.errors += 1,
                End::Interrupted => {}
            }
        }
        ended.interrupted = self.interrupt.is_cancelled();
        (ended, ended.interrupted.then(|| "interrupted".to_owned()))
    }

    /// Whether no further test is begun.
    fn stops(&self, ended: &Ended) -> bool {
        let first = self.options.fail_fast || self.options.keep_on_failure;
        self.interrupt.is_cancelled() || (first && ended.failed > 0)
    }
}

/// How a test ended, findings counted as the user wants them counted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Passed,
    Failed,
    Error,
    Interrupted,
}

/// One test under way.
struct One {
    session: Shared,
    planned: Arc<Planned>,
    strict: bool,
    remove: bool,
    keep_on_failure: bool,
    interrupt: CancellationToken,
}

impl One {
    async fn run(self) -> End {
        let test = self.planned.test;
        self.session.tell(EventKind::TestStarted { test: test.name.into() });
        let began = Instant::now();
        let subject = Subject::new(self.session.clone(), test);
        let body = AssertUnwindSafe(self.body(&subject)).catch_unwind();
        let verdict = tokio::select! {
            verdict = body => Some(verdict.unwrap_or_else(|panic| Err(panicked(&*panic).into()))),
            () = self.interrupt.cancelled() => None,
        };
        let took = began.elapsed();
        let (timeline, findings) = subject.notes.take();
        let broken = self.strict && !findings.is_empty();
        let outcome = match verdict {
            None => Outcome::Interrupted,
            Some(Ok(())) => Outcome::Passed,
            Some(Err(Stop::Failed(failure))) => {
                Outcome::Failed { failure: Failure { timeline, ..*failure } }
            }
            Some(Err(Stop::Error(error))) => Outcome::Error { error },
        };
        self.session.tell(EventKind::TestFinished(Box::new(TestFinished {
            test: test.name.into(),
            outcome: outcome.clone(),
            findings,
            took,
        })));
        let end = match outcome {
            Outcome::Passed if broken => End::Failed,
            Outcome::Passed => End::Passed,
            Outcome::Failed { .. } => End::Failed,
            Outcome::Error { .. } => End::Error,
            Outcome::Interrupted => End::Interrupted,
        };
        if self.remove && !(self.keep_on_failure && end == End::Failed) {
            self.remove().await;
        }
        end
    }

    async fn body(&self, subject: &Subject) -> Verdict {
        for object in &self.planned.objects {
            self.session.apply(object).await.map_err(judge)?;
        }
        let count = self.planned.objects.len();
        subject
            .notes
            .moment(format!("applied {count} object{}", if count == 1 { "" } else { "s" }));
        (self.planned.test.run)(subject).await
    }

    /// Removes what the test applied and waits until its routes no longer answer where the next
    /// test may ask.
    async fn remove(&self) {
        let keys: Vec<Key> = self.planned.objects.iter().filter_map(Key::of).collect();
        let limit = self.session.timeouts().get(Limit::DeleteTimeout);
        let drain = Drain::before_removal(&self.session, &self.planned.objects);
        let removed =
            remove::remove(self.session.client(), self.session.watches(), &keys, limit).await;
        for remnant in removed.err().into_iter().flatten() {
            self.session.notice(format!("{}: not removed yet: {remnant}", self.planned.test.name));
        }
        if !self.interrupt.is_cancelled() {
            drain.end(&self.session).await;
        }
    }
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> JudgeError {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    JudgeError::new(format!("the test panicked, which is a defect of the suite: {text}"))
}
