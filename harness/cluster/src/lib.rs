//! The Kubernetes side of the harness: connecting, applying, watching, waiting, removing.
//!
//! **Invariant:** nothing here sends traffic through a Gateway; that is `probe`'s.
//! Objects are raw (see [`Object`]), so that no field is lost on its way to the API server, and
//! statuses are read through the small tolerant views of [`views`] and [`conditions`].

pub mod apply;
pub mod certificates;
pub mod conditions;
pub mod connect;
pub mod definitions;
pub mod diagnosis;
pub mod forward;
pub mod logs;
pub mod manifest;
pub mod object;
pub mod permissions;
pub mod pools;
pub mod remove;
pub mod views;
pub mod wait;
pub mod watch;

mod outage;
mod own_kinds;
mod refusal;
#[cfg(test)]
mod script;

pub use object::{Key, Kind, Object, OwnKind};
