//! What the command line says to input that is wrong: one clear text, exit code 2 or 3, and nothing
//! left behind.

#[path = "common/program.rs"]
mod program;

use std::{fs, process::Output};

use tempfile::TempDir;

use self::program::program;

/// The command line, the exit code and the texts, as a script would see them.
fn answer(line: &str, files: &[(&str, &str)]) -> String {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let Output { status, stdout, stderr } = program(folder.path(), line).output().unwrap();
    let mut left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.retain(|name| files.iter().all(|(file, _)| file != name));
    assert_eq!(left, [""; 0], "{line}");
    let text = [stdout, stderr].map(|text| String::from_utf8(text).unwrap()).concat();
    let text = text.replace(folder.path().to_str().unwrap(), "[folder]");
    format!("$ {line}\n[{}] {}\n", status.code().unwrap(), text.trim())
}

fn answers(lines: &[&str]) -> String {
    lines.iter().map(|line| answer(line, &[])).collect::<Vec<_>>().join("\n")
}

#[test]
fn unknown_names_are_answered_with_the_nearest() {
    insta::assert_snapshot!(
        answers(&[
            "--gateway-clas mine",
            "-gateway-clas=mine",
            "lst",
            "run --run-test HTTPRouteWait",
            "--skip-tests HTTPRouteWeight,HTTPRouteWeigth",
            "--supported-features Gateway,HTTPRout",
            "--conformance-profiles GATEWAY-HTP",
            "--timeout-config-overrides RequestTimout:5",
            "--suite-version v1.7.1",
            "--filter HTTPRouteWeigth*",
            "explain HTTPRouteWait",
            "faults --run path-prefix-matches-substrings",
            "testbed --fault path-prefix-matches-substrings",
        ]),
        @r#"
        $ --gateway-clas mine
        [2] error: unexpected argument '--gateway-clas' found

          tip: a similar argument exists: '--gateway-class'

        Usage: gateway-conformance run --gateway-class <NAME>

        For more information, try '--help'.

        $ -gateway-clas=mine
        [2] error: unexpected argument '--gateway-clas' found

          tip: a similar argument exists: '--gateway-class'

        Usage: gateway-conformance run --gateway-class <NAME>

        For more information, try '--help'.

        $ lst
        [2] error: unrecognized subcommand 'lst'

          tip: a similar subcommand exists: 'list'

        Usage: gateway-conformance <COMMAND>

        For more information, try '--help'.

        $ run --run-test HTTPRouteWait
        [2] error: --run-test: unknown test "HTTPRouteWait"; did you mean "HTTPRouteWeight"?

        $ --skip-tests HTTPRouteWeight,HTTPRouteWeigth
        [2] error: --skip-tests: unknown test "HTTPRouteWeigth"; did you mean "HTTPRouteWeight"?

        $ --supported-features Gateway,HTTPRout
        [2] error: invalid value 'Gateway,HTTPRout' for '--supported-features <LIST>': unknown feature "HTTPRout"; did you mean "HTTPRoute"?

        For more information, try '--help'.

        $ --conformance-profiles GATEWAY-HTP
        [2] error: invalid value 'GATEWAY-HTP' for '--conformance-profiles <LIST>': unknown profile "GATEWAY-HTP"; did you mean "GATEWAY-HTTP"?

        For more information, try '--help'.

        $ --timeout-config-overrides RequestTimout:5
        [2] error: invalid value 'RequestTimout:5' for '--timeout-config-overrides <LIST>': unknown timeout "RequestTimout"; did you mean "RequestTimeout"?

        For more information, try '--help'.

        $ --suite-version v1.7.1
        [2] error: invalid value 'v1.7.1' for '--suite-version <VERSION>': unknown suite version "v1.7.1"; did you mean "v1.7.0"?

        For more information, try '--help'.

        $ --filter HTTPRouteWeigth*
        [2] error: --filter "HTTPRouteWeigth*" matches no test; did you mean "HTTPRouteWeight"?

        $ explain HTTPRouteWait
        [2] error: unknown test "HTTPRouteWait"; did you mean "HTTPRouteWeight"?

        $ faults --run path-prefix-matches-substrings
        [2] error: unknown fault "path-prefix-matches-substrings"; did you mean "path-prefix-matches-substring"?

        $ testbed --fault path-prefix-matches-substrings
        [2] error: unknown fault "path-prefix-matches-substrings"; did you mean "path-prefix-matches-substring"?
        "#
    );
}

#[test]
fn runs_of_faults_that_make_no_sense_are_refused() {
    insta::assert_snapshot!(
        answers(&[
            "faults --lag traffic=1s",
            "faults --part 1/2",
            "faults --run --part 3/2",
            "faults --run --part 2/2 weights-ignored",
            "faults --run --lag trafic",
            "faults --run --lag provisioning=5",
            "faults --run --lag throttling",
            "faults --run --lag traffic-after-status --lag status-after-traffic",
        ]),
        @r#"
        $ faults --lag traffic=1s
        [2] error: the following required arguments were not provided:
          --run

        Usage: gateway-conformance faults --run --lag <MODE[=VALUE]> [NAMES]...

        For more information, try '--help'.

        $ faults --part 1/2
        [2] error: the following required arguments were not provided:
          --run

        Usage: gateway-conformance faults --run --part <K/N> [NAMES]...

        For more information, try '--help'.

        $ faults --run --part 3/2
        [2] error: invalid value '3/2' for '--part <K/N>': write K/N, such as 2/10 for the second of ten parts

        For more information, try '--help'.

        $ faults --run --part 2/2 weights-ignored
        [2] error: part 2/2 of 1 faults is empty; make fewer parts

        $ faults --run --lag trafic
        [2] error: invalid value 'trafic' for '--lag <MODE[=VALUE]>': there is no lag `trafic`; did you mean `traffic`? There are address-pool, addresses, configuration, conflicts, extra-conditions, interim-statuses, outdated-statuses, pods, provisioning, reloads, repeated-statuses, replicas, resets, restarts, status, status-after-traffic, throttling, traffic, traffic-after-status, unavailable, watches

        For more information, try '--help'.

        $ faults --run --lag provisioning=5
        [2] error: invalid value 'provisioning=5' for '--lag <MODE[=VALUE]>': provisioning: "5" is no time with a number; write one such as 5s, or 5s,2 for two at a time

        For more information, try '--help'.

        $ faults --run --lag throttling
        [2] error: --lag: trouble of the API server hides no fault; choose other modes

        $ faults --run --lag traffic-after-status --lag status-after-traffic
        [2] error: traffic-after-status and status-after-traffic exclude each other; choose one
        "#
    );
}

#[test]
fn values_that_make_no_sense_are_refused() {
    insta::assert_snapshot!(
        answers(&[
            "--debug=maybe",
            "--debug true",
            "--version",
            "--max-parallel 0",
            "--repeat twice",
            "--thorough 0",
            "--lanes -1",
            "--max-gateways many",
            "--timeout-scale 3x",
            "--timeout-scale -1",
            "--address-map 10.0.0.1=127.0.0.1:80 --gateway-class mine",
            "--namespace-labels a --gateway-class mine",
            "list --format yaml",
            "testbed --channel stable",
            "testbed --address-range 127.0.0.0",
        ]),
        @r#"
        $ --debug=maybe
        [2] error: invalid value 'maybe' for '--debug[=<BOOL>]': write true or false

        For more information, try '--help'.

        $ --debug true
        [2] error: unexpected argument 'true' found

        Usage: gateway-conformance run [OPTIONS]

        For more information, try '--help'.
        (a flag that is true or false takes its value with =, such as --debug=false)

        $ --version
        [2] error: a value is required for '--version <VERSION>' but none was supplied

        For more information, try '--help'.
        (--version is the version of your implementation; -V prints that of this tool)

        $ --max-parallel 0
        [2] error: invalid value '0' for '--max-parallel <N>': write a whole number from 1

        For more information, try '--help'.

        $ --repeat twice
        [2] error: invalid value 'twice' for '--repeat <N>': write a whole number from 1

        For more information, try '--help'.

        $ --thorough 0
        [2] error: invalid value '0' for '--thorough <N>': write a whole number from 1

        For more information, try '--help'.

        $ --lanes -1
        [2] error: invalid value '-1' for '--lanes <N>': write a whole number from 1

        For more information, try '--help'.

        $ --max-gateways many
        [2] error: invalid value 'many' for '--max-gateways <N>': write a whole number from 1

        For more information, try '--help'.

        $ --timeout-scale 3x
        [2] error: invalid value '3x' for '--timeout-scale <X>': write a number above 0, such as 2 or 0.5

        For more information, try '--help'.

        $ --timeout-scale -1
        [2] error: invalid value '-1' for '--timeout-scale <X>': write a number above 0, such as 2 or 0.5

        For more information, try '--help'.

        $ --address-map 10.0.0.1=127.0.0.1:80 --gateway-class mine
        [2] error: invalid value '10.0.0.1=127.0.0.1:80' for '--address-map <MAP>': "10.0.0.1=127.0.0.1:80" is not ADDRESS:PORT=ADDRESS:PORT; an IPv6 address goes in brackets

        For more information, try '--help'.

        $ --namespace-labels a --gateway-class mine
        [2] error: invalid value 'a' for '--namespace-labels <PAIRS>': "a" is not key=value

        For more information, try '--help'.

        $ list --format yaml
        [2] error: invalid value 'yaml' for '--format <FORMAT>'
          [possible values: text, json]

        For more information, try '--help'.

        $ testbed --channel stable
        [2] error: invalid value 'stable' for '--channel <CHANNEL>': the channels are standard and experimental

        For more information, try '--help'.

        $ testbed --address-range 127.0.0.0
        [2] error: invalid value '127.0.0.0' for '--address-range <CIDR>': write an IPv4 range, such as 127.8.0.0/16

        For more information, try '--help'.
        "#
    );
}

#[test]
fn what_contradicts_or_comes_later_is_refused() {
    insta::assert_snapshot!(
        answers(&[
            "--organization me --contact @me",
            "--gateway-class= --organization me",
            "--gateway-class mine --report-output report.yaml",
            "--mesh-name istio",
            "--skip-tests HTTPRouteWeight,MeshHTTPRouteWeight",
            "--run-test MeshBasic",
            "--usable-address 10.0.0.1",
            "--conformance-profiles MESH-HTTP",
            "clean",
        ]),
        @r#"
        $ --organization me --contact @me
        [2] error: organization, contact: they name your implementation, but no cluster was chosen; add --gateway-class

        $ --gateway-class= --organization me
        [2] error: --gateway-class is empty; name what is to be judged, or leave it out to run on the testbed

        $ --gateway-class mine --report-output report.yaml
        [2] error: a report names the implementation, but organization, project, url, version, contact are empty; add --organization, --project, --url, --version, --contact

        $ --mesh-name istio
        [2] error: --mesh-name: no test of this version needs a mesh yet; leave it out

        $ --skip-tests HTTPRouteWeight,MeshHTTPRouteWeight
        [2] error: --skip-tests: MeshHTTPRouteWeight is for a mesh, of which this suite has no tests yet: it need not be skipped; leave it out

        $ --run-test MeshBasic
        [2] error: --run-test: MeshBasic is for a mesh, of which this suite has no tests yet: it cannot be run; leave it out

        $ --usable-address 10.0.0.1
        [2] error: addresses that Gateways can or cannot be given are those of a cluster, but no cluster was chosen; add --gateway-class

        $ --conformance-profiles MESH-HTTP
        [2] error: --conformance-profiles MESH-HTTP: no test of this version covers Mesh, so a report would claim what was not tested; leave it out

        $ clean
        [2] error: no cluster was chosen to be cleaned; add --context or --kubeconfig, or the --gateway-class of the run for the current context
        "#
    );
}

#[test]
fn places_that_cannot_be_written_are_found_before_the_run() {
    insta::assert_snapshot!(
        answers(&["--report-output absent/report.yaml", "--junit ."]),
        @r#"
        $ --report-output absent/report.yaml
        [2] error: the folder of report absent/report.yaml does not exist; create it or choose another path

        $ --junit .
        [2] error: report . is not a regular file; choose the path of a file
        "#
    );
}

#[test]
fn an_options_file_is_read_strictly() {
    let malformed = "gatewayClassName: mine\nimplementation:\n  organisation: me\n";
    insta::assert_snapshot!(
        [
            answer("--conformance-options-file options.yaml", &[("options.yaml", malformed)]),
            answer("--conformance-options-file options.yaml", &[("options.yaml", "debug: [")]),
            answer("--conformance-options-file absent.yaml", &[]),
        ]
        .join("\n"),
        @r#"
        $ --conformance-options-file options.yaml
        [2] error: options.yaml:3:3: implementation: unknown key "organisation"; did you mean "organization"?

        $ --conformance-options-file options.yaml
        [2] error: options.yaml:1:8: debug: invalid type: sequence, expected a boolean

        $ --conformance-options-file absent.yaml
        [2] error: cannot read the options file absent.yaml: No such file or directory (os error 2)
        "#
    );
}

#[test]
fn a_cluster_that_was_chosen_must_be_there() {
    let kubeconfig = "apiVersion: v1
kind: Config
current-context: here
clusters: [{name: here, cluster: {server: 'http://127.0.0.1:1'}}]
contexts: [{name: here, context: {cluster: here, user: me}}]
users: [{name: me, user: {}}]
";
    let config = ("config", kubeconfig);
    insta::assert_snapshot!(
        [
            answer("--gateway-class mine", &[]),
            answer("--kubeconfig absent", &[]),
            answer("--kubeconfig config --context there", &[config]),
            answer("--kubeconfig config --events events.jsonl", &[config]),
            answer("clean --kubeconfig config", &[config]),
        ]
        .join("\n"),
        @r#"
        $ --gateway-class mine
        [2] error: no kubeconfig found: neither --kubeconfig nor KUBECONFIG is set, [folder]/.kube/config does not exist, and this is not a pod; name one with --kubeconfig

        $ --kubeconfig absent
        [2] error: cannot read the kubeconfig absent: No such file or directory (os error 2); check the path given by --kubeconfig

        $ --kubeconfig config --context there
        [2] error: unknown context "there"; did you mean "here"? (in config, which has here)

        $ --kubeconfig config --events events.jsonl
        [3] error: context here (http://127.0.0.1:1) is unreachable: client error (Connect): tcp connect error: Connection refused (os error 111); is the cluster running, and is its address right?

        $ clean --kubeconfig config
        [3] error: context here (http://127.0.0.1:1) is unreachable: client error (Connect): tcp connect error: Connection refused (os error 111); is the cluster running, and is its address right?
        "#
    );
}

#[test]
fn a_user_or_an_authority_that_cannot_be_used_is_named() {
    let kubeconfig = |cluster: &str, user: &str| {
        format!(
            "apiVersion: v1
kind: Config
current-context: here
clusters: [{{name: here, cluster: {{server: 'https://127.0.0.1:1'{cluster}}}}}]
contexts: [{{name: here, context: {{cluster: here, user: me}}}}]
users: [{{name: me, user: {user}}}]
"
        )
    };
    let exec = |command: &str| {
        format!(
            "{{exec: {{apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, \
             command: {command}}}}}"
        )
    };
    let told = |kubeconfig: &str| {
        let hello = ("hello.crt", "hello\n");
        answer("--kubeconfig config --gateway-class mine", &[("config", kubeconfig), hello])
    };
    insta::assert_snapshot!(
        [
            told(&kubeconfig(", certificate-authority: hello.crt", "{}")),
            told(&kubeconfig("", "{client-certificate: hello.crt}")),
            told(&kubeconfig("", "{client-certificate: hello.crt, client-key: hello.crt}")),
            told(&kubeconfig("", &exec("./absent"))),
            told(&kubeconfig("", &exec("/bin/false"))),
            told(&kubeconfig("", "{tokenFile: hello.crt}")),
        ]
        .join("\n"),
        @"
        $ --kubeconfig config --gateway-class mine
        [2] error: context here of config cannot be used: certificate-authority hello.crt has no certificate

        $ --kubeconfig config --gateway-class mine
        [2] error: context here of config cannot be used: it has a client certificate and no client-key

        $ --kubeconfig config --gateway-class mine
        [2] error: context here of config cannot be used: rustls tls error: identity PEM is missing a private key: the key must be PKCS8 or RSA/PKCS1

        $ --kubeconfig config --gateway-class mine
        [3] error: no credentials for context here (https://127.0.0.1:1): ./absent: unable to run auth exec: No such file or directory (os error 2); log in again, or renew what the context's user names

        $ --kubeconfig config --gateway-class mine
        [3] error: no credentials for context here (https://127.0.0.1:1): /bin/false: it ended with exit status: 1; log in again, or renew what the context's user names

        $ --kubeconfig config --gateway-class mine
        [3] error: no credentials for context here (https://127.0.0.1:1): the token has characters that no token has, such as the end of a line; log in again, or renew what the context's user names
        "
    );
}

#[test]
fn a_pod_without_a_service_account_is_told_where_it_was_looked_for() {
    let folder = TempDir::new().unwrap();
    let Output { status, stderr, .. } = program(folder.path(), "clean --gateway-class mine")
        .env("KUBERNETES_SERVICE_HOST", "127.0.0.1")
        .env("KUBERNETES_SERVICE_PORT", "1")
        .output()
        .unwrap();
    let told = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(2), "{told}");
    assert!(told.contains("(/var/run/secrets/kubernetes.io/serviceaccount)"), "{told}");
    assert!(told.contains("name a kubeconfig with --kubeconfig"), "{told}");
}
