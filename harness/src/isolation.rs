//! Who may run beside whom, and what must be silent before whom: read from the tests' objects, and seen at
//! the Gateways.

mod asking;
pub(crate) mod company;
pub(crate) mod drain;
pub(crate) mod footprint;
pub(crate) mod routing;
pub(crate) mod schedule;
