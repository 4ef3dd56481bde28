//! GatewayClasses.

pub(crate) mod observed_generation_bump;
