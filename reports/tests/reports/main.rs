//! The reports of made-up runs.

mod changes;
mod conformance;
mod events;
mod files;
mod junit;
mod merge;
mod published;
mod run;
mod run_page;
mod terminal;
