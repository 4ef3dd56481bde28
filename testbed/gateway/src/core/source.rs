//! What tables are made of.

use super::StatusKind;
use super::objects::Key;

/// An object that a table is made of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// The Gateway or route.
    pub id: (StatusKind, Key),
    /// Its generation.
    pub generation: i64,
    /// Whether its references were resolved.
    pub resolved: bool,
}
