//! The wire side of the harness: what goes to a Gateway, what comes back, and whether that is what
//! an [`Exchange`](model::exchange::Exchange) wants.
//!
//! **Invariant:** nothing here talks to Kubernetes, and `convergence` is the only module that
//! waits for time to pass.

mod attempt;
mod comparison;
mod convergence;
mod dialer;
mod error;
mod history;
mod outgoing;
mod pinning;
mod response;
mod shares;
mod silence;
mod target;
mod transcript;
mod wire;

pub use convergence::{Converged, Limits, Prober, left_of};
pub use dialer::{AddressMap, Dialer};
pub use error::ProbeError;
pub use response::{Captured, Response};
pub use silence::Sign;
pub use target::{Scheme, Target};
