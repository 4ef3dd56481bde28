//! What a conformance suite for the Kubernetes Gateway API talks about: features, profiles, tests,
//! conditions, exchanges, verdicts and events.
//!
//! **Invariant:** nothing here does any input or output, so that any report can be made from
//! saved events, and any plan can be checked without a cluster.

pub mod address;
pub mod condition;
pub mod delegation;
pub mod described;
pub mod description;
pub mod dossier;
pub mod event;
pub mod exchange;
pub mod expectation;
pub mod extension;
pub mod feature;
pub mod fixtures;
pub mod implementation;
pub mod names;
pub mod own;
pub mod part;
pub mod plan;
pub mod policy;
pub mod profile;
pub mod suggest;
pub mod timeouts;
pub mod timing;
pub mod verdict;
pub mod version;
