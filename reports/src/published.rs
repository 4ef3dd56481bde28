//! Reports as implementations publish them: files in a tree of releases and implementations, kept by the Gateway API
//! project.
//!
//! See <https://github.com/kubernetes-sigs/gateway-api/tree/main/conformance/reports>, whose README has the rules.

mod compare;
mod document;
mod lint;
mod page;
mod rule;
mod submission;
mod tree;

pub use self::{
    compare::{Row, compare},
    document::{Document, Level, Profile, Statistics},
    lint::{Finding, lint},
    page::page,
    rule::Rule,
    submission::{Particulars, details, folder, readme},
    tree::{Published, Release, files},
};
