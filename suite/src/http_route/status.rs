//! What a route's status says, and about which generation.

pub(crate) mod observed_generation_bump;
pub(crate) mod preserve_foreign_status;
