//! A running Pod: its address, and the tasks that serve on it.

use std::net::Ipv4Addr;

use kube::ResourceExt;
use tokio::task::JoinSet;

use super::{image::Program, mounts::Files, variables};
use crate::{
    AddressPool, Logs, dns, echo,
    objects::{Container, Pod},
    process::Process,
};

/// How many addresses are tried where another process of this machine already listens on one.
const ATTEMPTS: usize = 16;

/// Why a Pod could not be started.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error("all addresses of the testbed's range are in use")]
    NoAddress,
    #[error("container {container:?}: {source}")]
    Container {
        container: String,
        #[source]
        source: echo::Error,
    },
}

/// Runs until it is stopped or dropped.
pub(super) struct Sandbox {
    pub(super) uid: String,
    // Before the lease: the sockets are to be closed when the address is given back.
    tasks: JoinSet<()>,
    lease: Lease,
}

impl Sandbox {
    pub(super) async fn start(
        pod: &Pod,
        programs: &[(&Container, Program)],
        files: &Files,
        addresses: &AddressPool,
        logs: &Logs,
    ) -> Result<Self, Error> {
        // Kept until the end, so that each attempt gets another one.
        let mut taken = Vec::new();
        loop {
            let lease = Lease::new(addresses).ok_or(Error::NoAddress)?;
            match run(pod, programs, files, lease.address, logs).await {
                Ok(tasks) => {
                    return Ok(Self { uid: pod.uid().unwrap_or_default(), tasks, lease });
                }
                Err(Error::Container { source, .. })
                    if source.is_address_in_use() && taken.len() + 1 < ATTEMPTS =>
                {
                    taken.push(lease);
                }
                Err(error) => return Err(error),
            }
        }
    }

    pub(super) fn address(&self) -> Ipv4Addr {
        self.lease.address
    }

    /// Closes all sockets; they are closed when it returns.
    pub(super) async fn stop(mut self) {
        self.tasks.shutdown().await;
    }
}

/// Starts all containers on `address`, or none.
async fn run(
    pod: &Pod,
    programs: &[(&Container, Program)],
    files: &Files,
    address: Ipv4Addr,
    logs: &Logs,
) -> Result<JoinSet<()>, Error> {
    let mut tasks = JoinSet::new();
    for (container, program) in programs {
        let name = container.name.as_str();
        let process = Process {
            address,
            environment: variables::of(pod, container, address),
            files: files.get(name).cloned().unwrap_or_default(),
            log: logs.open(&pod.namespace().unwrap_or_default(), &pod.name_any(), name),
        };
        match program {
            Program::Echo => echo::start(&process, &mut tasks)
                .await
                .map_err(|source| Error::Container { container: name.to_owned(), source })?,
            Program::Dns => dns::start(&process, &mut tasks).await,
            Program::Idle => {}
        }
    }
    Ok(tasks)
}

/// An address of the pool, given back when dropped.
struct Lease {
    address: Ipv4Addr,
    pool: AddressPool,
}

impl Lease {
    fn new(pool: &AddressPool) -> Option<Self> {
        Some(Self { address: pool.allocate()?, pool: pool.clone() })
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.pool.release(self.address);
    }
}
