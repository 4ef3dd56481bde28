//! What a run is to do: the flags, the options file and the defaults, merged. Pure: nothing is asked
//! and nothing is written.

mod error;
mod subject;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use harness::{
    Hook, IpFamily, Via,
    model::{
        address::{Address, StaticAddresses},
        described::Described,
        dossier::LogSource,
        expectation::Expectation,
        extension::Extension,
        feature::Feature,
        fixtures::Fixtures,
        implementation::Implementation,
        plan::{Selection, TestInfo},
        profile::Profile,
        timeouts::{InvalidTimeout, Timeouts},
        version::SuiteVersion,
    },
};

pub use self::{
    error::SettingsError,
    subject::{Cluster, Subject},
};
use super::{
    options_file::OptionsFile,
    run_args::{ConductArgs, ImplementationArgs, OutputArgs, RunArgs, SelectionArgs},
    values::{Detour, Features, List, Pairs, Way},
};

/// What a run is to do.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Settings {
    /// What is judged.
    pub subject: Subject,
    /// Which tests are run.
    pub selection: Selection,
    /// What the tests of extensions are told of the implementation.
    pub described: Described,
    /// Whose tests are run; those of the definitions' version if nothing is said.
    pub version: Option<SuiteVersion>,
    /// Whether definitions of another version are accepted.
    pub allow_crds_mismatch: bool,
    /// How long is waited.
    pub timeouts: Timeouts,
    /// Who made what is judged.
    pub implementation: Implementation,
    /// The operating mode, for the report.
    pub mode: String,
    /// Whether findings are failures.
    pub strict: bool,
    /// Whether the run stops at the first failure.
    pub fail_fast: bool,
    /// How many tests may run at once.
    pub max_parallel: Option<usize>,
    /// Whether a test runs alone where its routes answer.
    pub alone: bool,
    /// How often each test is run.
    pub repeat: Option<u32>,
    /// How many copies of the base environment there are.
    pub lanes: Option<usize>,
    /// How many Gateways may stand, with those ahead of their tests.
    pub gateways_ahead: Option<usize>,
    /// How many there may be at once.
    pub max_gateways: Option<usize>,
    /// What stays in the cluster.
    pub cleanup: Cleanup,
    /// What is changed of the fixtures.
    pub fixtures: Fixtures,
    /// For the namespaces of the fixtures.
    pub namespace_labels: BTreeMap<String, String>,
    /// For them too.
    pub namespace_annotations: BTreeMap<String, String>,
    /// Which addresses Gateways can be given that ask for them.
    pub addresses: StaticAddresses,
    /// Of which family the addresses are at which Gateways are asked.
    pub ip_family: Option<IpFamily>,
    /// By which way Gateways are reached.
    pub via: Via,
    /// Commands at certain moments.
    pub hooks: Vec<Hook>,
    /// Where connections go instead of where the Gateways' statuses say.
    pub detours: Vec<Detour>,
    /// What is written.
    pub outputs: Outputs,
    /// Pods whose logs belong into a dossier.
    pub log_sources: Vec<LogSource>,
    /// Whether every request and answer is shown.
    pub debug: bool,
    /// What the user should know before it begins.
    pub notices: Vec<String>,
}

/// What is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cleanup {
    /// The base environment, at the end.
    pub base: bool,
    /// The objects of a test, after it.
    pub tests: bool,
    /// But not those of a failed test, and what they need.
    pub keep_on_failure: bool,
}

/// The files that are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outputs {
    /// The `ConformanceReport`.
    pub report: Option<PathBuf>,
    /// JUnit.
    pub junit: Option<PathBuf>,
    /// What the report has no place for.
    pub sidecar: Option<PathBuf>,
    /// TAP.
    pub tap: Option<PathBuf>,
    /// JSON lines.
    pub events: Option<PathBuf>,
    /// A folder of each test that fails.
    pub dossier: Option<PathBuf>,
    /// A file that names the JUnit report once it is written.
    pub is_done: Option<PathBuf>,
}

/// What stands for the standard output where a file could be named.
pub const STDOUT: &str = "-";

impl Outputs {
    /// All that are files.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        let events = self.events.as_ref().filter(|_| !self.has_events_on_stdout());
        let Self { report, junit, sidecar, tap, .. } = self;
        let all = [report.as_ref(), junit.as_ref(), sidecar.as_ref(), tap.as_ref(), events];
        all.into_iter().flatten().map(PathBuf::as_path)
    }

    /// Whether the events go to the standard output.
    pub fn has_events_on_stdout(&self) -> bool {
        self.events.as_deref() == Some(Path::new(STDOUT))
    }
}

impl Settings {
    /// Merges; flags win over the file.
    pub fn merge(
        args: RunArgs,
        file: Option<OptionsFile>,
        tests: &[TestInfo],
    ) -> Result<Self, SettingsError> {
        let mut file = file.unwrap_or_default();
        refuse_what_comes_later(&args, &file)?;
        let from_file = selection_in(&mut file);
        let subject = Subject::choose(args.cluster, file.gateway_class_name)?;
        let on_testbed = subject == Subject::Testbed;

        let conduct = &args.conduct;
        let timeouts = timeouts(conduct, &file.timeouts)?;
        let max_parallel = max_parallel(conduct, file.disable_parallel_tests)?;
        if on_testbed && !conduct.address_map.is_empty() {
            return Err(SettingsError::DetourWithoutCluster);
        }
        let in_file = (file.usable_network_addresses, file.unusable_network_addresses);
        let addresses = addresses(conduct, in_file, on_testbed)?;
        let cleanup = Cleanup {
            base: conduct.cleanup_base_resources.or(file.cleanup_base_resources).unwrap_or(true),
            tests: conduct.cleanup_test_resources.or(file.cleanup_test_resources).unwrap_or(true),
            keep_on_failure: conduct.keep_on_failure.unwrap_or_default(),
        };

        let max_gateways = max_gateways(conduct, cleanup)?;
        let via = via(conduct)?;
        let is_shard = args.selection.shard.is_some();
        let outputs = outputs(args.outputs.clone(), file.report_output_path, on_testbed, is_shard)?;
        let mode = args.implementation.mode.clone().or(file.mode).filter(|mode| !mode.is_empty());
        let implementation = implementation(args.implementation, file.implementation);
        let implementation = if on_testbed {
            let named = named_fields(&implementation);
            if !named.is_empty() {
                return Err(SettingsError::ImplementationWithoutCluster(named));
            }
            reference()
        } else {
            if outputs.report.is_some() {
                implementation.validate()?;
            }
            implementation
        };

        let version = args.selection.suite_version;
        let allow_crds_mismatch =
            args.selection.allow_crds_mismatch.or(file.allow_crds_mismatch).unwrap_or_default();
        let SelectionArgs { policy, delegation, .. } = &args.selection;
        let described = Described { policy: policy.clone(), delegation: delegation.clone() };
        let own: Vec<_> = args.selection.own.tests.iter().map(|it| it.extension).collect();
        let expired: Vec<_> =
            args.selection.expectations.iter().flat_map(|file| &file.expired).cloned().collect();
        let mut selection = selection(args.selection, from_file);
        run_what_is_described(&described, &own, &mut selection, on_testbed)?;
        if on_testbed && selection.profiles.is_empty() && selection.infers_features() {
            let tested = |profile: &Profile| untested_core(*profile, tests).is_empty();
            selection.profiles.extend(Profile::ALL.into_iter().filter(tested));
        }
        selection.check(tests)?;
        if let Some(version) = version {
            // The features do not matter for whether the version has the tests that are named.
            selection.plan(tests, version, &BTreeSet::new())?;
        }
        refuse_untested_profiles(&selection, tests)?;
        let notices = notices(&selection, &outputs, &expired);

        Ok(Self {
            subject,
            selection,
            described,
            version,
            allow_crds_mismatch,
            timeouts,
            implementation,
            mode: mode.unwrap_or_else(|| "default".into()),
            strict: conduct.strict.unwrap_or_default(),
            fail_fast: conduct.fail_fast.or(file.fail_fast).unwrap_or_default(),
            max_parallel,
            alone: conduct.alone.unwrap_or_default(),
            repeat: conduct.repeat.map(u32::from),
            lanes: conduct.lanes.map(usize::from),
            // Who can bear one test at a time is not given Gateways of tests that have not begun.
            gateways_ahead: max_gateways.or((max_parallel == Some(1)).then_some(0)),
            max_gateways,
            cleanup,
            fixtures: args.fixtures.fixtures(),
            namespace_labels: pairs(args.conduct.namespace_labels, file.namespace_labels),
            namespace_annotations: pairs(
                args.conduct.namespace_annotations,
                file.namespace_annotations,
            ),
            addresses,
            ip_family: args.conduct.ip_family,
            via,
            hooks: args.conduct.hooks,
            detours: args.conduct.address_map,
            outputs,
            log_sources: args.outputs.dossier_logs,
            debug: args.outputs.debug.or(file.debug).unwrap_or_default(),
            notices,
        })
    }
}

/// What is written: on the testbed a report and JUnit, unless it is a shard's.
fn outputs(
    args: OutputArgs,
    report_in_file: Option<PathBuf>,
    on_testbed: bool,
    is_shard: bool,
) -> Result<Outputs, SettingsError> {
    let or_default = |path: Option<PathBuf>, name: &str| {
        path.or_else(|| (on_testbed && !is_shard).then(|| name.into()))
            .filter(|path| !path.as_os_str().is_empty())
    };
    let for_sonobuoy = |name: &str| args.sonobuoy.as_ref().map(|folder| folder.join(name));
    let outputs = Outputs {
        report: or_default(args.report_output.or(report_in_file), "report.yaml"),
        junit: or_default(for_sonobuoy("junit.xml").or(args.junit), "junit.xml"),
        is_done: for_sonobuoy("done"),
        sidecar: args.sidecar,
        tap: args.tap,
        events: args.events,
        dossier: args.dossier,
    };
    if is_shard && outputs.report.is_some() {
        return Err(SettingsError::ReportOfShard);
    }
    let mut paths = BTreeSet::new();
    if let Some(twice) = outputs.paths().find(|path| !paths.insert(*path)) {
        return Err(SettingsError::SamePath(twice.into()));
    }
    Ok(outputs)
}

/// By which way Gateways are reached.
fn via(conduct: &ConductArgs) -> Result<Via, SettingsError> {
    match (&conduct.via, &conduct.prober_image) {
        (None, None) => Ok(Via::Direct),
        (Some(Way::Whole(via)), None) => Ok(via.clone()),
        (Some(Way::Prober), Some(image)) => Ok(Via::Prober(image.clone())),
        _ => Err(SettingsError::ProberImage),
    }
}

/// What the options file says of the tests.
fn selection_in(file: &mut OptionsFile) -> SelectionArgs {
    SelectionArgs {
        conformance_profiles: file.conformance_profiles.take().map(List),
        supported_features: file
            .supported_features
            .take()
            .map(|plain| Features { plain, ..Features::default() }),
        exempt_features: file.exempt_features.take().map(List),
        all_features: file.all_features,
        skip_tests: file.skip_tests.take().map(List),
        run_test: file.run_test.take(),
        skip_provisional_tests: file.skip_provisional_tests,
        ..SelectionArgs::default()
    }
}

/// Extensions of which a file tells are run, and the user's own. Without one they cannot be, but on the testbed, which is known.
fn run_what_is_described(
    described: &Described,
    own: &[Extension],
    selection: &mut Selection,
    on_testbed: bool,
) -> Result<(), SettingsError> {
    let told = |extension: &Extension| described.tells_of(*extension);
    if let Some(untold) = selection.extensions.iter().find(|it| !told(it) && !on_testbed) {
        return Err(SettingsError::NotDescribed(*untold));
    }
    selection.extensions.extend(Extension::ALL.into_iter().filter(told));
    selection.extensions.extend(own);
    Ok(())
}

/// How many Gateways there may be at once, if anything is said.
fn max_gateways(conduct: &ConductArgs, cleanup: Cleanup) -> Result<Option<usize>, SettingsError> {
    match conduct.max_gateways {
        Some(_) if !cleanup.tests => Err(SettingsError::KeptGateways),
        most => Ok(most.map(usize::from)),
    }
}

fn refuse_what_comes_later(args: &RunArgs, file: &OptionsFile) -> Result<(), SettingsError> {
    let is_set = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    let later = &args.later;
    let given = [
        ("--mesh-name", "a mesh", is_set(&later.mesh_name)),
        ("meshName in the options file", "a mesh", is_set(&file.mesh_name)),
    ];
    match given.into_iter().find(|(_, _, given)| *given) {
        Some((flag, what, _)) => Err(SettingsError::NotYet { flag, what }),
        None => Ok(()),
    }
}

fn timeouts(
    conduct: &ConductArgs,
    file: &[(&'static str, String)],
) -> Result<Timeouts, InvalidTimeout> {
    let mut timeouts = Timeouts::default();
    for (name, value) in file {
        timeouts.set_text(name, value)?;
    }
    if let Some(overrides) = &conduct.timeout_config_overrides {
        overrides.apply(&mut timeouts)?;
    }
    if let Some(factor) = conduct.timeout_scale {
        timeouts.scale(factor)?;
    }
    if let Some(times) = conduct.thorough {
        timeouts.be_thorough(times.into());
    }
    Ok(timeouts)
}

fn max_parallel(
    conduct: &ConductArgs,
    disabled_in_file: Option<bool>,
) -> Result<Option<usize>, SettingsError> {
    let most = conduct.max_parallel.map(usize::from);
    match (conduct.disable_parallel_tests, most) {
        (Some(true), Some(most)) if most > 1 => Err(SettingsError::Parallel(most)),
        (Some(true), _) => Ok(Some(1)),
        (None, None) if disabled_in_file == Some(true) => Ok(Some(1)),
        (_, most) => Ok(most),
    }
}

fn selection(flags: SelectionArgs, file: SelectionArgs) -> Selection {
    fn set<T: Ord>(flag: Option<List<T>>, file: Option<List<T>>) -> BTreeSet<T> {
        flag.or(file).into_iter().flat_map(|List(items)| items).collect()
    }
    let supported = flags.supported_features.or(file.supported_features).unwrap_or_default();
    Selection {
        profiles: set(flags.conformance_profiles, file.conformance_profiles),
        supported: supported.plain.into_iter().collect(),
        also: supported.also.into_iter().collect(),
        but: supported.but.into_iter().collect(),
        exempt: set(flags.exempt_features, file.exempt_features),
        all_features: flags.all_features.or(file.all_features).unwrap_or_default(),
        extensions: set(flags.extensions, None),
        skip: set(flags.skip_tests, file.skip_tests),
        only: flags.run_test.or(file.run_test).filter(|name| !name.is_empty()),
        filters: flags.filters,
        again: set(flags.failed_from, None),
        shard: flags.shard,
        took: flags.shard_by.unwrap_or_default().0,
        expectations: flags.expectations.into_iter().flat_map(|file| file.today).collect(),
        skip_provisional: flags
            .skip_provisional_tests
            .or(file.skip_provisional_tests)
            .unwrap_or_default(),
    }
}

fn implementation(flags: ImplementationArgs, file: Implementation) -> Implementation {
    Implementation {
        contact: flags.contact.map_or(file.contact, |List(contact)| contact),
        organization: flags.organization.unwrap_or(file.organization),
        project: flags.project.unwrap_or(file.project),
        url: flags.url.unwrap_or(file.url),
        version: flags.version.unwrap_or(file.version),
    }
}

fn named_fields(implementation: &Implementation) -> Vec<&'static str> {
    let fields = [
        ("organization", implementation.organization.is_empty()),
        ("project", implementation.project.is_empty()),
        ("url", implementation.url.is_empty()),
        ("version", implementation.version.is_empty()),
        ("contact", implementation.contact.is_empty()),
    ];
    fields.into_iter().filter(|(_, empty)| !empty).map(|(name, _)| name).collect()
}

/// The fields of the reference Gateway in the testbed.
fn reference() -> Implementation {
    Implementation {
        contact: vec!["https://gateway-conformance.dev".into()],
        organization: "gateway-conformance".into(),
        project: "reference".into(),
        url: "https://gateway-conformance.dev".into(),
        version: concat!("v", env!("CARGO_PKG_VERSION")).into(),
    }
}

fn addresses(
    conduct: &ConductArgs,
    (usable, unusable): (Option<Vec<Address>>, Option<Vec<Address>>),
    on_testbed: bool,
) -> Result<StaticAddresses, SettingsError> {
    let either = |flag: &Option<List<Address>>, file: Option<Vec<Address>>| {
        flag.clone().map(|List(addresses)| addresses).or(file).unwrap_or_default()
    };
    let addresses = StaticAddresses {
        usable: either(&conduct.usable_address, usable),
        unusable: either(&conduct.unusable_address, unusable),
    };
    if on_testbed && addresses != StaticAddresses::default() {
        return Err(SettingsError::AddressesWithoutCluster);
    }
    Ok(addresses)
}

fn pairs(flag: Option<Pairs>, file: Option<BTreeMap<String, String>>) -> BTreeMap<String, String> {
    flag.map(|Pairs(map)| map).or(file).unwrap_or_default()
}

fn tested(tests: &[TestInfo]) -> BTreeSet<Feature> {
    tests.iter().flat_map(|test| &test.features).copied().collect()
}

/// What no test covers of the core of a profile.
fn untested_core(profile: Profile, tests: &[TestInfo]) -> BTreeSet<Feature> {
    &profile.core() - &tested(tests)
}

fn refuse_untested_profiles(
    selection: &Selection,
    tests: &[TestInfo],
) -> Result<(), SettingsError> {
    for &profile in &selection.profiles {
        let untested = untested_core(profile, tests);
        if !untested.is_empty() {
            return Err(SettingsError::UntestedProfile { profile, untested });
        }
    }
    Ok(())
}

fn notices(selection: &Selection, outputs: &Outputs, expired: &[Expectation]) -> Vec<String> {
    let is_over = |it: &Expectation| {
        format!("what was expected of {} holds no longer, and a failure counts: {it}", it.test)
    };
    let mut notices: Vec<_> = expired.iter().map(is_over).collect();
    if outputs.report.is_some() && selection.profiles.is_empty() {
        notices.push(
            "no profile was named, so the report will list none; add --conformance-profiles \
             GATEWAY-HTTP"
                .into(),
        );
    }
    notices
}

#[cfg(test)]
mod tests;
