//! What the tests of a run share, and what each of them notes: the ground that the other rooms stand on.

pub(crate) mod addresses;
pub(crate) mod notes;
pub(crate) mod owners;
pub(crate) mod session;
pub(crate) mod settled;
pub(crate) mod way;
