use std::path::Path;

use clap::{CommandFactory, FromArgMatches};
use harness::model::timeouts::Limit;

use super::*;
use crate::{
    args::{Cli, Command},
    go_style,
};

fn test(name: &str, features: &[Feature], since: SuiteVersion) -> TestInfo {
    TestInfo {
        name: name.into(),
        features: features.to_vec(),
        extension: None,
        since,
        provisional: false,
        manifests: vec![],
        requirement: String::new(),
        spec: String::new(),
    }
}

fn settings(line: &str, file: &str) -> Result<Settings, String> {
    use Feature as F;
    let tests = [
        test("HTTPRouteWeight", &[F::Gateway, F::HttpRoute], SuiteVersion::V1_6_3),
        test("HTTPRouteReferenceGrant", &[F::HttpRoute, F::ReferenceGrant], SuiteVersion::V1_6_3),
        test("HTTPRouteNew", &[F::Gateway, F::HttpRoute], SuiteVersion::V1_7_0),
    ];
    let program = Cli::command();
    let line = line.split_whitespace().map(Into::into).collect();
    let arguments = ["program".into()].into_iter().chain(go_style::rewrite(line, &program));
    let matches = program.try_get_matches_from(arguments).map_err(|error| error.to_string())?;
    let Command::Run(args) = Cli::from_arg_matches(&matches).unwrap().command else {
        panic!("not the command run")
    };
    let file = OptionsFile::parse(Path::new("options.yaml"), file).unwrap();
    Settings::merge(*args, Some(file), &tests).map_err(|error| error.to_string())
}

#[test]
fn without_a_choice_it_is_the_testbed_with_its_reports() {
    let settings = settings("", "").unwrap();
    assert_eq!(settings.subject, Subject::Testbed);
    assert_eq!(settings.selection.profiles, [Profile::GatewayHttp].into());
    assert!(settings.selection.infers_features());
    assert_eq!(settings.implementation.project, "reference");
    assert_eq!(settings.implementation.validate(), Ok(()));
    assert_eq!(settings.outputs.report, Some("report.yaml".into()));
    assert_eq!(settings.outputs.junit, Some("junit.xml".into()));
    assert_eq!(settings.outputs.events, None);
    assert_eq!(settings.notices, [""; 0]);
}

#[test]
fn flags_and_file_choose_a_cluster_which_is_sent_no_reports_unasked() {
    for (line, file, class) in [
        ("--gateway-class mine", "", "mine"),
        ("-gateway-class=mine", "gatewayClassName: other", "mine"),
        ("", "gatewayClassName: mine", "mine"),
        ("--context kind", "", "gateway-conformance"),
        ("--kubeconfig /tmp/config", "", "gateway-conformance"),
    ] {
        let settings = settings(line, file).unwrap();
        let Subject::Cluster(cluster) = settings.subject else { panic!("{line} {file}") };
        assert_eq!(cluster.gateway_class, class, "{line} {file}");
        assert_eq!(settings.outputs, Outputs::default());
        assert!(settings.implementation.is_empty());
    }
}

#[test]
fn flags_win_over_the_file_also_where_they_say_no() {
    let file = "debug: true
cleanupBaseResources: false
disableParallelTests: true
supportedFeatures: [Gateway]
namespaceLabels: {a: b}
timeoutConfig: {requestTimeout: 5s, getTimeout: 7s}
";
    let from_file = settings("", file).unwrap();
    assert!(from_file.debug && !from_file.cleanup.base);
    assert_eq!(from_file.max_parallel, Some(1));
    assert_eq!(from_file.selection.supported, [Feature::Gateway].into());
    assert!(from_file.selection.profiles.is_empty());

    let line = "-debug=false --cleanup-base-resources -disable-parallel-tests=false \
                --max-parallel 4 --supported-features HTTPRoute,Gateway --namespace-labels c=d \
                -timeout-config-overrides RequestTimeout:2 --timeout-scale 0.5 --thorough 5";
    let settings = settings(line, file).unwrap();
    assert!(!settings.debug && settings.cleanup.base);
    assert_eq!(settings.max_parallel, Some(4));
    assert_eq!(settings.selection.supported, [Feature::Gateway, Feature::HttpRoute].into());
    assert_eq!(settings.namespace_labels, BTreeMap::from([("c".into(), "d".into())]));
    assert_eq!(settings.timeouts.get(Limit::RequestTimeout).as_millis(), 1000);
    assert_eq!(settings.timeouts.get(Limit::GetTimeout).as_millis(), 3500);
    assert_eq!(settings.timeouts.successes(), 15);
}

#[test]
fn a_report_of_a_cluster_names_the_implementation() {
    let complete = "--gateway-class mine --report-output out.yaml --organization me \
                    --project mine --url https://example.com --version v1.0.0 --contact @a,@b";
    let settings = settings(complete, "").unwrap();
    assert_eq!(settings.implementation.contact, ["@a", "@b"]);
    assert_eq!(settings.outputs.report, Some("out.yaml".into()));
    insta::assert_snapshot!(settings.notices.join("\n"), @"no profile was named, so the report will list none; add --conformance-profiles GATEWAY-HTTP");
}

#[test]
fn flags_win_over_the_addresses_of_a_file_each_for_itself() {
    let file = "{usableNetworkAddresses: [{value: 10.0.0.1}], \
                unusableNetworkAddresses: [{type: Hostname, value: a.example}, {value: 10.0.0.2}]}";
    let settings = settings("--gateway-class mine --usable-address b.example", file).unwrap();
    assert_eq!(settings.addresses.usable, ["b.example".parse().unwrap()]);
    let unusable = ["a.example", "10.0.0.2"].map(|address| address.parse().unwrap());
    assert_eq!(settings.addresses.unusable, unusable);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let refuse = |line, file| settings(line, file).unwrap_err();
    insta::assert_snapshot!(
        [
            refuse("--organization me --project mine", ""),
            refuse("", "implementation: {url: 'https://example.com'}"),
            refuse("--gateway-class=", ""),
            refuse("", "gatewayClassName: ''"),
            refuse("--mesh-name istio", ""),
            refuse("", "meshName: istio"),
            refuse("--usable-address 10.0.0.1", ""),
            refuse("", "unusableNetworkAddresses: [{value: example.com}]"),
            refuse("--conformance-profiles GATEWAY-HTTP,GATEWAY-GRPC", ""),
            refuse("--gateway-class mine --report-output out.yaml --url x", ""),
            refuse("--skip-tests HTTPRouteWeigth", ""),
            refuse("", "skipTests: [HTTPRouteWeight, MeshHTTPRouteWeight]"),
            refuse("--run-test HTTPRouteWait", ""),
            refuse("--filter GRPC*", ""),
            refuse("--filter HTTP[", ""),
            refuse("--run-test HTTPRouteNew --suite-version v1.6.3", ""),
            refuse("--address-map 10.0.0.1:80=127.0.0.1:8080", ""),
            refuse("--junit out --events out", ""),
            refuse("--disable-parallel-tests --max-parallel 2", ""),
            refuse("--max-gateways 1", "cleanupTestResources: false"),
        ]
        .join("\n"),
        @r#"
        organization, project: they name your implementation, but no cluster was chosen; add --gateway-class
        url: they name your implementation, but no cluster was chosen; add --gateway-class
        --gateway-class is empty; name what is to be judged, or leave it out to run on the testbed
        gatewayClassName in the options file is empty; name what is to be judged, or leave it out to run on the testbed
        --mesh-name: no test of this version needs a mesh yet; leave it out
        meshName in the options file: no test of this version needs a mesh yet; leave it out
        addresses that Gateways can or cannot be given are those of a cluster, but no cluster was chosen; add --gateway-class
        addresses that Gateways can or cannot be given are those of a cluster, but no cluster was chosen; add --gateway-class
        --conformance-profiles GATEWAY-GRPC: no test of this version covers GRPCRoute, so a report would claim what was not tested; leave it out
        a report names the implementation, but organization, project, version, contact are empty; add --organization, --project, --version, --contact
        --skip-tests: unknown test "HTTPRouteWeigth"; did you mean "HTTPRouteWeight"?
        --skip-tests: MeshHTTPRouteWeight is for a mesh, of which this suite has no tests yet: it need not be skipped; leave it out
        --run-test: unknown test "HTTPRouteWait"; did you mean "HTTPRouteWeight"?
        --filter "GRPC*" matches no test
        --filter "HTTP[" is not a pattern: unclosed character class; missing ']'
        --run-test: HTTPRouteNew is in the suite since v1.7.0, and this run is of v1.6.3; leave it out or choose --suite-version v1.7.0
        --address-map is for a cluster whose Gateways are not reachable from here, but no cluster was chosen; add --gateway-class
        two reports would go to out; choose another path for one
        --disable-parallel-tests runs one test at a time, --max-parallel 2 does not; leave one out
        --max-gateways bounds how many Gateways there are, --cleanup-test-resources=false leaves them all; leave one out
        "#
    );
}

#[test]
fn one_test_at_a_time_has_no_gateways_ahead_of_it() {
    let gateways = |line, file| settings(line, file).unwrap().gateways_ahead;
    assert_eq!(gateways("--disable-parallel-tests", ""), Some(0));
    assert_eq!(gateways("", "disableParallelTests: true"), Some(0));
    assert_eq!(gateways("--disable-parallel-tests --max-gateways 4", ""), Some(4));
    assert_eq!(gateways("--max-parallel 2", ""), None);
}
