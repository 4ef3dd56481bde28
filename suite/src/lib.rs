//! The conformance tests of the Kubernetes Gateway API, one file each, and the manifests that they
//! apply.
//!
//! A test is a `.rs` file in the folder of what it judges and a `.yaml` file of the same path below
//! `manifests/`. It imports [`harness::prelude`] alone: data first, then what it does. `tests/tidy`
//! keeps the list of tests and the lists of modules.
#![expect(clippy::module_inception, reason = "a test may have the name of its folder")]

mod backend_tls_policy;
mod gateway;
mod gateway_class;
mod grpc_route;
mod http_route;
mod images;
mod listener;
mod listener_set;
mod policy_attachment;
mod reference_grant;
mod registry;
mod route_delegation;
mod tcp_route;
mod tls_route;
mod udp_route;

use std::borrow::Cow;

use harness::{Suite, Test, model::version::SuiteVersion};
use include_dir::{Dir, include_dir};

/// Every test of every version that this binary carries, the manifests that they apply, and their own
/// files.
pub static SUITE: Suite = Suite { tests: registry::TESTS, manifest, source, own: &[] };

static MANIFESTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../manifests");
static SOURCES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src");

/// A manifest in the folder of a version stands in for the one of the same path outside of it,
/// which is that of the newest version; what differs in its images alone needs none.
fn manifest(path: &str, version: SuiteVersion) -> Option<Cow<'static, str>> {
    if let Some(of_version) = MANIFESTS.get_file(format!("{version}/{path}")) {
        return of_version.contents_utf8().map(Cow::Borrowed);
    }
    Some(images::of_version(MANIFESTS.get_file(path)?.contents_utf8()?, path, version))
}

/// A test's own file has the path of its first manifest.
fn source(test: &Test) -> Option<(String, &'static str)> {
    let path = test.manifests.first()?.replace('-', "_").replace(".yaml", ".rs");
    let file = SOURCES.get_file(&path)?;
    Some((format!("suite/src/{path}"), file.contents_utf8()?))
}
