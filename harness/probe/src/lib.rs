//! The wire side of the harness: what goes to a Gateway, what comes back, and whether that is what
//! an [`Exchange`](model::exchange::Exchange) wants.
//!
//! Each room knows those before it only: `wire` reaches a Gateway and `echo` reads what a backend saw,
//! for every protocol; `converge` repeats an exchange of whatever protocol until it is steadily right;
//! `http` is what one attempt of an exchange in HTTP is, `websocket` one of what such an exchange opens,
//! `grpc` one of a call, and `stream` one of a conversation in TCP, TLS or UDP. The [`Prober`] composes
//! them.
//!
//! **Invariant:** nothing here talks to Kubernetes, and `converge` is the only module that waits for
//! time to pass.

mod converge;
mod echo;
mod grpc;
mod http;
mod prober;
mod stream;
pub mod tunnel;
mod websocket;
mod wire;

pub use self::{
    converge::{
        convergence::Converged,
        copies::Copies,
        limits::{Limits, left_of},
        silence::Sign,
    },
    echo::Captured,
    http::response::Response,
    prober::Prober,
    stream::place::Place,
    wire::{
        dialer::{AddressMap, Dialer},
        error::{NO_WAY, ProbeError},
        identity::{Identities, Identity},
        stream::{Datagrams, Duplex, Stream},
        target::{Scheme, Target},
    },
};
