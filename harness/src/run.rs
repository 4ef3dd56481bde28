//! How a run goes: what it begins with, the tests side by side, what it removes.

pub(crate) mod ahead;
pub(crate) mod base;
pub(crate) mod beside;
pub(crate) mod capture;
pub(crate) mod clean;
pub(crate) mod happening;
pub(crate) mod hooks;
pub(crate) mod lane;
pub(crate) mod lanes;
pub(crate) mod making;
pub(crate) mod prepare;
pub(crate) mod readiness;
pub(crate) mod reckoning;
pub(crate) mod runner;
pub(crate) mod trial;
pub(crate) mod turns;
