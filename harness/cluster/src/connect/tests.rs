use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use model::names::INFRA;
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tokio_rustls::TlsAcceptor;

use super::{kubeconfig::choose, *};
use crate::certificates::{CA_CRT, Materials, TLS_CRT, TLS_KEY};

const GOOD: &str = "\
apiVersion: v1
kind: Config
current-context: kind-kind
contexts:
- name: kind-kind
  context: {cluster: kind, user: admin}
- name: broken
  context: {cluster: none, user: admin}
- name: keyless
  context: {cluster: kind, user: keyless}
clusters:
- name: kind
  cluster: {server: 'https://127.0.0.1:6443'}
users:
- name: admin
  user: {token: t}
- name: keyless
  user: {client-certificate: missing.crt, client-key: missing.key}
";

fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}

fn access(kubeconfig: PathBuf, context: Option<&str>) -> Access {
    Access { kubeconfig: Some(kubeconfig), context: context.map(str::to_owned) }
}

fn refusal(access: &Access) -> String {
    let error = access.check().unwrap_err();
    assert!(error.is_usage(), "{error}");
    error.to_string()
}

#[test]
fn a_good_kubeconfig_is_described_by_context_and_server() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "config", GOOD);
    let found = choose(&access(path, None), |_| None).unwrap();
    assert_eq!(found.description, "context kind-kind (https://127.0.0.1:6443)");
}

#[test]
fn what_is_wrong_with_a_kubeconfig_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let good = file(folder.path(), "config", GOOD);
    let tabs = file(folder.path(), "tabs", "contexts:\n- name: [\n");
    let list = file(folder.path(), "list", "- a\n");
    let wrong_type = file(folder.path(), "type", "contexts:\n- name: a\n  context: 7\n");

    let absent = refusal(&access(folder.path().join("absent"), None));
    assert!(absent.contains("absent: No such file") && absent.contains("--kubeconfig"), "{absent}");
    let syntax = refusal(&access(tabs, None));
    assert!(syntax.contains("tabs:3:1 is malformed"), "{syntax}");
    assert!(refusal(&access(list, None)).contains("list:1:1 is malformed: it is not a mapping"));
    let typed = refusal(&access(wrong_type, None));
    assert!(typed.contains("is malformed") && typed.contains("line 3"), "{typed}");

    let typo = refusal(&access(good.clone(), Some("kind-kin")));
    assert!(typo.contains("unknown context \"kind-kin\"; did you mean \"kind-kind\"?"), "{typo}");
    let broken = refusal(&access(good.clone(), Some("broken")));
    assert!(broken.contains("its cluster \"none\" is not there"), "{broken}");
    let keyless = refusal(&access(good, Some("keyless")));
    assert!(keyless.contains("client-certificate") && keyless.contains("missing.crt"), "{keyless}");
}

/// The kubeconfig with another user.
fn with_user(folder: &Path, user: &str) -> Access {
    access(
        file(folder, "config", &GOOD.replace("user: {token: t}", &format!("user: {user}"))),
        None,
    )
}

#[test]
fn half_a_pair_and_an_authority_without_certificate_are_found_without_a_network() {
    let folder = tempfile::tempdir().unwrap();
    let hello = file(folder.path(), "hello.crt", "hello");
    let half = refusal(&with_user(folder.path(), &format!("{{client-certificate: {hello:?}}}")));
    assert!(half.contains("it has a client certificate and no client-key"), "{half}");

    for authority in
        [format!("certificate-authority: {hello:?}"), "certificate-authority-data: aGVsbG8=".into()]
    {
        let cluster = format!("server: 'https://127.0.0.1:6443', {authority}");
        let text = GOOD.replace("server: 'https://127.0.0.1:6443'", &cluster);
        let refused = refusal(&access(file(folder.path(), "config", &text), None));
        assert!(refused.contains("has no certificate"), "{refused}");
    }
}

#[tokio::test]
async fn a_client_certificate_that_is_none_is_bad_input() {
    let folder = tempfile::tempdir().unwrap();
    let hello = file(folder.path(), "hello.crt", "hello");
    let user = format!("{{client-certificate: {hello:?}, client-key: {hello:?}}}");
    let error = with_user(folder.path(), &user).connect("test").await.err().unwrap();
    assert!(matches!(error, ConnectError::Unusable { .. }), "{error}");
    assert!(error.is_usage());
}

#[tokio::test]
async fn a_program_that_makes_no_credentials_is_named_with_what_it_said() {
    let folder = tempfile::tempdir().unwrap();
    let told = async |script: &str| {
        let user = format!(
            "{{exec: {{apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, \
             command: sh, args: ['-c', '{script}']}}}}"
        );
        let error = with_user(folder.path(), &user).connect("test").await.err().unwrap();
        assert!(matches!(error, ConnectError::Credentials { .. }), "{error}");
        error.to_string()
    };
    let failed = told("echo please log in >&2; exit 7").await;
    let expected = "sh: it ended with exit status: 7: please log in; log in again";
    assert!(failed.contains(expected), "{failed}");
    let garbage = told("echo hello").await;
    assert!(garbage.contains("failed to parse") && !garbage.contains('\n'), "{garbage}");
}

#[test]
fn without_a_flag_the_environment_chooses() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "config", GOOD);
    let list = std::env::join_paths([folder.path().join("absent"), path]).unwrap();
    let only = |wanted: &'static str, value: OsString| {
        move |name: &str| (name == wanted).then(|| value.clone())
    };
    let nothing = Access::default();
    let found = choose(&nothing, only("KUBECONFIG", list)).unwrap();
    assert!(found.description.starts_with("context kind-kind"));

    let home = folder.path().to_path_buf();
    let error = choose(&nothing, only("HOME", home.into())).err().unwrap();
    assert!(matches!(error, ConnectError::NoKubeconfig { .. }));
    let context = Access { context: Some("c".to_owned()), ..Access::default() };
    let in_pod =
        choose(&context, only("KUBERNETES_SERVICE_HOST", "10.0.0.1".into())).err().unwrap();
    assert_eq!(in_pod, ConnectError::ContextInCluster("c".to_owned()));
}

#[tokio::test]
async fn a_server_that_does_not_listen_is_unreachable() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let server = format!("https://{}", listener.local_addr().unwrap());
    drop(listener);
    let folder = tempfile::tempdir().unwrap();
    let text = GOOD.replace("https://127.0.0.1:6443", &server);
    let path = file(folder.path(), "config", &text);
    let error = access(path, None).connect("test").await.err().unwrap();
    assert!(matches!(error, ConnectError::Unreachable { .. }), "{error}");
    assert!(!error.is_usage());
    assert!(error.to_string().contains(&server), "{error}");
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_not_trusted() {
    let materials = Materials::generate(|_| true).unwrap();
    let entry = |entry| materials.pem(INFRA, "tls-checks-certificate", entry).unwrap().as_bytes();
    let certificate = CertificateDer::from_pem_slice(entry(TLS_CRT)).unwrap();
    let key = PrivateKeyDer::from_pem_slice(entry(TLS_KEY)).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = format!("https://{}", listener.local_addr().unwrap());
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let accepting = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _refused = acceptor.accept(stream).await;
        }
    });

    let authority = materials.pem(INFRA, "mismatch-ca-certificate", CA_CRT).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let cluster =
        format!("server: '{server}', certificate-authority-data: {}", STANDARD.encode(authority));
    let text = GOOD.replace("server: 'https://127.0.0.1:6443'", &cluster);
    let path = file(folder.path(), "config", &text);
    let error = access(path, None).connect("test").await.err().unwrap();
    accepting.abort();
    assert!(matches!(error, ConnectError::Untrusted { .. }), "{error}");
    assert!(error.to_string().contains("is not trusted: "), "{error}");
}
