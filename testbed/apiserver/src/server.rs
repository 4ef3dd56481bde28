//! The server's state.

use std::fmt;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use futures::stream::BoxStream;

use crate::registry::Registry;
use crate::served::Served;
use crate::trouble::Troubled;

/// Where the text of `pods/log` comes from.
pub trait PodLogs: Send + Sync {
    /// What the query of a request asks for of what a container writes, or nothing if the Pod is not
    /// known. Without a container's name, that of the Pod's only or first one.
    ///
    /// # Errors
    ///
    /// What is wrong with the query.
    fn read(
        &self,
        namespace: &str,
        pod: &str,
        container: Option<&str>,
        query: &str,
    ) -> Result<Option<BoxStream<'static, String>>, String>;
}

/// Everything that requests work on.
pub struct Server {
    pub served: Served,
    pub registry: Registry,
    pub logs: RwLock<Option<Arc<dyn PodLogs>>>,
    pub requests: AtomicU64,
    pub trouble: OnceLock<Troubled>,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("requests", &self.requests).finish_non_exhaustive()
    }
}

impl Server {
    pub fn pod_logs(&self) -> Option<Arc<dyn PodLogs>> {
        self.logs.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
