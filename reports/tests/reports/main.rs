//! The reports of made-up runs.

mod changes;
mod conformance;
mod events;
mod expectations;
mod files;
mod github;
mod junit;
mod merge;
mod published;
mod rounds;
mod run;
mod run_page;
mod tap;
mod terminal;
