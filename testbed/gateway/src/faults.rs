//! Faults: ways in which the Gateway can be told to break the specification.
//!
//! Each is one small deviation with the rule that it breaks and the conformance tests that must
//! notice. A conformance test that no fault turns red would prove nothing.

mod table;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use table::FAULTS;

/// A fault that the Gateway can be told to have.
#[derive(Debug)]
pub struct Fault {
    /// The name, in kebab case, as [`Faults::parse`] takes it.
    pub name: &'static str,
    /// The rule of the Gateway API specification that the fault breaks.
    pub rule: &'static str,
    /// The conformance tests that must turn red, by short name, sorted.
    pub tests: &'static [&'static str],
    deviation: Deviation,
}

/// All faults, sorted by name.
pub fn all() -> &'static [Fault] {
    FAULTS
}

/// The faults that one Gateway has; none by default.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<BTreeSet<Deviation>>);

impl Faults {
    /// The faults of these names.
    pub fn parse<N: AsRef<str>>(names: impl IntoIterator<Item = N>) -> Result<Self, UnknownFault> {
        let find = |name: N| {
            let name = name.as_ref();
            FAULTS
                .iter()
                .find(|fault| fault.name == name)
                .map(|fault| fault.deviation)
                .ok_or_else(|| UnknownFault::new(name))
        };
        Ok(Self(Arc::new(names.into_iter().map(find).collect::<Result<_, _>>()?)))
    }

    /// Whether the Gateway deviates in this way.
    pub fn has(&self, deviation: Deviation) -> bool {
        self.0.contains(&deviation)
    }

    /// Whether the Gateway keeps all rules.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Deviation> for Faults {
    fn from_iter<I: IntoIterator<Item = Deviation>>(deviations: I) -> Self {
        Self(Arc::new(deviations.into_iter().collect()))
    }
}

/// No fault has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no fault `{name}`; the nearest name is `{suggestion}`")]
pub struct UnknownFault {
    /// The name that was asked for.
    pub name: String,
    /// The nearest name that there is.
    pub suggestion: &'static str,
}

impl UnknownFault {
    fn new(name: &str) -> Self {
        let suggestion = FAULTS
            .iter()
            .map(|fault| fault.name)
            .min_by_key(|known| strsim::damerau_levenshtein(name, known))
            .unwrap_or_default();
        Self { name: name.to_owned(), suggestion }
    }
}

/// What the code asks for where it may deviate. Each has one row in [`FAULTS`], which explains it.
#[expect(missing_docs, reason = "the rows of the table say what each breaks")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deviation {
    AddedListenerIgnored,
    AdmissionWebhookRefusesEmptyRules,
    AttachedRoutesAlwaysZero,
    AttachedRoutesCountsRejected,
    AttachedRoutesCountsWholeGateway,
    AttachedRoutesZeroWhenUnresolved,
    BackendKindIgnored,
    BackendReferenceGrantNotRequired,
    CertificateGroupIgnored,
    CertificateKindIgnored,
    CertificateReferenceGrantNotRequired,
    ExactPathIgnoresTrailingSlash,
    ExactPathMatchesPrefix,
    ForeignConditionRewritten,
    ForeignGatewayConditionDropped,
    ForeignListenerConditionDropped,
    ForeignRouteParentDropped,
    ForeignRouteParentRewritten,
    GatewayAcceptedWithoutValidListener,
    GatewayClassFinalizerKept,
    GatewayClassObservedGenerationStale,
    GatewayNeverProgrammed,
    GatewayObservedGenerationStale,
    GrantedListenerNotProgrammed,
    HeaderAddOverwrites,
    HeaderCountIgnored,
    HeaderMatchesAreOred,
    HeaderNameCaseCompared,
    HeaderRemoveIgnored,
    HeaderSetAppends,
    HeaderValuesIgnored,
    HeadlessServiceUnresolved,
    HostHeaderRewritten,
    HostPortNotIgnored,
    HostnameIntersectionIgnored,
    HttpsListenerWithoutHostnameRefuses,
    InvalidBackendFallsThrough,
    InvalidBackendGives404,
    InvalidKindReasonIsBackendNotFound,
    InvalidListenerNotReportedOnGateway,
    InvalidRouteKindsResolved,
    ListenerHostnameIgnored,
    ListenerObservedGenerationStale,
    LongGatewayNameIgnored,
    MalformedCertificateResolved,
    ManualEndpointSlicesIgnored,
    MatchedHeadersNotForwarded,
    MatchesAreAnded,
    MissingBackendGives503,
    MissingBackendRejectsRoute,
    MissingBackendResolved,
    MissingCertificateResolved,
    NamespaceSelectorMatchesNothing,
    NamespaceSelectorTreatedAsSame,
    NewReferenceGrantIgnored,
    NewSecretIgnored,
    NewServiceIgnored,
    NoBackendRefsFallsThrough,
    NoBackendRefsGives404,
    NoMatchingHostnameReasonIsNotAllowed,
    NoMatchingParentReasonIsNotAllowed,
    NotAllowedReasonIsNoMatchingParent,
    OnlyFirstGatewayClassAccepted,
    OnlyFirstHeaderModified,
    ParentRefNamespaceOmitted,
    PathMatchIgnoresCase,
    PathPrefixBeatsExactPath,
    PathPrefixMatchesSubstring,
    PathPrefixRefusesTrailingSlash,
    RedirectAcceptedForAMoment,
    RedirectHostnameIgnored,
    RedirectPathDropped,
    RedirectStatusAlways302,
    ReferenceGrantFromGroupIgnored,
    ReferenceGrantFromKindIgnored,
    ReferenceGrantFromNamespaceIgnored,
    ReferenceGrantNamespaceIgnored,
    ReferenceGrantRevocationIgnored,
    ReferenceGrantToGroupIgnored,
    ReferenceGrantToKindIgnored,
    ReferenceGrantToNameIgnored,
    ReferenceGrantWithNameIgnored,
    ReferenceGrantWithoutNameIgnored,
    RefusedBackendForwarded,
    RefusedBackendGives403,
    RefusedBackendReasonIsBackendNotFound,
    RefusedCertificateReasonIsInvalid,
    RemovedListenerKept,
    ResolvedRefsOmittedWhenRejected,
    RouteHostnamesIgnored,
    RouteObservedGenerationStale,
    RuleOrderReversed,
    SameNamespaceNotEnforced,
    SecondParentIgnored,
    SecretLookedUpBeforeGrant,
    SectionNameIgnored,
    ServiceWithoutEndpointsUnresolved,
    ShortestPathPrefixWins,
    SupportedKindsEmptyWhenOneInvalid,
    SupportedKindsListsInvalid,
    SupportedKindsOfUnsupportedProtocol,
    TargetPortIgnored,
    TrailingSlashDropped,
    UnknownKindBackendGives503,
    UnresolvedListenerProgrammed,
    UnsupportedProtocolAccepted,
    UnsupportedProtocolRejectsGateway,
    WeightsIgnored,
    WildcardHostnameMatchesApex,
    WildcardHostnameMatchesOneLabel,
    WildcardListenerBeatsExact,
    ZeroWeightReceivesTraffic,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_each_name_is_its_deviation_in_kebab_case() {
        assert!(FAULTS.is_sorted_by_key(|fault| fault.name), "sort faults/table.rs by name");
        for fault in FAULTS {
            let mut kebab = String::new();
            let variant = format!("{:?}", fault.deviation);
            let mut previous = ' ';
            for character in variant.chars() {
                let starts_word = character.is_ascii_uppercase()
                    || (character.is_ascii_digit() && !previous.is_ascii_digit());
                if starts_word && !kebab.is_empty() {
                    kebab.push('-');
                }
                kebab.push(character.to_ascii_lowercase());
                previous = character;
            }
            assert_eq!(fault.name, kebab);
            assert!(fault.tests.is_sorted(), "{}: sort the tests", fault.name);
        }
    }

    #[test]
    fn every_core_test_is_turned_red_by_a_fault() {
        let covered: BTreeSet<_> = FAULTS.iter().flat_map(|fault| fault.tests).collect();
        assert_eq!(covered.len(), 40, "{covered:?}");
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest() {
        let error = Faults::parse(["weight-ignored"]).expect_err("there is no such fault");
        assert_eq!(error.suggestion, "weights-ignored");
        let faults = Faults::parse(["weights-ignored"]).expect("there is such a fault");
        assert!(faults.has(Deviation::WeightsIgnored) && !faults.is_empty());
    }
}
