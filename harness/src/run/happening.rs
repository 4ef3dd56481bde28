//! What happens beside the tests of a run.

use cluster::Key;

use crate::error::Error;

/// What happened beside the tests.
pub(crate) enum Happening {
    /// So many workloads of the first lane have their Pods ready; None: no more can be waited for.
    MorePods(Option<usize>),
    /// The Pods of a lane are ready, or will not be.
    Set(usize, Result<(), Error>),
    /// It is known whether each Gateway has an address of its own, or that it will not be.
    Addresses { apart: Option<bool> },
    /// The Gateways of a test were created.
    Created(usize),
    /// A Gateway is made, or will not be.
    Made(Key),
    /// The certificates of the first lane are there, or will not be.
    Certified(Result<(), Error>),
    /// A further lane is not set up any more.
    Closed(usize),
    /// Something was removed.
    Removed,
}
