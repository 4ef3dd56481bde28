//! Which manager owns which fields: what server-side apply is built on.

pub mod managed;
pub mod schema;
pub mod set;
