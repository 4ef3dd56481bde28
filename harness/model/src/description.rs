//! Files that describe something of an implementation.

use serde::de::DeserializeOwned;

/// What such a file tells.
pub trait Description: DeserializeOwned {
    /// What is wrong with it, if something is.
    ///
    /// # Errors
    ///
    /// The first thing, and what to do.
    fn validate(&self) -> Result<(), String>;
}
