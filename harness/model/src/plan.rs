//! Which tests are run, and why the others are not. Pure: no cluster is asked.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use globset::{Glob, GlobMatcher};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    expectation::{Expectation, Expected},
    extension::Extension,
    feature::Feature,
    part::Part,
    profile::Profile,
    suggest::{Unknown, hint, lookup, nearest},
    version::SuiteVersion,
};

/// What is known of a test without running it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TestInfo {
    /// The name that the Go suite uses.
    pub name: String,
    /// What an implementation must support for it to be run, in one version of the suite or another.
    #[schemars(with = "Vec<String>")]
    pub features: Vec<Feature>,
    /// Of which extension it is, if it is none of the Go suite's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub extension: Option<Extension>,
    /// The first version of the suite that has it.
    pub since: SuiteVersion,
    /// Whether its result does not count for conformance yet.
    pub provisional: bool,
    /// What is applied for it.
    pub manifests: Vec<String>,
    /// The rule that it checks, in our words.
    pub requirement: String,
    /// The rule's place in the API types.
    pub spec: String,
}

impl TestInfo {
    /// The test as a version of the suite has it, which asks for no feature of another version; none if
    /// it has no such test.
    pub fn of(&self, version: SuiteVersion) -> Option<Self> {
        let mut own = self.clone();
        own.features.retain(|feature| feature.is_of(version));
        (self.since <= version).then_some(own)
    }
}

/// A test and what is to become of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlannedTest {
    /// The test.
    #[serde(flatten)]
    pub info: TestInfo,
    /// What is to become of it.
    pub decision: Decision,
    /// What is expected of it, beside that it passes.
    #[serde(default, skip_serializing_if = "Expected::is_nothing")]
    pub expected: Expected,
}

/// What is to become of a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Decision {
    /// It is run.
    Run,
    /// It is not run, and the report counts it as skipped.
    Skip(
        /// Why.
        String,
    ),
    /// It is provisional and was asked to be left out; the report does not mention it.
    SkipProvisional,
    /// It is run on another machine, see [`Selection::shard`]; nothing mentions it.
    OtherShard,
    /// The implementation does not claim these features; the report does not count it.
    NotSupported(
        /// What is missing.
        #[schemars(with = "Vec<String>")]
        Vec<Feature>,
    ),
}

/// What the user asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// The profiles; each brings its core features.
    pub profiles: BTreeSet<Profile>,
    /// The features that the implementation is said to support.
    pub supported: BTreeSet<Feature>,
    /// Features beside those that the GatewayClass lists.
    pub also: BTreeSet<Feature>,
    /// Features that the GatewayClass lists and that are left out.
    pub but: BTreeSet<Feature>,
    /// The extensions whose tests are run too.
    pub extensions: BTreeSet<Extension>,
    /// Features to leave out.
    pub exempt: BTreeSet<Feature>,
    /// Every feature, but for those to leave out.
    pub all_features: bool,
    /// Names of tests to leave out.
    pub skip: BTreeSet<String>,
    /// The one test to run, whatever its features.
    pub only: Option<String>,
    /// Patterns on names; with any, only tests that match one are run.
    pub filters: Vec<String>,
    /// With any, only these are run: those of an earlier run that did not pass.
    pub again: BTreeSet<String>,
    /// The part of all this that is run here, if it is not all of it.
    pub shard: Option<Part>,
    /// How long tests took in an earlier run, so that shards take equally long.
    pub took: BTreeMap<String, Duration>,
    /// Whether provisional tests are left out.
    pub skip_provisional: bool,
    /// What is expected of tests beside that they pass; of several that match one the first counts.
    pub expectations: Vec<Expectation>,
}

/// Why no plan could be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PlanError {
    /// A name of a test or of a feature that there is not.
    #[error("{flag}: {source}")]
    Unknown {
        /// The flag.
        flag: &'static str,
        /// The name.
        source: Unknown,
    },
    /// A name, or a pattern of names, of tests of a mesh.
    #[error(
        "{flag}: {name} is for a mesh, of which this suite has no tests yet: {}; leave it out",
        without_mesh(.flag)
    )]
    Mesh {
        /// The flag.
        flag: &'static str,
        /// The name or pattern.
        name: String,
    },
    /// A test that the suite's version does not have.
    #[error(
        "{flag}: {test} is in the suite since {since}, and this run is of {version}; leave it out or choose --suite-version {since}"
    )]
    TooNew {
        /// The flag.
        flag: &'static str,
        /// The test.
        test: String,
        /// The version that has it first.
        since: SuiteVersion,
        /// The version of this run.
        version: SuiteVersion,
    },
    /// A feature that the suite's version does not have.
    #[error(
        "{flag}: {feature} is not a feature of {version}; leave it out or choose --suite-version {}", having(*.feature)
    )]
    OtherVersion {
        /// The flag.
        flag: &'static str,
        /// The feature.
        feature: Feature,
        /// The version of this run.
        version: SuiteVersion,
    },
    /// A pattern that is none.
    #[error("--filter \"{pattern}\" is not a pattern: {reason}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A pattern that matches nothing.
    #[error("{flag} \"{pattern}\" matches no test{}", hint(.nearest.as_deref()))]
    NoMatch {
        /// The flag.
        flag: &'static str,
        /// The pattern.
        pattern: String,
        /// The test whose name is nearest to it.
        nearest: Option<String>,
    },
    /// Changes of what no GatewayClass is asked for.
    #[error(
        "--supported-features with + and - changes what the GatewayClass lists, which is not asked for with --all-features, --exempt-features or --run-test; leave those out"
    )]
    Changes,
    /// Nothing said what is supported.
    #[error(
        "the GatewayClass lists no supported features in its status, and no flag names any; have the implementation list them, or add --supported-features Gateway,HTTPRoute,ReferenceGrant"
    )]
    NoFeatures,
}

/// How the Go suite's tests of a mesh are called, of which there is none here.
const OF_MESH: &str = "Mesh";

/// What is so of a test that there is not.
fn without_mesh(flag: &str) -> &'static str {
    if flag == "--skip-tests" { "it need not be skipped" } else { "it cannot be run" }
}

impl PlanError {
    /// Itself, unless what has no test is for a mesh.
    fn unless_of_mesh(self, flag: &'static str, name: &str) -> Self {
        if name.starts_with(OF_MESH) { Self::Mesh { flag, name: name.to_owned() } } else { self }
    }
}

/// What tests ask for that the Gateway API does not have.
pub fn own_features(tests: &[TestInfo]) -> impl Iterator<Item = Feature> {
    tests.iter().flat_map(|test| &test.features).copied().filter(|feature| feature.is_own())
}

/// A version that has a feature.
fn having(feature: Feature) -> SuiteVersion {
    let mut newest_first = SuiteVersion::ALL.into_iter().rev();
    newest_first.find(|version| feature.is_of(*version)).unwrap_or(SuiteVersion::NEWEST)
}

impl Selection {
    /// Whether the features are to be read from the GatewayClass, since no flag tells them.
    pub fn infers_features(&self) -> bool {
        !self.all_features
            && self.supported.is_empty()
            && self.exempt.is_empty()
            && self.only.is_none()
    }

    /// Checks every name of a test against all versions of the suite; asks no cluster.
    pub fn check(&self, tests: &[TestInfo]) -> Result<(), PlanError> {
        let known = || tests.iter().map(|test| (test.name.as_str(), ()));
        for (flag, name) in self.named() {
            lookup("test", name, known())
                .map_err(|source| PlanError::Unknown { flag, source }.unless_of_mesh(flag, name))?;
        }
        for (flag, feature) in self.named_features().filter(|(_, feature)| feature.is_own()) {
            let known = own_features(tests).map(|feature| (feature.name(), ()));
            lookup("feature", feature.name(), known)
                .map_err(|source| PlanError::Unknown { flag, source })?;
        }
        let some_match = |flag: &'static str, pattern: &str, matches: &dyn Fn(&str) -> bool| {
            let mut names = tests.iter().map(|test| test.name.as_str());
            if names.clone().any(matches) {
                return Ok(());
            }
            let nearest = nearest(pattern, &mut names).map(str::to_owned);
            let none = PlanError::NoMatch { flag, pattern: pattern.to_owned(), nearest };
            Err(none.unless_of_mesh(flag, pattern))
        };
        for pattern in &self.filters {
            let glob = matcher(pattern)?;
            some_match("--filter", pattern, &|name| glob.is_match(name))?;
        }
        for expectation in &self.expectations {
            let is_of = |name: &str| expectation.is_of(name);
            some_match("--expectations", expectation.name(), &is_of)?;
        }
        Ok(())
    }

    fn named_features(&self) -> impl Iterator<Item = (&'static str, Feature)> {
        [
            ("--supported-features", &self.supported),
            ("--supported-features", &self.also),
            ("--supported-features", &self.but),
            ("--exempt-features", &self.exempt),
        ]
        .into_iter()
        .flat_map(|(flag, named)| named.iter().map(move |feature| (flag, *feature)))
    }

    fn named(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let skip = self.skip.iter().map(|name| ("--skip-tests", name));
        let again = self.again.iter().map(|name| ("--failed-from", name));
        skip.chain(again).chain(self.only.iter().map(|name| ("--run-test", name)))
    }

    /// The features in force in a version of the suite with these tests. `inferred` are those of the GatewayClass, if
    /// they were asked for.
    pub fn features(
        &self,
        tests: &[TestInfo],
        inferred: &BTreeSet<Feature>,
        version: SuiteVersion,
    ) -> Result<BTreeSet<Feature>, PlanError> {
        let mut named = self.named_features();
        if let Some((flag, feature)) = named.find(|(_, feature)| !feature.is_of(version)) {
            return Err(PlanError::OtherVersion { flag, feature, version });
        }
        let changes = !self.also.is_empty() || !self.but.is_empty();
        if changes && !self.infers_features() {
            return Err(PlanError::Changes);
        }
        let mut features: BTreeSet<Feature> = if self.all_features {
            Feature::all().chain(own_features(tests)).collect()
        } else if self.infers_features() {
            // As in the Go suite: a class that claims nothing is no subject, whatever the profiles.
            if inferred.is_empty() {
                return Err(PlanError::NoFeatures);
            }
            &(inferred | &self.also) - &self.but
        } else {
            self.supported.clone()
        };
        features.retain(|feature| !self.exempt.contains(feature) && feature.is_of(version));
        // As in the Go suite, the core of a chosen profile is supported whatever is left out.
        features.extend(self.profiles.iter().flat_map(|profile| profile.core()));
        if features.is_empty() && self.only.is_none() {
            return Err(PlanError::NoFeatures);
        }
        Ok(features)
    }

    /// Decides on each test of a version of the suite. The tests come back sorted by name.
    pub fn plan(
        &self,
        tests: &[TestInfo],
        version: SuiteVersion,
        supported: &BTreeSet<Feature>,
    ) -> Result<Vec<PlannedTest>, PlanError> {
        self.check(tests)?;
        for (flag, name) in self.named() {
            if let Some(test) = tests.iter().find(|t| t.name == *name && t.since > version) {
                return Err(PlanError::TooNew {
                    flag,
                    test: name.clone(),
                    since: test.since,
                    version,
                });
            }
        }
        let filters = self.filters.iter().map(|f| matcher(f)).collect::<Result<Vec<_>, _>>()?;
        let mut planned: Vec<PlannedTest> = tests
            .iter()
            .filter(|test| self.is_asked_for(test))
            .filter_map(|test| test.of(version))
            .map(|info| {
                let expected = self.expected(&info.name);
                let decision = self.decide(&info, supported, &filters, &expected);
                PlannedTest { info, decision, expected }
            })
            .collect();
        planned.sort_by(|a, b| a.info.name.cmp(&b.info.name));
        if let Some(shard) = self.shard {
            self.leave_to_other_shards(shard, &mut planned);
        }
        Ok(planned)
    }

    /// What is expected of a test, beside that it passes.
    pub fn expected(&self, test: &str) -> Expected {
        Expected::of(test, &self.expectations)
    }

    fn leave_to_other_shards(&self, shard: Part, planned: &mut [PlannedTest]) {
        let run = planned.iter().filter(|test| test.decision == Decision::Run);
        let own = shard.share(run.map(|test| test.info.name.as_str()), &self.took);
        let own: BTreeSet<_> = own.into_iter().map(str::to_owned).collect();
        let others = planned
            .iter_mut()
            .filter(|test| test.decision == Decision::Run && !own.contains(&test.info.name));
        others.for_each(|test| test.decision = Decision::OtherShard);
    }

    /// Whether it is of the Go suite, or of an extension that was asked for, or asked for by its name.
    fn is_asked_for(&self, test: &TestInfo) -> bool {
        let is_chosen = |extension: &Extension| self.extensions.contains(extension);
        test.extension.as_ref().is_none_or(is_chosen)
            || self.only.as_ref() == Some(&test.name)
            || self.again.contains(&test.name)
    }

    fn decide(
        &self,
        test: &TestInfo,
        supported: &BTreeSet<Feature>,
        filters: &[GlobMatcher],
        expected: &Expected,
    ) -> Decision {
        let missing: Vec<_> =
            test.features.iter().copied().filter(|f| !supported.contains(f)).collect();
        if !missing.is_empty() && self.only.as_ref() != Some(&test.name) {
            return Decision::NotSupported(missing);
        }
        if self.skip_provisional && test.provisional {
            return Decision::SkipProvisional;
        }
        if self.skip.contains(&test.name) {
            return Decision::Skip("named by --skip-tests".into());
        }
        if let Some(why) = self.leaves_out(&test.name, filters) {
            return Decision::Skip(why.into());
        }
        if let Some(why) = expected.skips().filter(|_| self.only.as_ref() != Some(&test.name)) {
            return Decision::Skip(why.to_string());
        }
        Decision::Run
    }

    /// Why a test is not one of those that are chosen by their names, if it is not.
    fn leaves_out(&self, test: &str, filters: &[GlobMatcher]) -> Option<&'static str> {
        if self.only.as_ref().is_some_and(|only| only != test) {
            return Some("not the one that --run-test names");
        }
        if !filters.is_empty() && !filters.iter().any(|filter| filter.is_match(test)) {
            return Some("not matched by --filter");
        }
        if !self.again.is_empty() && !self.again.contains(test) {
            return Some("not one that --failed-from names");
        }
        None
    }

    /// Where each test that is chosen by its name, or each of all, needs what the implementation does not claim:
    /// the one that needs the least of it, and what that is.
    pub fn nearest_to_claimed<'p>(
        &self,
        planned: &'p [PlannedTest],
    ) -> Option<(&'p TestInfo, &'p [Feature])> {
        let filters: Vec<_> = self.filters.iter().filter_map(|it| matcher(it).ok()).collect();
        let chosen = planned.iter().filter(|it| self.leaves_out(&it.info.name, &filters).is_none());
        // One that lacks nothing is run, here or in another shard, or is left out because that was asked for.
        let unclaimed: Option<Vec<_>> = chosen
            .map(|PlannedTest { info, decision, .. }| match decision {
                Decision::NotSupported(missing) => Some((info, missing.as_slice())),
                _ => None,
            })
            .collect();
        unclaimed?.into_iter().min_by_key(|(_, missing)| missing.len())
    }
}

fn matcher(pattern: &str) -> Result<GlobMatcher, PlanError> {
    Glob::new(pattern).map(|glob| glob.compile_matcher()).map_err(|error| PlanError::Pattern {
        pattern: pattern.to_owned(),
        reason: error.kind().to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(name: &str, features: &[Feature], since: SuiteVersion, provisional: bool) -> TestInfo {
        TestInfo {
            name: name.into(),
            features: features.to_vec(),
            extension: None,
            since,
            provisional,
            manifests: vec![],
            requirement: String::new(),
            spec: String::new(),
        }
    }

    fn tests() -> Vec<TestInfo> {
        use Feature as F;
        vec![
            test("HTTPRouteWeight", &[F::Gateway, F::HttpRoute], SuiteVersion::V1_6_3, false),
            test(
                "HTTPRouteCORS",
                &[F::Gateway, F::HttpRoute, F::HttpRouteCors],
                SuiteVersion::V1_6_3,
                false,
            ),
            test("HTTPRouteRuleOrder", &[F::Gateway, F::HttpRoute], SuiteVersion::V1_7_0, true),
        ]
    }

    #[test]
    fn a_version_asks_for_the_features_that_it_has() {
        use Feature as F;
        let both = [F::HttpRoute, F::HttpRouteRetry, F::HttpRouteRetryCodes];
        let test = test("HTTPRouteRetry", &both, SuiteVersion::V1_6_3, false);
        let asked = |version| test.of(version).unwrap().features;
        assert_eq!(asked(SuiteVersion::V1_6_3), [F::HttpRoute, F::HttpRouteRetry]);
        assert_eq!(asked(SuiteVersion::V1_7_0), [F::HttpRoute, F::HttpRouteRetryCodes]);
        assert_eq!(tests()[2].of(SuiteVersion::V1_6_3), None);
    }

    fn claimed() -> BTreeSet<Feature> {
        [Feature::Gateway].into()
    }

    fn decisions(selection: &Selection, version: SuiteVersion) -> Vec<(String, Decision)> {
        let supported = selection.features(&tests(), &claimed(), version).unwrap();
        let planned = selection.plan(&tests(), version, &supported).unwrap();
        planned.into_iter().map(|test| (test.info.name, test.decision)).collect()
    }

    fn http() -> Selection {
        Selection { profiles: [Profile::GatewayHttp].into(), ..Selection::default() }
    }

    #[test]
    fn a_profile_runs_what_its_core_supports_sorted() {
        let missing = Decision::NotSupported(vec![Feature::HttpRouteCors]);
        assert_eq!(
            decisions(&http(), SuiteVersion::V1_7_0),
            [
                ("HTTPRouteCORS".into(), missing.clone()),
                ("HTTPRouteRuleOrder".into(), Decision::Run),
                ("HTTPRouteWeight".into(), Decision::Run)
            ]
        );
        assert_eq!(
            decisions(&http(), SuiteVersion::V1_6_3),
            [("HTTPRouteCORS".into(), missing), ("HTTPRouteWeight".into(), Decision::Run)]
        );
    }

    #[test]
    fn the_one_test_asked_for_is_run_whatever_its_features() {
        let selection = Selection { only: Some("HTTPRouteCORS".into()), ..Selection::default() };
        let decisions = decisions(&selection, SuiteVersion::V1_6_3);
        assert_eq!(decisions[0], ("HTTPRouteCORS".into(), Decision::Run));
        assert!(matches!(decisions[1].1, Decision::NotSupported(_)));
    }

    #[test]
    fn where_nothing_that_is_chosen_is_claimed_the_nearest_to_it_is_told() {
        use Feature as F;
        let nearest = |selection: &Selection, supported: &[Feature]| {
            let supported = supported.iter().copied().collect();
            let planned = selection.plan(&tests(), SuiteVersion::V1_7_0, &supported).unwrap();
            let found = selection.nearest_to_claimed(&planned);
            found.map(|(test, missing)| (test.name.clone(), missing.to_vec()))
        };
        let of = |filter: &str, skip: &str| Selection {
            filters: [filter].into_iter().map(str::to_owned).collect(),
            skip: [skip].into_iter().filter(|it| !it.is_empty()).map(str::to_owned).collect(),
            ..Selection::default()
        };
        let core = [F::Gateway, F::HttpRoute];
        let order = Some(("HTTPRouteRuleOrder".to_owned(), vec![F::Gateway]));
        assert_eq!(nearest(&of("*", ""), &[F::HttpRoute]), order);
        let other = Some(("HTTPRouteCORS".to_owned(), vec![F::HttpRouteCors]));
        assert_eq!(nearest(&of("*CORS", ""), &core), other);
        assert_eq!(nearest(&of("*", ""), &core), None);
        // What is claimed was to be left out.
        assert_eq!(nearest(&of("HTTPRouteWeight", "HTTPRouteWeight"), &core), None);
        // What is run elsewhere is run.
        for shard in ["1/2", "2/2"] {
            let shard = Some(shard.parse().unwrap());
            let part = Selection { shard, ..of("HTTPRouteWeight", "") };
            assert_eq!(nearest(&part, &core), None);
        }
    }

    #[test]
    fn the_core_of_a_profile_cannot_be_exempted() {
        let selection = Selection { exempt: [Feature::HttpRoute].into(), ..http() };
        assert!(
            selection
                .features(&tests(), &claimed(), SuiteVersion::NEWEST)
                .unwrap()
                .contains(&Feature::HttpRoute)
        );
    }

    #[test]
    fn what_the_class_claims_can_be_more_or_less() {
        let selection = Selection {
            also: [Feature::HttpRouteCors, Feature::HttpRoute].into(),
            but: [Feature::Gateway].into(),
            ..Selection::default()
        };
        let features = selection.features(&tests(), &claimed(), SuiteVersion::NEWEST).unwrap();
        assert_eq!(features, [Feature::HttpRouteCors, Feature::HttpRoute].into());
        let whose = Selection { all_features: true, ..selection };
        assert_eq!(
            whose.features(&tests(), &claimed(), SuiteVersion::NEWEST),
            Err(PlanError::Changes)
        );
    }

    #[test]
    fn a_class_that_claims_nothing_is_refused_whatever_the_profiles() {
        assert_eq!(
            http().features(&tests(), &BTreeSet::new(), SuiteVersion::NEWEST),
            Err(PlanError::NoFeatures)
        );
        let supported = Selection { supported: claimed(), ..http() };
        assert!(supported.features(&tests(), &BTreeSet::new(), SuiteVersion::NEWEST).is_ok());
    }

    #[test]
    fn provisional_and_skipped_tests_say_so() {
        let selection =
            Selection { skip: ["HTTPRouteWeight".into()].into(), skip_provisional: true, ..http() };
        let decisions = decisions(&selection, SuiteVersion::V1_7_0);
        assert_eq!(decisions[1].1, Decision::SkipProvisional);
        assert_eq!(decisions[2].1, Decision::Skip("named by --skip-tests".into()));
    }

    #[test]
    fn nothing_is_silently_ignored() {
        let refuse = |selection: Selection| {
            let inferred =
                if selection == Selection::default() { BTreeSet::new() } else { claimed() };
            let supported = selection.features(&tests(), &inferred, SuiteVersion::V1_6_3);
            supported
                .and_then(|s| selection.plan(&tests(), SuiteVersion::V1_6_3, &s))
                .unwrap_err()
                .to_string()
        };
        let skip = Selection { skip: ["HTTPRouteWeigth".into()].into(), ..http() };
        let filter = Selection { filters: vec!["GRPC*".into()], ..http() };
        let mesh = Selection { skip: ["MeshHTTPRouteWeight".into()].into(), ..http() };
        let meshes = Selection { filters: vec!["MeshHTTP*".into()], ..http() };
        let only = Selection { only: Some("HTTPRouteRuleOrder".into()), ..http() };
        let newer = Selection { supported: [Feature::HttpRouteRetryCodes].into(), ..http() };
        insta::assert_snapshot!(
            [skip, filter, mesh, meshes, only, newer, Selection::default()].map(refuse).join("\n"),
            @r#"
        --skip-tests: unknown test "HTTPRouteWeigth"; did you mean "HTTPRouteWeight"?
        --filter "GRPC*" matches no test
        --skip-tests: MeshHTTPRouteWeight is for a mesh, of which this suite has no tests yet: it need not be skipped; leave it out
        --filter: MeshHTTP* is for a mesh, of which this suite has no tests yet: it cannot be run; leave it out
        --run-test: HTTPRouteRuleOrder is in the suite since v1.7.0, and this run is of v1.6.3; leave it out or choose --suite-version v1.7.0
        --supported-features: HTTPRouteRetryCodes is not a feature of v1.6.3; leave it out or choose --suite-version v1.7.0
        the GatewayClass lists no supported features in its status, and no flag names any; have the implementation list them, or add --supported-features Gateway,HTTPRoute,ReferenceGrant
        "#
        );
    }
}
