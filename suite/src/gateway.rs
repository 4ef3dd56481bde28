//! Gateways: their own fields and statuses.

pub(crate) mod name_maximum_length;
pub(crate) mod observed_generation_bump;
pub(crate) mod preserve_foreign_conditions;
