//! Runs conformance tests of the Kubernetes Gateway API against a subject.
//!
//! The subject is chosen at run time: whatever answers at a [`kube::Client`]. The harness knows no
//! implementation. A test imports [`prelude`] alone; a program composes a [`Suite`], [`Options`] and
//! a [`Connection`] and calls [`run`].

mod context;
mod doctor;
mod error;
mod fixtures;
mod isolation;
mod manifests;
mod options;
mod orphans;
mod own;
pub mod prelude;
mod run;
mod test;
mod verbs;

pub use cluster::{
    connect::{Access, ConnectError, Connection},
    permissions,
};
pub use model;
pub use probe::{AddressMap, tunnel::far_end::serve as serve_prober};

pub use crate::{
    context::notes::Sink,
    doctor::{Check, Health, doctor},
    error::Error,
    fixtures::{UnknownFixture, check_fixtures, images},
    manifests::{OwnFile, described},
    options::{Hook, IpFamily, Options, Phase, Via},
    orphans::orphans,
    own::{OwnTests, needed_by_own},
    run::{
        clean::clean,
        runner::{plan, run},
        turns::Ended,
    },
    test::{Body, Suite, Test},
};
