//! What a test can say and ask.

pub(crate) mod addresses;
pub(crate) mod calls;
pub(crate) mod cause;
pub(crate) mod certificates;
pub(crate) mod class;
pub(crate) mod foreign;
pub(crate) mod gateway;
pub(crate) mod held;
pub(crate) mod infrastructure;
pub(crate) mod made;
pub(crate) mod parent;
pub(crate) mod pods;
pub(crate) mod policy;
pub(crate) mod route;
pub(crate) mod settling;
pub(crate) mod steps;
pub(crate) mod still;
pub(crate) mod streams;
pub(crate) mod subject;
pub(crate) mod together;
pub(crate) mod traffic;
pub(crate) mod workloads;
