//! What the containers of the running Pods printed.

mod asked;

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use futures::{Stream, stream};
use k8s_openapi::jiff::Timestamp;
use tokio::sync::watch;

pub use asked::{Asked, AskedError};

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
    /// What is asked for of a container's lines, each ended with a line feed: those that are there,
    /// and then, if it is to be followed, those that come until the container ends.
    ///
    /// Without `container` it is the Pod's first in alphabetical order. `None` where there is no
    /// such Pod or container, or where it has not started.
    pub fn read(
        &self,
        namespace: &str,
        pod: &str,
        container: Option<&str>,
        asked: Asked,
    ) -> Option<impl Stream<Item = String> + Send + use<>> {
        let pods = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let containers = pods.get(&(namespace.to_owned(), pod.to_owned()))?;
        let log = match container {
            Some(name) => containers.get(name)?,
            None => containers.values().next()?,
        };
        Some(log.read(asked))
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

/// Where one container prints to. Who follows it comes to the end when the last clone goes.
#[derive(Clone, Debug, Default)]
pub(crate) struct ContainerLog(Arc<watch::Sender<Lines>>);

#[derive(Debug, Default)]
struct Lines {
    /// How many there were before those that are kept.
    forgotten: usize,
    kept: VecDeque<(Timestamp, String)>,
}

impl ContainerLog {
    pub(crate) fn print(&self, line: String) {
        self.0.send_modify(|lines| {
            if lines.kept.len() == LINES {
                lines.kept.pop_front();
                lines.forgotten += 1;
            }
            lines.kept.push_back((Timestamp::now(), line));
        });
    }

    fn read(&self, asked: Asked) -> impl Stream<Item = String> + Send + use<> {
        let mut lines = self.0.subscribe();
        let with_time = asked.timestamps;
        let (next, text) = {
            let lines = lines.borrow_and_update();
            let skipped = match asked.tail {
                Some(tail) => lines.kept.len().saturating_sub(tail),
                None => 0,
            };
            let wanted = lines.kept.iter().skip(skipped);
            let since = asked.since.unwrap_or(Timestamp::MIN);
            let text = ended(wanted.filter(|(at, _)| *at >= since), with_time);
            (lines.forgotten + lines.kept.len(), text)
        };
        let coming = asked.follow.then_some((lines, next));
        stream::unfold((Some(text), coming), move |(there, coming)| async move {
            if let Some(text) = there {
                return Some((text, (None, coming)));
            }
            let (mut lines, next) = coming?;
            lines.changed().await.ok()?;
            let (after, text) = {
                let lines = lines.borrow_and_update();
                let new = lines.kept.iter().skip(next.saturating_sub(lines.forgotten));
                (lines.forgotten + lines.kept.len(), ended(new, with_time))
            };
            Some((text, (None, Some((lines, after)))))
        })
    }
}

/// Lines as text, each with the time in front if that is wanted.
fn ended<'a>(lines: impl Iterator<Item = &'a (Timestamp, String)>, with_time: bool) -> String {
    let text = |(at, line): &(Timestamp, String)| {
        if with_time { format!("{at} {line}\n") } else { format!("{line}\n") }
    };
    lines.map(text).collect()
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures::StreamExt;

    use super::*;

    async fn all(logs: &Logs, asked: &str) -> Option<String> {
        let lines = logs.read("infra", "v1", None, asked.parse().unwrap())?;
        Some(lines.collect::<String>().await)
    }

    #[tokio::test]
    async fn the_oldest_lines_go_first() {
        let logs = Logs::default();
        let log = logs.open("infra", "v1", "echo");
        for line in 0..=LINES {
            log.print(line.to_string());
        }
        let text = all(&logs, "").await.unwrap();
        assert!(text.starts_with("1\n2\n"));
        assert!(text.ends_with(&format!("\n{LINES}\n")));
        assert_eq!(all(&logs, "tailLines=2").await.unwrap(), "1999\n2000\n");
        assert_eq!(all(&logs, "sinceTime=2999-01-01T00:00:00Z").await.unwrap(), "");
        let timed = all(&logs, "tailLines=1&timestamps=true").await.unwrap();
        let (time, line) = timed.split_once(' ').unwrap();
        assert!(time.parse::<Timestamp>().is_ok() && line == "2000\n", "{timed}");
        assert!(logs.read("infra", "v1", Some("other"), Asked::default()).is_none());
        logs.forget("infra", "v1");
        assert_eq!(all(&logs, "").await, None);
    }

    #[tokio::test]
    async fn who_follows_gets_each_line_once_until_the_container_ends() {
        let logs = Logs::default();
        let log = logs.open("infra", "v1", "echo");
        log.print("a".into());
        let asked: Asked = "follow=true&sinceSeconds=30".parse().unwrap();
        let mut lines = pin!(logs.read("infra", "v1", Some("echo"), asked).unwrap());
        assert_eq!(lines.next().await.unwrap(), "a\n");
        log.print("b".into());
        log.print("c".into());
        assert_eq!(lines.next().await.unwrap(), "b\nc\n");
        log.print("d".into());
        logs.forget("infra", "v1");
        drop(log);
        assert_eq!(lines.next().await.unwrap(), "d\n");
        assert_eq!(lines.next().await, None);
    }
}
