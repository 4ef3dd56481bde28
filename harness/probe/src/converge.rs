//! Exchanges again and again, of whatever protocol: until they are steadily right, until their shares
//! are, or until nothing answers any more.

mod history;
mod pause;
mod split;

pub(crate) mod convergence;
pub(crate) mod copies;
pub(crate) mod limits;
pub(crate) mod mirrored;
pub(crate) mod repeatable;
pub(crate) mod shares;
pub(crate) mod silence;
pub(crate) mod together;
pub(crate) mod unbroken;
