//! TLS on both sides: which policy a backend is reached by, and which clients are let in.

use super::*;
use crate::core::client_validation::Clients;

/// A `ConfigMap` with an authority's certificate, in `infra`.
fn authority(name: &str) -> String {
    let key = rcgen::KeyPair::generate().expect("a key can be made");
    let mut params = rcgen::CertificateParams::default();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let pem = params.self_signed(&key).expect("a certificate can be made").pem();
    format!(
        "\n---\n{{kind: ConfigMap, metadata: {{name: {name}, namespace: infra}}, data: {{ca.crt: {}}}}}",
        json!(pem)
    )
}

/// A policy for Service `one` or a port of it.
fn policy(name: &str, created: u8, section: &str, validation: &str) -> String {
    let section =
        if section.is_empty() { String::new() } else { format!(", sectionName: {section}") };
    format!(
        "\n---\n{{kind: BackendTLSPolicy, metadata: {{name: {name}, namespace: infra, generation: 2, \
         creationTimestamp: '2026-01-01T00:00:0{created}Z'}}, spec: {{\
         targetRefs: [{{group: '', kind: Service, name: one{section}}}], validation: {{{validation}}}}}}}"
    )
}

const TRUSTING: &str = "caCertificateRefs: [{group: '', kind: ConfigMap, name: ca}], hostname";

/// A Gateway with a route to Service `one`, and these policies and authorities.
fn reaching(policies: &str) -> String {
    gateway(HTTP) + &route("r", &format!("rules: [{{{}}}]", to("one"))) + policies
}

impl World {
    /// Which server the backend of a request to `/` is asked for, or what the request is answered with.
    fn asked_for(&self) -> String {
        let headers = HeaderMap::new();
        let (host, path, query) = ("a.com", "/", "");
        let head =
            RequestHead { method: &Method::GET, host, path, query, headers: &headers, raw: &[] };
        let Some(Table::Http(table)) = self.config.ports.get(&tcp(80)) else { panic!("closed") };
        let Routed::To(entry) = table.route(None, &head) else { panic!("no route") };
        match &entry.action.backends.pick().expect("there is a backend").destination {
            Destination::Nowhere(status) => status.as_str().to_owned(),
            Destination::Endpoints(endpoints) => endpoints.tls.as_ref().map_or_else(
                || "in clear text".to_owned(),
                |tls| tls.server_name.to_str().into_owned(),
            ),
        }
    }

    /// `Accepted` and `ResolvedRefs` of a policy at its first ancestor.
    fn policy_conditions(&self, policy: &str) -> [String; 2] {
        let status = self.status(StatusKind::BackendTlsPolicy, policy);
        let conditions = &status["ancestors"][0]["conditions"];
        ["Accepted", "ResolvedRefs"].map(|kind| condition(conditions, kind))
    }
}

#[test]
fn the_older_policy_wins_and_one_for_a_port_comes_before() {
    let named = |name, created, section: &str| {
        policy(name, created, section, &format!("{TRUSTING}: {name}.example"))
    };
    // The port of the Service has no name; one for a port that it does not have is for nobody.
    let one = authority("ca") + &named("b", 1, "");
    assert_eq!(world(&reaching("")).asked_for(), "in clear text");
    assert_eq!(world(&reaching(&one)).asked_for(), "b.example");
    let two = world(&reaching(&(one.clone() + &named("a", 2, ""))));
    assert_eq!(two.asked_for(), "b.example");
    assert_eq!(two.policy_conditions("a")[0], "False/Conflicted");
    assert_eq!(two.policy_conditions("b")[0], "True/Accepted");
    let of_one_second = world(&reaching(&(one.clone() + &named("a", 1, ""))));
    assert_eq!(of_one_second.asked_for(), "a.example");
    assert_eq!(of_one_second.policy_conditions("b")[0], "False/Conflicted");

    let ports = "spec: {ports: [{name: main, port: 8080}]}";
    let sectioned = reaching(&(one + &named("z", 9, "main")))
        + &format!("\n---\n{{kind: Service, metadata: {{name: one, namespace: infra}}, {ports}}}")
        + "\n---\n{kind: EndpointSlice, metadata: {name: one, namespace: infra, \
            labels: {kubernetes.io/service-name: one}}, ports: [{name: main, port: 3000}], \
            endpoints: [{addresses: [10.0.0.1]}]}";
    let sectioned = world(&sectioned);
    assert_eq!(sectioned.asked_for(), "z.example");
    assert_eq!(sectioned.policy_conditions("b")[0], "True/Accepted");
    assert_eq!(sectioned.policy_conditions("z")[0], "True/Accepted");
}

#[test]
fn a_policy_that_cannot_be_kept_to_lets_no_request_through() {
    let empty = "\n---\n{kind: ConfigMap, metadata: {name: empty, namespace: infra}, data: {}}";
    let no_authority = "False/NoValidCACertificate";
    for (validation, accepted, resolved) in [
        (
            "caCertificateRefs: [{name: none}], hostname: a",
            no_authority,
            "False/InvalidCACertificateRef",
        ),
        (
            "caCertificateRefs: [{name: empty}], hostname: a",
            no_authority,
            "False/InvalidCACertificateRef",
        ),
        (
            "caCertificateRefs: [{kind: Odd, name: ca}], hostname: a",
            no_authority,
            "False/InvalidKind",
        ),
        ("wellKnownCACertificates: System, hostname: a", "False/Invalid", "True/ResolvedRefs"),
        ("caCertificateRefs: [{name: ca}], hostname: ''", "False/Invalid", "True/ResolvedRefs"),
    ] {
        let objects = reaching(&(policy("p", 1, "", validation) + &authority("ca") + empty));
        let world = world(&objects);
        assert_eq!(world.policy_conditions("p"), [accepted, resolved], "{validation}");
        assert_eq!(world.asked_for(), "502", "{validation}");
    }
    let partly = "caCertificateRefs: [{name: none}, {name: ca}], hostname: a.example";
    let partly = world(&reaching(&(policy("p", 1, "", partly) + &authority("ca"))));
    assert_eq!(
        partly.policy_conditions("p"),
        ["True/Accepted", "False/InvalidCACertificateRef"],
        "one authority is enough"
    );
    assert_eq!(partly.asked_for(), "a.example");
}

#[test]
fn a_policy_has_an_entry_for_each_gateway_and_keeps_those_of_others() {
    let foreign =
        json!({ "ancestorRef": { "name": "x" }, "controllerName": "other", "conditions": [] });
    let status = format!("status: {{ancestors: [{foreign}]}}");
    let kept = policy("p", 1, "", &format!("{TRUSTING}: a"));
    let kept = format!("{}, {status}}}", kept.strip_suffix('}').expect("a document"));
    let second = gateway(HTTP).replace("name: gw,", "name: gw2,");
    let at_both = reaching(&(authority("ca") + &kept))
        .replace("parentRefs: [{name: gw}]", "parentRefs: [{name: gw}, {name: gw2}]");
    let world = world(&(at_both + "\n---\n" + &second));
    let ancestors = &world.status(StatusKind::BackendTlsPolicy, "p")["ancestors"];
    assert_eq!(ancestors[0], foreign);
    for (index, name) in [(1, "gw"), (2, "gw2")] {
        let reference = json!({
            "group": "gateway.networking.k8s.io", "kind": "Gateway", "namespace": "infra", "name": name,
        });
        assert_eq!(ancestors[index]["ancestorRef"], reference);
        assert_eq!(ancestors[index]["conditions"][0]["observedGeneration"], 2);
    }
    let unused = gateway(HTTP) + &policy("p", 1, "", &format!("{TRUSTING}: a"));
    let unused = super::world(&unused);
    let mut reported = unused.config.statuses.iter().map(|update| update.kind);
    assert!(!reported.any(|kind| kind == StatusKind::BackendTlsPolicy), "it has no ancestor");
}

#[test]
fn a_gateway_says_what_came_of_its_certificate_for_backends() {
    let with = |tls: &str| {
        gateway(HTTP).replace("gatewayClassName: gw", &format!("gatewayClassName: gw, {tls}"))
    };
    let far = certificate_secret().replace("namespace: infra", "namespace: web");
    for (reference, expected) in [
        ("{name: cert}", "True/ResolvedRefs"),
        ("{name: none}", "False/InvalidClientCertificateRef"),
        ("{name: cert, kind: Odd}", "False/InvalidClientCertificateRef"),
        ("{name: cert, group: odd.io}", "False/InvalidClientCertificateRef"),
        ("{name: cert, namespace: web}", "False/RefNotPermitted"),
    ] {
        let tls = format!("tls: {{backend: {{clientCertificateRef: {reference}}}}}");
        let world = world(&(with(&tls) + &certificate_secret() + &far));
        assert_eq!(world.gateway_condition("gw", "ResolvedRefs"), expected, "{reference}");
        assert_eq!(world.gateway_condition("gw", "Accepted"), "True/Accepted", "{reference}");
        let Some(Table::Http(table)) = world.config.ports.get(&tcp(80)) else { panic!("closed") };
        assert_eq!(table.client_certificate.is_some(), expected.starts_with("True"), "{reference}");
    }
    let before = "status: {conditions: [{type: ResolvedRefs, status: 'False'}, {type: Odd, status: 'True'}]}";
    let without = gateway(HTTP);
    let without = format!("{}, {before}}}", without.strip_suffix('}').expect("a document"));
    let world = world(&without);
    assert_eq!(
        world.gateway_condition("gw", "ResolvedRefs"),
        "absent",
        "it refers to nothing any more"
    );
    assert_eq!(world.gateway_condition("gw", "Odd"), "True/");
}

#[test]
fn clients_are_validated_as_their_port_wants_it() {
    let listener = |name: &str, port: u16| {
        format!(
            "{{name: {name}, port: {port}, protocol: HTTPS, tls: {{certificateRefs: [{{name: cert}}]}}}}"
        )
    };
    let validation = |name: &str, mode: &str| {
        format!(
            "{{validation: {{caCertificateRefs: [{{group: '', kind: ConfigMap, name: {name}}}]{mode}}}}}"
        )
    };
    let frontend = format!(
        "tls: {{frontend: {{default: {}, perPort: [{{port: 8443, tls: {}}}, {{port: 9443, tls: {}}}]}}}}",
        validation("ca", ""),
        validation("ca", ", mode: AllowInsecureFallback"),
        validation("none", ""),
    );
    let listeners = [("a", 443), ("b", 8443), ("c", 9443)].map(|(name, port)| listener(name, port));
    let objects = gateway(&[HTTP, &listeners.join(", ")].join(", "))
        .replace("gatewayClassName: gw", &format!("gatewayClassName: gw, {frontend}"));
    let world = world(&(objects + &certificate_secret() + &authority("ca")));
    let clients = |port| match world.config.ports.get(&tcp(port)) {
        Some(Table::Http(table)) => match &table.clients {
            Clients::Anybody => "anybody",
            Clients::Shown => "with any certificate",
            Clients::Trusted(_) => "with a valid certificate",
        },
        _ => "nobody",
    };
    assert_eq!(
        [80, 443, 8443, 9443].map(clients),
        ["anybody", "with a valid certificate", "with any certificate", "nobody"]
    );
    let of = |kind| world.listener_condition("gw", "c", kind);
    assert_eq!(of("Accepted"), "False/NoValidCACertificate");
    assert_eq!(of("ResolvedRefs"), "False/InvalidCACertificateRef");
    assert_eq!(of("Programmed"), "False/Invalid");
    let insecure = world.gateway_condition("gw", "InsecureFrontendValidationMode");
    assert_eq!(insecure, "True/ConfigurationChanged");
}
