//! skeleton
mod addresses;
mod logs;
pub use addresses::AddressPool;
pub use logs::Logs;

/// What the workloads need to know.
pub struct Options {
    /// Where Pods get their addresses from.
    pub addresses: AddressPool,
}

/// Why the workloads did not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The API server did not answer.
    #[error("cannot list namespaces: {0}")]
    Unreachable(#[source] kube::Error),
}

/// The running controllers and backends.
pub struct Workloads {
    logs: Logs,
}

impl Workloads {
    /// Starts.
    pub async fn start(client: kube::Client, options: Options) -> Result<Self, Error> {
        let _ = (client, options);
        Ok(Self { logs: Logs::default() })
    }

    /// Logs.
    pub fn logs(&self) -> Logs {
        self.logs.clone()
    }
}
