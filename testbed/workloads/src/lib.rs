//! What stands in for nodes and kube-controller-manager in the testbed.
//!
//! Talks to an API server through a [`kube::Client`] and to nothing else, so that the embedded API
//! server and a real kube-apiserver serve alike. Where no controller manager, scheduler or kubelet
//! runs, this crate
//!
//! - makes the Pods of Deployments, and gives each Pod an address, containers and a status
//!   ([`Workloads`]);
//! - runs the echo backends of the conformance fixtures on these addresses (images whose path ends
//!   in `echo-basic`);
//! - writes the `EndpointSlices` of Services that have a selector;
//! - empties and removes Namespaces that are deleted;
//! - removes Pods, `EndpointSlices`, Secrets, `ConfigMaps`, Services and Deployments whose owners
//!   are gone.
//!
//! ```text
//! watches (cluster) ── keys ──> queues (work) ──> deployments, kubelet, endpoints, namespaces, owners ──> API server
//!                                                    kubelet ──> echo, on the Pod's address
//! ```
//!
//! Everything is driven by watches. What no watch tells of (a port that another process holds, the
//! objects of other kinds in a Namespace that is deleted) is tried again with growing pauses. Each
//! controller compares what is wanted with what is known and writes the difference, so that
//! repeated, late and lost notices do no harm. Names follow from content for the same reason.
//!
//! Images whose path ends in `echo-advanced` (the mesh tests), `coredns` or `pause` become ready
//! but answer nothing. Any other image cannot be pulled. `ReplicaSets`, `StatefulSets`,
//! `DaemonSets` and Jobs are not known.

mod addresses;
mod cluster;
mod deployments;
mod dns;
mod echo;
mod endpoints;
mod kubelet;
mod logs;
mod names;
mod namespaces;
mod node;
mod objects;
mod owners;
mod pods;
mod process;
mod work;
mod workloads;

pub use addresses::AddressPool;
pub use kubelet::ServerError;
pub use logs::{Asked, AskedError, Logs};
pub use workloads::{Error, Options, Workloads};
