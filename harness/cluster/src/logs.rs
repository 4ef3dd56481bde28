//! What containers print, as it comes.

use std::{collections::HashSet, convert::Infallible, time::Duration};

use futures::{AsyncBufReadExt, TryStreamExt};
use kube::{Client, api::LogParams, core::Request};
use tokio::time::{Instant, timeout};

use crate::{Key, apply::ApplyError, wait::pause};

/// A kubelet begins its answer with the first line. Where there is none it is asked anew after so long, before
/// that looks like an API server that is away.
const FIRST_LINE: Duration = Duration::from_secs(20);
/// Of how long before a log is asked for its lines are read: it may take that long until it is opened.
const BEFORE: Duration = Duration::from_secs(30);
/// How soon a log is asked for again that broke off.
const AGAIN: Duration = Duration::from_millis(250);

/// The last lines that a container printed, of those of so long ago at most.
///
/// # Errors
///
/// That the API server does not show them.
pub async fn tail(
    client: &Client,
    pod: &Key,
    container: &str,
    lines: i64,
    since: Duration,
) -> Result<String, ApplyError> {
    let asked = LogParams {
        container: Some(container.to_owned()),
        tail_lines: Some(lines),
        since_seconds: Some(since.as_secs().max(1) as i64),
        ..LogParams::default()
    };
    let namespace = pod.namespace.as_deref();
    let path = format!("/api/v1/namespaces/{}/pods", namespace.unwrap_or_default());
    let request = Request::new(path).logs(&pod.name, &asked).map_err(kube::Error::BuildRequest);
    let read = async { client.request_text(request?).await };
    read.await.map_err(|error| {
        let (what, kind) = (format!("the log of {pod}"), pod.kind.resource());
        ApplyError::of("get", what, &kind, namespace, &error)
    })
}

/// Gives each line that a container prints from now on to `each`, and some of those before, with the time at which it
/// was printed in front. A log that breaks off is read again from its beginning: by its time a line is told from another
/// that says the same, and comes once. It never ends but by an error.
///
/// # Errors
///
/// That the API server does not show it: [`ApplyError::NotFound`] or [`ApplyError::Invalid`] where it is the Pod that is
/// gone, or has not begun to print.
pub async fn follow(
    client: &Client,
    pod: &Key,
    container: &str,
    mut each: impl FnMut(&str),
) -> Result<Infallible, ApplyError> {
    let (began, mut told) = (Instant::now(), HashSet::new());
    let namespace = pod.namespace.as_deref();
    let path = format!("/api/v1/namespaces/{}/pods", namespace.unwrap_or_default());
    loop {
        let asked = LogParams {
            container: Some(container.to_owned()),
            follow: true,
            since_seconds: Some((began.elapsed() + BEFORE).as_secs() as i64),
            timestamps: true,
            ..LogParams::default()
        };
        let request = Request::new(path.as_str()).logs(&pod.name, &asked);
        let request = request.map_err(kube::Error::BuildRequest);
        let opened = async { client.request_stream(request?).await };
        match timeout(FIRST_LINE, opened).await {
            Ok(Ok(log)) => {
                let mut lines = log.lines();
                while let Ok(Some(line)) = lines.try_next().await {
                    if told.insert(line.clone()) {
                        each(&line);
                    }
                }
            }
            Ok(Err(error)) => {
                let (what, kind) = (format!("the log of {pod}"), pod.kind.resource());
                return Err(ApplyError::of("get", what, &kind, namespace, &error));
            }
            Err(_elapsed) => continue,
        }
        pause(AGAIN).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, script::Script};

    #[tokio::test(start_paused = true)]
    async fn a_line_comes_once_where_a_log_breaks_off() {
        let log = "GET /api/v1/namespaces/infra/pods/v2/log";
        let script = Script::default()
            .prints(log, "10:00:01Z a\n10:00:02Z a\n")
            .prints(log, "10:00:01Z a\n10:00:02Z a\n10:00:03Z b\n")
            .refuses(log, 404, "NotFound", "pods \"v2\" not found");
        let pod = Key::new(Kind::Pod, Some("infra"), "v2");
        let mut told = Vec::new();
        let each = |line: &str| told.push(line.to_owned());
        let Err(error) = follow(&script.client(), &pod, "v2", each).await;
        assert!(matches!(error, ApplyError::NotFound { .. }), "{error}");
        assert_eq!(told, ["10:00:01Z a", "10:00:02Z a", "10:00:03Z b"]);
    }
}
