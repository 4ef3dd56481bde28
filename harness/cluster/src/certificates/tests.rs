use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use model::names::RUN_LABEL;
use rustls::{
    RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use x509_parser::prelude::*;

use super::*;
use crate::object::Object;

fn der(materials: &Materials, namespace: &str, name: &str, entry: &str) -> Vec<u8> {
    let pem = materials.pem(namespace, name, entry).unwrap();
    parse_x509_pem(pem.as_bytes()).unwrap().1.contents
}

#[test]
fn leaves_are_signed_by_their_own_authority_only() {
    let materials = Materials::generate(|_| true).unwrap();
    let leaf = der(&materials, APP, "tls-passthrough-checks-certificate", TLS_CRT);
    let is_trusted_by = |name| {
        let mut roots = RootCertStore::empty();
        roots.add(der(&materials, INFRA, name, CA_CRT).into()).unwrap();
        let provider = Arc::new(aws_lc_rs::default_provider());
        let host = ServerName::try_from("abc.example.com").unwrap();
        let leaf = CertificateDer::from(leaf.as_slice());
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
            .build()
            .unwrap()
            .verify_server_cert(&leaf, &[], &host, &[], UnixTime::now())
            .is_ok()
    };
    assert!(is_trusted_by("tls-checks-ca-certificate"));
    assert!(!is_trusted_by("mismatch-ca-certificate"));
}

#[test]
fn names_go_where_the_go_suite_puts_them() {
    let materials = Materials::generate(|_| true).unwrap();
    let names = |name| {
        let der = der(&materials, INFRA, name, TLS_CRT);
        let (_, certificate) = parse_x509_certificate(&der).unwrap();
        let names = &certificate.subject_alternative_name().unwrap().unwrap().value.general_names;
        names.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        names("tls-validity-checks-certificate"),
        ["URI(*)", "DNSName(*.org)", "DNSName(*.wildcard.org)"]
    );
    assert_eq!(
        names("tls-checks-certificate"),
        [
            "DNSName(abc.example.com)",
            "URI(spiffe://abc.example.com/test-identity)",
            "DNSName(other.example.com)",
        ]
    );
}

#[test]
fn objects_are_secrets_and_config_maps_in_the_clusters_namespaces() {
    let materials = Materials::generate(|_| true).unwrap();
    let objects = materials.objects(&Namespaces::plain().of_copy("b-"));
    assert_eq!(objects.len(), 14);
    let secret = &objects[0];
    assert_eq!(secret.metadata.namespace.as_deref(), Some("b-gateway-conformance-web-backend"));
    assert_eq!(secret.data["type"], "kubernetes.io/tls");
    let encoded = secret.data["data"][TLS_CRT].as_str().unwrap();
    let pem = String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap();
    assert_eq!(Some(pem.as_str()), materials.pem(WEB, "certificate", TLS_CRT));
}

#[test]
fn keys_are_rsa_as_the_go_suite_writes_them_and_only_what_is_wanted_is_made() {
    let materials = Materials::generate(|name| name == "certificate").unwrap();
    assert_eq!(materials.objects(&Namespaces::plain()).len(), 1);
    let key = materials.pem(WEB, "certificate", TLS_KEY).unwrap();
    assert!(key.starts_with("-----BEGIN RSA PRIVATE KEY-----"), "another form");
    let der = der(&materials, WEB, "certificate", TLS_CRT);
    let (_, certificate) = parse_x509_certificate(&der).unwrap();
    let key = certificate.public_key().parsed().unwrap();
    assert!(matches!(&key, x509_parser::public_key::PublicKey::RSA(_)) && key.key_size() == 2048);
    let usage = certificate.key_usage().unwrap().unwrap().value;
    assert!(usage.key_encipherment() && usage.digital_signature());
}

/// What may have become of the objects that a run left.
type Change = fn(&mut Vec<Object>);

fn made_by(run: &str, object: &mut Object) {
    let labels = object.metadata.labels.get_or_insert_default();
    labels.insert(RUN_LABEL.to_owned(), run.to_owned());
}

#[test]
fn what_a_run_left_is_kept_if_it_is_complete_and_valid_for_a_day() {
    let is_wanted = |name: &str| name.starts_with("tls-checks-");
    let namespaces = Namespaces::plain().of_copy("b-");
    let mut left = Materials::generate(is_wanted).unwrap().objects(&namespaces);
    for object in &mut left {
        made_by("run-1", object);
    }
    assert_eq!(left.iter().filter(|it| Kind::of(it) == Some(Kind::Secret)).count(), 2);

    let rows: [(&str, Change, i64, bool); 9] = [
        ("all is there", |_| {}, 0, true),
        ("a day is left of its year", |_| {}, 364 * 24 - 1, true),
        ("less is left", |_| {}, 364 * 24 + 1, false),
        ("one is not there", |found| drop(found.pop()), 0, false),
        ("one is of another run", |found| made_by("run-2", &mut found[1]), 0, false),
        ("one is of no run", |found| found[1].metadata.labels = None, 0, false),
        ("one has no entries", |found| found[1].data = json!({}), 0, false),
        ("one has no certificate", |found| found[0].data["data"][CA_CRT] = json!(""), 0, false),
        ("one has no key", |found| found[1].data["data"][TLS_KEY] = json!(""), 0, false),
    ];
    for (what, change, hours, is_kept) in rows {
        let mut found = left.clone();
        change(&mut found);
        let now = Timestamp::now() + SignedDuration::from_hours(hours);
        let maker = Materials::maker(&found, is_wanted, &namespaces, now);
        assert_eq!(maker, is_kept.then_some("run-1"), "{what}");
    }
    let now = Timestamp::now();
    assert_eq!(Materials::maker(&left, is_wanted, &Namespaces::plain(), now), None, "elsewhere");
    assert_eq!(Materials::maker(&left, |_| true, &namespaces, now), None, "more are wanted");
    assert_eq!(Materials::maker(&left, |_| false, &namespaces, now), None, "none is wanted");
}
