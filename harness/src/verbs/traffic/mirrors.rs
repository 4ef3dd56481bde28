//! Copies of requests for mirrors, which tell of them in their logs.

use std::{collections::BTreeSet, convert::Infallible, pin::Pin, slice, time::Duration};

use cluster::{Key, apply::ApplyError, logs};
use futures::{
    StreamExt,
    future::{Either, select, select_all},
    stream::FuturesUnordered,
};
use model::{
    exchange::{Backend, Exchange},
    verdict::{Failure, JudgeError, Mismatch, Verdict},
};
use probe::Copies;
use tokio::time::timeout;
use uuid::Uuid;

use crate::verbs::{
    subject::{Subject, judge},
    traffic::Traffic,
};

/// How soon it is looked again which Pods a mirror has.
const AGAIN: Duration = Duration::from_secs(1);

impl Traffic<'_, '_> {
    /// This exchange must happen, and each of these backends of the infra namespace must get a copy of
    /// every request: for each of ten in a row, within `MaxTimeToConsistency`.
    ///
    /// # Errors
    ///
    /// A failure with the copies that came; an error if the logs of the backends cannot be read.
    pub async fn must_mirror(&self, exchange: &Exchange, mirrors: &[Backend]) -> Verdict {
        let subject = self.declared(slice::from_ref(exchange))?;
        let names: Vec<_> = mirrors.iter().map(|mirror| mirror.name).collect();
        subject.notes.step(format!("copies for {}", names.join(" and ")));
        let id = Uuid::new_v4().to_string();
        let copies = Copies::new(exchange.request, &id, mirrors.len());
        let prober = subject.prober_since_status().await;
        let mirrored = Box::pin(prober.mirrored(&self.target, exchange, &names, &copies));
        listening(subject, mirrors, &copies, mirrored).await
    }

    /// This exchange must happen, and this backend of the infra namespace must get copies of this share of
    /// the requests, of 1, by a sequential test: 3 percentage points off pass, 6 do not.
    ///
    /// # Errors
    ///
    /// A failure with the shares that were observed; an error if the logs of the backend cannot be read.
    pub async fn must_mirror_share(
        &self,
        exchange: &Exchange,
        mirror: Backend,
        share: f64,
    ) -> Verdict {
        let subject = self.declared(slice::from_ref(exchange))?;
        subject.notes.step(format!("copies of {} % for {}", share * 100.0, mirror.name));
        let copies = Copies::new(exchange.request, &Uuid::new_v4().to_string(), 1);
        let prober = subject.prober_since_status().await;
        let mirrored = Box::pin(prober.mirrored_share(&self.target, exchange, share, &copies));
        let measured = listening(subject, &[mirror], &copies, mirrored).await?;
        subject.notes.moment(format!("of {} {measured}", exchange.request));
        Ok(())
    }
}

/// Lets requests be made while the logs of the mirrors are read.
async fn listening<T>(
    subject: &Subject,
    mirrors: &[Backend],
    copies: &Copies,
    requests: Pin<Box<impl Future<Output = Result<T, Mismatch>>>>,
) -> Verdict<T> {
    let logs = mirrors.iter().enumerate();
    let logs = logs.map(|(index, mirror)| Box::pin(read(subject, index, mirror, copies)));
    match select(requests, select_all(logs)).await {
        Either::Left((made, _)) => made.map_err(|mismatch| Failure::of(mismatch).into()),
        Either::Right(((Err::<Infallible, _>(error), ..), _)) => Err(error),
    }
}

/// Reads the logs of a mirror's Pods, also of those that come later. As in the Go suite one that has nothing to read, of
/// a Pod that is gone or not begun, is left out: as long as there is another.
async fn read(
    subject: &Subject,
    index: usize,
    mirror: &Backend,
    copies: &Copies,
) -> Verdict<Infallible> {
    let client = subject.session.client();
    let (mut known, mut logs) = (BTreeSet::new(), FuturesUnordered::new());
    loop {
        let pods = subject.pods_of(mirror.name).await?;
        let alive = pods.iter().filter(|pod| pod.data["status"]["phase"] != "Failed");
        for pod in alive.filter_map(Key::of).filter(|pod| known.insert(pod.clone())) {
            logs.push(async move {
                let told = |line: &str| copies.told(index, line);
                let ended = logs::follow(client, &pod, mirror.name, told).await;
                (pod, ended)
            });
        }
        if logs.is_empty() {
            let text = format!("no Pod of {} runs, whose log could be read", mirror.name);
            return Err(JudgeError::new(text).into());
        }
        while let Ok(Some((pod, Err(error)))) = timeout(AGAIN, logs.next()).await {
            if logs.is_empty() || !is_of_pod(&error) {
                return Err(judge(error).into());
            }
            known.remove(&pod);
        }
    }
}

/// Whether it is the Pod that has no log, and not that none may be read.
fn is_of_pod(error: &ApplyError) -> bool {
    matches!(error, ApplyError::NotFound { .. } | ApplyError::Invalid { .. })
}
