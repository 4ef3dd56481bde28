//! Kinds that the suite does not know by itself: tests of the user's own bring them.
//!
//! What kind an object is of is asked everywhere, and read from the object alone. So there is one list for the whole
//! process, which only grows.

use std::sync::{PoisonError, RwLock};

use internment::Intern;

/// A kind as its definition in the cluster has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OwnKind {
    /// Its group.
    pub group: String,
    /// Its version.
    pub version: String,
    /// As in a manifest's `kind`.
    pub name: String,
    /// As in paths and in RBAC rules.
    pub plural: String,
    /// Whether its objects are in namespaces.
    pub namespaced: bool,
}

static KNOWN: RwLock<Vec<Intern<OwnKind>>> = RwLock::new(Vec::new());

/// Adds a kind to those that are known.
///
/// # Errors
///
/// That the kind of this group and name is another one.
pub(crate) fn learn(kind: OwnKind) -> Result<Intern<OwnKind>, String> {
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    let new = Intern::new(kind);
    match known.iter().find(|it| it.group == new.group && it.name == new.name) {
        None => known.push(new),
        Some(old) if *old == new => {}
        Some(_) => return Err(format!("{} of {} is said to be two things", new.name, new.group)),
    }
    Ok(new)
}

/// The kind of this group and name.
pub(crate) fn find(group: &str, name: &str) -> Option<Intern<OwnKind>> {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    known.iter().copied().find(|it| it.group == group && it.name == name)
}

/// All of them.
pub(crate) fn all() -> Vec<Intern<OwnKind>> {
    KNOWN.read().unwrap_or_else(PoisonError::into_inner).clone()
}
