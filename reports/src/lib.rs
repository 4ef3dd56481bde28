//! Folds the events of a run into what people and machines read: the terminal's text, the
//! `ConformanceReport`, `JUnit` and JSON lines.
//!
//! **Invariant:** this crate sees [`model`] alone. A report is a function of the events, so that each
//! can be made anew from a file that [`events::EventsWriter`] wrote.
//!
//! **Invariant:** no report says that all is well before the run has ended well. Files are replaced in
//! one step, and hold a report marked incomplete from the run's first event on, so that neither an
//! interrupted run nor a killed one leaves an earlier success behind.
#![deny(clippy::unwrap_used, clippy::expect_used)]

pub mod changes;
pub mod conformance;
pub mod dossier;
mod error;
pub mod events;
mod file;
pub mod github;
pub mod junit;
pub mod merge;
mod page;
pub mod published;
mod reporter;
pub mod run_page;
pub mod sidecar;
pub mod summary;
pub mod tap;
pub mod terminal;
pub mod text;

pub use crate::{
    error::ReportError,
    file::{FileReport, check_writable, replace},
    reporter::{Reporter, Reporters},
};
