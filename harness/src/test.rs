//! A test as its file declares it, and the suite as the sum of its tests and manifests.

use std::{borrow::Cow, collections::BTreeSet, fmt, pin::Pin, sync::Arc};

use cluster::Object;
use model::{
    described::Described,
    description::Description,
    exchange::{Exchange, Through},
    extension::Extension,
    feature::Feature,
    plan::TestInfo,
    profile::Profile,
    verdict::Verdict,
    version::SuiteVersion,
};

use crate::{
    error::Error,
    manifests::{Manifests, OwnFile, can_be_said, described, objects},
    verbs::{
        steps::{Step, perform},
        subject::Subject,
    },
};

/// The future that a test's body is.
pub type Body<'a> = Pin<Box<dyn Future<Output = Verdict> + Send + 'a>>;

/// A conformance test: data first, then what it does.
pub struct Test {
    /// The name that the Go suite uses, so that reports compare one to one.
    pub name: &'static str,
    /// The rule in our own words; printed when it is broken.
    pub requirement: &'static str,
    /// The rule's place in the API types: `apis/v1/httproute_types.go#PathMatchExact`.
    pub spec: &'static str,
    /// What an implementation must support for the test to be run. A version of the suite asks for those
    /// that it has.
    pub features: &'static [Feature],
    /// Of which extension it is, if it is none of the Go suite's.
    pub extension: Option<Extension>,
    /// The first version of the suite that has the test.
    pub since: SuiteVersion,
    /// Whether its result does not count for conformance yet.
    pub provisional: bool,
    /// What is applied before the body and removed after it.
    pub manifests: &'static [&'static str],
    /// What the body applies itself, by [`Subject::apply_later`], and is removed after it.
    pub later: &'static [&'static str],
    /// Whether all that Gateways, routes and policies refer to is applied before them: a grant or a certificate that
    /// must not help has to be there when the reference is judged, or it would be refused rightly
    /// without it.
    pub referred_first: bool,
    /// Base Gateways that no other test may attach routes to meanwhile, since it counts them.
    pub exclusive: &'static [&'static str],
    /// Whether no other test may run beside it at all.
    pub alone: bool,
    /// Everything that it sends, and what must come back: who may run beside it is read from this, and it
    /// can send nothing else.
    pub sends: &'static [Through],
    /// What it does.
    pub run: for<'a> fn(&'a Subject) -> Body<'a>,
    /// What it does in place of [`Self::run`] if it is the user's own.
    pub steps: &'static [Step],
}

impl Test {
    /// What most tests have in common; a test that leaves out `run` cannot judge and says so.
    pub const DEFAULT: Self = Self {
        name: "",
        requirement: "",
        spec: "",
        features: &[],
        extension: None,
        since: SuiteVersion::V1_6_3,
        provisional: false,
        manifests: &[],
        later: &[],
        referred_first: false,
        exclusive: &[],
        alone: false,
        sends: &[],
        run: |_| {
            Box::pin(async { Err(model::verdict::JudgeError::new("the test has no body").into()) })
        },
        steps: &[],
    };

    /// What it does.
    pub(crate) fn body<'a>(&'static self, subject: &'a Subject) -> Body<'a> {
        match self.steps {
            [] => (self.run)(subject),
            steps => Box::pin(perform(subject, steps)),
        }
    }

    /// Whether it is the user's own.
    pub fn is_own(&self) -> bool {
        matches!(self.extension, Some(Extension::Own(_)))
    }

    /// Everything that is applied, before the body and by it.
    pub fn all_manifests(&self) -> impl Iterator<Item = &'static str> {
        self.manifests.iter().chain(self.later).copied()
    }

    /// What it names beside its manifests: the Secrets with certificates that it shows, or wants to be shown, and what
    /// its steps name.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        let exchanges = self.sends.iter().flat_map(|through| through.exchanges.http());
        let certificates = exchanges.flat_map(Exchange::certificates);
        certificates.chain(self.steps.iter().flat_map(Step::names))
    }

    /// What is known of it without running it.
    pub fn info(&self) -> TestInfo {
        TestInfo {
            name: self.name.into(),
            features: self.features.to_vec(),
            extension: self.extension,
            since: self.since,
            provisional: self.provisional,
            manifests: self.all_manifests().map(Into::into).collect(),
            requirement: self.requirement.into(),
            spec: self.spec.into(),
        }
    }
}

impl fmt::Debug for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Test").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The tests and the manifests that they apply.
#[derive(Clone, Copy, Debug)]
pub struct Suite {
    /// Every test of every version.
    pub tests: &'static [&'static Test],
    /// The text of a manifest as a version of the suite has it.
    pub manifest: fn(path: &str, version: SuiteVersion) -> Option<Cow<'static, str>>,
    /// The file that declares a test: its path in the repository, and its text.
    pub source: fn(test: &Test) -> Option<(String, &'static str)>,
    /// The files of tests of the user's own.
    pub own: &'static [OwnFile],
}

impl Suite {
    /// The manifest of the base environment.
    pub const BASE: &'static str = "base.yaml";

    /// The descriptions of the testbed's reference.
    const OWN_POLICY: &'static str = "policies/timeout-policy.yaml";
    const OWN_DELEGATION: &'static str = "delegations/testbed.yaml";

    /// The manifests of its tests.
    pub(crate) fn manifests(&self) -> Manifests {
        Manifests { of_suite: self.manifest, own: self.own }
    }

    /// The text of a manifest as a version of the suite has it, or a test of the user's own.
    pub fn text(&self, path: &str, version: SuiteVersion) -> Option<Cow<'static, str>> {
        self.manifests().text(path, version)
    }

    /// Where a test is declared: the path of the file, and its text.
    pub fn declaration(&self, test: &Test) -> Option<(String, &'static str)> {
        let own = self.own.iter().find(|file| test.manifests.contains(&file.path));
        own.map(|file| (file.path.to_owned(), file.declared)).or_else(|| (self.source)(test))
    }

    /// The objects of a manifest as a version of the suite has it, as they are written.
    ///
    /// # Errors
    ///
    /// A manifest that is not there or cannot be read.
    pub(crate) fn objects(&self, path: &str, version: SuiteVersion) -> Result<Vec<Object>, Error> {
        objects(self.manifests(), path, version)
    }

    /// Why a test cannot be run with an implementation as it is described, if so.
    ///
    /// # Errors
    ///
    /// A manifest that is not there or cannot be read.
    pub fn cannot_be_said(
        &self,
        test: &Test,
        version: SuiteVersion,
        described: &Described,
    ) -> Result<Option<String>, Error> {
        self.first_refused(test.all_manifests(), version, described, |_| Ok(()))
    }

    /// Why the first object of some manifests cannot be said, as the implementation is described or else by `takes`,
    /// and in which manifest.
    ///
    /// # Errors
    ///
    /// A manifest that is not there or cannot be read.
    pub(crate) fn first_refused<'p>(
        &self,
        manifests: impl IntoIterator<Item = &'p str>,
        version: SuiteVersion,
        described: &Described,
        takes: impl Fn(&Object) -> Result<(), String>,
    ) -> Result<Option<String>, Error> {
        for path in manifests {
            let objects = self.objects(path, version)?;
            if let Some(why) = objects.iter().find_map(|object| {
                can_be_said(object, described).and_then(|()| takes(object)).err()
            }) {
                return Ok(Some(format!("{why} ({path})")));
            }
        }
        Ok(None)
    }

    /// What is described of the testbed's reference.
    ///
    /// # Panics
    ///
    /// If the suite does not describe it.
    pub fn describes_reference(&self) -> Described {
        Described {
            policy: Some(self.description(Self::OWN_POLICY)),
            delegation: Some(self.description(Self::OWN_DELEGATION)),
        }
    }

    fn description<T: Description>(&self, path: &str) -> Arc<T> {
        let text = (self.manifest)(path, SuiteVersion::NEWEST);
        let text = text.ok_or_else(|| "it is not there".to_owned());
        let described = text.and_then(|text| described(&text));
        Arc::new(described.unwrap_or_else(|error| panic!("{path}: {error}")))
    }

    /// What is known of the tests without running them, in the order of the suite.
    pub fn infos(&self) -> Vec<TestInfo> {
        self.tests.iter().map(|test| test.info()).collect()
    }

    /// The profiles of which it has tests that every implementation of the profile must pass.
    pub fn profiles(&self) -> BTreeSet<Profile> {
        let has_test = |profile: &Profile| {
            let core = profile.core();
            let mut of_go_suite = self.tests.iter().filter(|test| test.extension.is_none());
            of_go_suite.any(|test| test.features.iter().all(|it| core.contains(it)))
        };
        Profile::ALL.into_iter().filter(has_test).collect()
    }

    /// The test of this name.
    pub fn find(&self, name: &str) -> Option<&'static Test> {
        self.tests.iter().copied().find(|test| test.name == name)
    }
}
