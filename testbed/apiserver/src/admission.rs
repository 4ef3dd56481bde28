//! Admission: a validating webhook that an implementation of the Gateway API might have installed.

use std::fmt;

use serde_json::Value;

use crate::object;
use crate::registry::{Subresource, Target};
use crate::status_error::StatusError;

/// What is asked before an object is created or changed. Statuses are not its business.
#[derive(Clone, Copy)]
pub struct Webhook {
    /// Its name, as refusals give it.
    pub name: &'static str,
    /// Why an object is refused, if it is.
    pub refuses: fn(&Value) -> Option<String>,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Webhook").field(&self.name).finish()
    }
}

/// Asks the webhook, if there is one.
///
/// # Errors
///
/// `Forbidden`, with its words.
pub fn check(webhook: Option<&Webhook>, target: &Target, value: &Value) -> Result<(), StatusError> {
    let asked = webhook.filter(|_| target.subresource == Subresource::Main);
    match asked.and_then(|webhook| Some((webhook.name, (webhook.refuses)(value)?))) {
        // One that goes is not kept by what it says.
        Some((name, why)) if !object::is_terminating(value) => Err(StatusError::denied(name, &why)),
        _ => Ok(()),
    }
}
