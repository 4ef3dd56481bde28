//! Before a run: what the cluster is asked, what is planned, what is read.

use std::{collections::BTreeSet, sync::Arc};

use cluster::{
    connect::Connection,
    definitions::{Definitions, DefinitionsError, Release, Served, definitions},
    pools::{self, Addresses},
    watch::Watches,
};
use kube::Client;
use model::{
    address::StaticAddresses,
    described::Described,
    event::{Event, EventKind, RunStarted},
    feature::Feature,
    plan::{Decision, PlannedTest, Selection, own_features},
    timeouts::Limit,
    version::SuiteVersion,
};

use crate::{
    context::{
        notes::Sink,
        session::{Session, Shared},
    },
    error::Error,
    options::{Options, Via},
    run::{
        lane::Lane,
        readiness::{self, AcceptedClass},
    },
    test::{Suite, Test},
};

/// What the definitions' version is in a report when it is not known or not the suite's.
const UNDEFINED: &str = "UNDEFINED";

/// What a run begins with.
pub(crate) struct Prepared {
    /// The first lane, of plain names.
    pub(crate) lane: Lane,
    pub(crate) plan: RunStarted,
}

/// Asks the cluster what must be known before anything is applied, and makes the plan.
pub(crate) async fn prepare(
    connection: &Connection,
    suite: &Suite,
    options: &Options,
    sink: &Sink,
) -> Result<Prepared, Error> {
    let Definitions { release, served } = definitions(&connection.client).await?;
    let Versions { suite: version, bundle, channel } = versions(release, options, sink)?;
    let client = served.translating(connection.client.clone(), options.described.policy.as_deref());
    let class = {
        let waiting = |because: &str| {
            let text = format!("waiting for GatewayClass {}: {because}", options.gateway_class);
            sink(Event::now(EventKind::Notice { text }));
        };
        let limit = options.timeouts.get(Limit::GwcMustBeAccepted);
        let watches = Watches::new(client.clone());
        readiness::accepted_class(&watches, &options.gateway_class, limit, waiting).await?
    };
    let AcceptedClass { controller_name, supported_features, mesh_features, mut unknown_features } =
        class;
    let infos = suite.infos();
    let own: BTreeSet<_> = own_features(&infos).collect();
    let is_known = |it: &Feature| it.is_of(version) && (!it.is_own() || own.contains(it));
    let (claimed, of_others): (BTreeSet<_>, BTreeSet<_>) =
        supported_features.into_iter().partition(is_known);
    unknown_features.extend(of_others.iter().map(|feature| feature.name().to_owned()));
    let supported = options.selection.features(&infos, &claimed, version)?;
    let mut tests = options.selection.plan(&infos, version, &supported)?;
    refuse_what_is_not_claimed(&options.selection, &tests)?;
    let addresses = addresses(&client, &tests, options, sink).await;
    skip_without_addresses(&mut tests, &addresses);
    let options = &Options { addresses, ..options.clone() };
    skip_without_datagrams(&mut tests, &options.via);
    skip_what_cannot_be_said(&mut tests, suite, version, &served, &options.described)?;

    let run = uuid::Uuid::new_v4().to_string();
    let session = Session::new(
        client,
        suite.manifests(),
        version,
        controller_name,
        options,
        run.clone(),
        sink.clone(),
    )
    .claiming(supported.clone());
    for (limit, why) in options.timeouts.without_effect() {
        session.notice(format!("the limit {} has no effect here: {why}", limit.name()));
    }
    if options.selection.infers_features() {
        let of_mesh = "of a mesh, for which a class does not speak, and which are left out";
        tell_of_features(&session, of_mesh, &mesh_features);
        let unknown = format!("that the suite of {version} does not know");
        tell_of_features(&session, &unknown, &unknown_features);
    }
    let chosen = tests.iter().filter(|planned| planned.decision == Decision::Run);
    let chosen: Vec<_> = chosen.filter_map(|planned| suite.find(&planned.info.name)).collect();
    let lane = bounded(&Arc::new(session), &chosen, options.max_gateways, &mut tests)?;
    let plan = RunStarted {
        run,
        subject: format!("GatewayClass {} in {}", options.gateway_class, connection.description),
        suite_version: version,
        gateway_api_version: bundle,
        gateway_api_channel: channel,
        mode: options.mode.clone(),
        implementation: options.implementation.clone(),
        profiles: options.selection.profiles.iter().copied().collect(),
        untested_features: untested(&supported, &tests),
        supported_features: supported,
        tests,
        timeouts: options
            .timeouts
            .deviations()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        strict: options.strict,
        rounds: options.rounds,
    };
    Ok(Prepared { lane, plan })
}

/// Tells which features of the class count for nothing, if any.
fn tell_of_features(session: &Session, which: &str, names: &[String]) {
    if !names.is_empty() {
        let names = names.join(", ");
        session.notice(format!("the GatewayClass claims features {which}: {names}"));
    }
}

/// Without a test whose features are claimed a run would come to an end without a failure.
fn refuse_what_is_not_claimed(selection: &Selection, tests: &[PlannedTest]) -> Result<(), Error> {
    let Some((test, missing)) = selection.nearest_to_claimed(tests) else { return Ok(()) };
    let missing: Vec<_> = missing.iter().map(|feature| feature.name()).collect();
    let why = format!(
        "it needs {}, and that is not claimed; add it to --supported-features if it is supported, or choose other tests",
        missing.join(", ")
    );
    Err(Error::NothingToRun { test: test.name.clone(), why })
}

/// The features that no test covers.
fn untested(features: &BTreeSet<Feature>, tests: &[PlannedTest]) -> BTreeSet<Feature> {
    let tested: BTreeSet<_> = tests.iter().flat_map(|it| &it.info.features).copied().collect();
    features - &tested
}

/// Those that the user told, or else some of a pool that the cluster has, if a test asks for them.
async fn addresses(
    client: &Client,
    tests: &[PlannedTest],
    options: &Options,
    sink: &Sink,
) -> StaticAddresses {
    let told = &options.addresses;
    let is_asked = tests.iter().any(|it| it.decision == Decision::Run && asks_for_address(it));
    if !is_asked || *told != StaticAddresses::default() {
        return told.clone();
    }
    let Some(Addresses { usable, unusable, pool }) = pools::find(client).await else {
        return StaticAddresses::default();
    };
    let text = format!(
        "Gateways are asked to have the addresses {usable}, which is free in {pool}, and {unusable}, which is in no pool; \
         --usable-address and --unusable-address name others"
    );
    sink(Event::now(EventKind::Notice { text }));
    StaticAddresses { usable: vec![usable.into()], unusable: vec![unusable.into()] }
}

fn asks_for_address(test: &PlannedTest) -> bool {
    test.info.features.contains(&Feature::GatewayStaticAddresses)
}

/// Leaves out what asks for addresses where nobody told which: that would say nothing of the subject.
fn skip_without_addresses(tests: &mut [PlannedTest], addresses: &StaticAddresses) {
    let is_run = |it: &PlannedTest| it.decision == Decision::Run;
    if !addresses.are_told() {
        for test in tests.iter_mut().filter(|it| asks_for_address(it) && is_run(it)) {
            let reason = "needs --usable-address and --unusable-address".to_owned();
            test.decision = Decision::Skip(reason);
        }
    }
}

/// Leaves out what is asked by UDP where that does not go the way that was chosen.
fn skip_without_datagrams(tests: &mut [PlannedTest], via: &Via) {
    let asks = |it: &&mut PlannedTest| {
        it.info.features.contains(&Feature::UdpRoute) && it.decision == Decision::Run
    };
    for test in tests.iter_mut().filter(asks).filter(|_| !via.carries_datagrams()) {
        test.decision = Decision::Skip("UDP does not go the way that --via says".to_owned());
    }
}

/// Leaves out what a cluster with older definitions, or with those of another channel, cannot be told, and what
/// the implementation cannot do as it is described. That must not be all: the run would come to an end without a failure.
fn skip_what_cannot_be_said(
    tests: &mut [PlannedTest],
    suite: &Suite,
    version: SuiteVersion,
    served: &Served,
    described: &Described,
) -> Result<(), Error> {
    let (mut some_run, mut first) = (false, None);
    for test in tests.iter_mut().filter(|it| it.decision == Decision::Run) {
        let manifests = test.info.manifests.iter().map(String::as_str);
        let refused =
            suite.first_refused(manifests, version, described, |object| served.takes(object))?;
        some_run |= refused.is_none();
        if let Some(why) = refused {
            first.get_or_insert_with(|| (test.info.name.clone(), why.clone()));
            test.decision = Decision::Skip(why);
        }
    }
    match first {
        Some((test, why)) if !some_run => Err(Error::NothingToRun { test, why }),
        _ => Ok(()),
    }
}

/// A lane with so many Gateways at once at most. Base Gateways that would be too many beside those of the tests
/// come and go with the tests; a test that needs more than there may be is left out.
fn bounded(
    session: &Shared,
    chosen: &[&'static Test],
    most: Option<usize>,
    plan: &mut [PlannedTest],
) -> Result<Lane, Error> {
    let lane = Lane::read(session.clone(), chosen, true)?;
    let Some(most) = most.filter(|most| lane.gateways_at_once() > *most) else { return Ok(lane) };
    session.notice(format!(
        "with --max-gateways {most} the base Gateways come and go with the tests that use them"
    ));
    let mut possible = Vec::new();
    for planned in Lane::read(session.clone(), chosen, false)?.tests {
        let (test, needed) = (planned.test, planned.own_gateways().len());
        if needed <= most {
            possible.push(test);
        } else if let Some(it) = plan.iter_mut().find(|it| it.info.name == test.name) {
            let reason =
                format!("needs {needed} Gateways at once, more than --max-gateways {most}");
            it.decision = Decision::Skip(reason);
        }
    }
    Lane::read(session.clone(), &possible, false)
}

struct Versions {
    suite: SuiteVersion,
    bundle: String,
    channel: String,
}

/// Whose tests are run, and what the report says of the definitions.
fn versions(
    release: Result<Release, DefinitionsError>,
    options: &Options,
    sink: &Sink,
) -> Result<Versions, Error> {
    let undefined = |suite: SuiteVersion, definitions: &str| {
        let text = format!(
            "the tests are those of {suite}, and the cluster's definitions are {definitions}: the report will say \
             {UNDEFINED} for the version and the channel of the Gateway API"
        );
        sink(Event::now(EventKind::Notice { text }));
        Versions { suite, bundle: UNDEFINED.into(), channel: UNDEFINED.into() }
    };
    let found = match release {
        Ok(found) => found,
        Err(_) if options.allow_crds_mismatch => {
            let suite = options.version.unwrap_or(SuiteVersion::NEWEST);
            return Ok(undefined(suite, "not of one release"));
        }
        Err(error) => return Err(error.into()),
    };
    let of_definitions = found.version.parse::<SuiteVersion>();
    let suite = match (options.version, &of_definitions) {
        (Some(suite), _) => suite,
        (None, Ok(suite)) => *suite,
        (None, Err(_)) if options.allow_crds_mismatch => SuiteVersion::NEWEST,
        (None, Err(_)) => return Err(Error::Version { found: found.version }),
    };
    if of_definitions == Ok(suite) {
        return Ok(Versions { suite, bundle: found.version, channel: found.channel });
    }
    Ok(undefined(suite, &format!("of {}", found.version)))
}
