//! The conformance tests of the Kubernetes Gateway API, one file each, and the manifests that they
//! apply.
//!
//! A test is a `.rs` file in the folder of the kind that it judges and a `.yaml` file of the same
//! stem below `manifests/`. It imports [`harness::prelude`] alone: data first, then what it does.
//! `tests/tidy.rs` keeps the list of tests and the lists of modules.

mod gateway;
mod gateway_class;
mod http_route;
mod registry;

use harness::{Suite, model::version::SuiteVersion};
use include_dir::{Dir, include_dir};

/// Every test of every version that this binary carries, and the manifests that they apply.
pub static SUITE: Suite = Suite { tests: registry::TESTS, manifest };

static MANIFESTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../manifests");

/// A manifest in the folder of a version stands in for the one of the same path outside of it,
/// which is that of the newest version.
fn manifest(path: &str, version: SuiteVersion) -> Option<&'static str> {
    let of_version = MANIFESTS.get_file(format!("{version}/{path}"));
    of_version.or_else(|| MANIFESTS.get_file(path))?.contents_utf8()
}
