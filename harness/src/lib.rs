//! Runs conformance tests of the Kubernetes Gateway API against a subject.
//!
//! The subject is chosen at run time: whatever answers at a [`kube::Client`]. The harness knows no
//! implementation. A test imports [`prelude`] alone; a program composes a [`Suite`], [`Options`] and
//! a [`Connection`] and calls [`run`].

mod ahead;
mod base;
mod cause;
mod class;
mod clean;
mod company;
mod drain;
mod error;
mod footprint;
mod foreign;
mod gateway;
mod held;
mod lane;
mod making;
mod notes;
mod options;
mod pods;
pub mod prelude;
mod prepare;
mod readiness;
mod route;
mod routing;
mod runner;
mod schedule;
mod session;
mod subject;
mod test;
mod together;
mod traffic;
mod trial;

pub use cluster::connect::{Access, ConnectError, Connection};
pub use model;
pub use notes::Sink;
pub use probe::AddressMap;

pub use crate::{
    clean::clean,
    error::Error,
    options::Options,
    runner::{Ended, run},
    test::{Body, Suite, Test},
};
