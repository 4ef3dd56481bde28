//! The reports of made-up runs.

mod conformance;
mod events;
mod files;
mod junit;
mod run;
mod terminal;
