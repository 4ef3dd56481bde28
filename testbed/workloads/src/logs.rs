//! What the containers of the running Pods printed.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

/// Lines kept per container; the oldest go first. A check of traffic weights sends up to ten rounds
/// of 500 requests to a handful of Pods, and what a mirror check looks for is never older than
/// that.
const LINES: usize = 2_000;

/// The standard output of all containers, as `kubectl logs` would show it.
///
/// Clones share the same lines.
#[derive(Clone, Debug, Default)]
pub struct Logs(Arc<Mutex<HashMap<PodName, BTreeMap<String, ContainerLog>>>>);

/// Namespace and name.
type PodName = (String, String);

impl Logs {
    /// All kept lines of a container, each ended with a line feed.
    ///
    /// Without `container` it is the Pod's first in alphabetical order. `None` where there is no
    /// such Pod or container, or where it has not started.
    pub fn read(&self, namespace: &str, pod: &str, container: Option<&str>) -> Option<String> {
        let pods = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let containers = pods.get(&(namespace.to_owned(), pod.to_owned()))?;
        let log = match container {
            Some(name) => containers.get(name)?,
            None => containers.values().next()?,
        };
        Some(log.text())
    }

    /// The log of a container that starts.
    pub(crate) fn open(&self, namespace: &str, pod: &str, container: &str) -> ContainerLog {
        let log = ContainerLog::default();
        let mut pods = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pods.entry((namespace.to_owned(), pod.to_owned()))
            .or_default()
            .insert(container.to_owned(), log.clone());
        log
    }

    /// Forgets the logs of a Pod that is gone.
    pub(crate) fn forget(&self, namespace: &str, pod: &str) {
        let mut pods = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pods.remove(&(namespace.to_owned(), pod.to_owned()));
    }
}

/// Where one container prints to.
#[derive(Clone, Debug, Default)]
pub(crate) struct ContainerLog(Arc<Mutex<VecDeque<String>>>);

impl ContainerLog {
    pub(crate) fn print(&self, line: String) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    fn text(&self) -> String {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_lines_go_first() {
        let logs = Logs::default();
        let log = logs.open("infra", "v1", "echo");
        for line in 0..=LINES {
            log.print(line.to_string());
        }
        let text = logs.read("infra", "v1", None).unwrap();
        assert!(text.starts_with("1\n2\n"));
        assert!(text.ends_with(&format!("\n{LINES}\n")));
        assert_eq!(logs.read("infra", "v1", Some("other")), None);
        logs.forget("infra", "v1");
        assert_eq!(logs.read("infra", "v1", None), None);
    }
}
