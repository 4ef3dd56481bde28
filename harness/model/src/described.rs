//! What is known of an implementation beyond the specification.

use std::sync::Arc;

use crate::{delegation::Delegation, extension::Extension, policy};

/// What description files tell of an implementation, since no two do these things alike.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Described {
    /// The policy that [`Extension::PolicyAttachment`] attaches.
    pub policy: Option<Arc<policy::Description>>,
    /// How [`Extension::RouteDelegation`] hands requests on.
    pub delegation: Option<Arc<Delegation>>,
}

impl Described {
    /// Whether it tells what an extension needs to be told.
    pub fn tells_of(&self, extension: Extension) -> bool {
        match extension {
            Extension::PolicyAttachment => self.policy.is_some(),
            Extension::RouteDelegation => self.delegation.is_some(),
            Extension::Own(_) => true,
        }
    }

    /// The same with what another tells where this one tells nothing.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let Self { policy, delegation } = self;
        Self { policy: policy.or(other.policy), delegation: delegation.or(other.delegation) }
    }
}
