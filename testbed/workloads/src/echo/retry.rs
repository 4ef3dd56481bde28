//! The failure simulator `/retry/…`: so many failures per identifier, then success.

use std::{collections::HashMap, time::Duration};

use http::StatusCode;
use tokio::sync::{Mutex, MutexGuard};

use super::{duration, pause::pause};

/// How often each identifier failed so far. Held locked for as long as a request is handled, so
/// that the attempts of a gateway are counted one after another.
#[derive(Default)]
pub(super) struct Retries(Mutex<Counts>);

#[derive(Default)]
pub(super) struct Counts(HashMap<String, u64>);

/// What the query of a request asks for.
#[derive(Debug, PartialEq)]
pub(super) struct Order {
    uuid: String,
    succeed_after: u64,
    status: Option<StatusCode>,
    delay: Duration,
}

/// What to do with a request.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    Succeed,
    Fail(StatusCode),
    /// Drop the connection with a reset.
    Drop,
}

impl Retries {
    pub(super) async fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().await
    }
}

impl Order {
    /// Reads `uuid`, `succeedAfter`, `responseCode` and `delayRetry`; the error names the wrong
    /// one.
    pub(super) fn of(query: &str) -> Result<Self, String> {
        let parameters: HashMap<_, _> = url::form_urlencoded::parse(query.as_bytes()).collect();
        let parameter =
            |name| parameters.get(name).map(AsRef::as_ref).filter(|v: &&str| !v.is_empty());
        let uuid = parameter("uuid").ok_or("the parameter uuid is missing")?.to_owned();
        let succeed_after = parameter("succeedAfter")
            .and_then(|count| count.parse().ok())
            .ok_or("the parameter succeedAfter is no number")?;
        let status =
            match parameter("responseCode").map(|code| StatusCode::from_bytes(code.as_bytes())) {
                None => None,
                Some(Ok(status)) => Some(status),
                Some(Err(_)) => return Err("the parameter responseCode is no status".to_owned()),
            };
        let delay = parameter("delayRetry").map_or(Ok(Duration::ZERO), duration::parse)?;
        Ok(Self { uuid, succeed_after, status, delay })
    }
}

impl Counts {
    /// Counts a request, and waits where its failure is to take time.
    pub(super) async fn next(&mut self, order: &Order) -> Step {
        let failures = self.0.entry(order.uuid.clone()).or_default();
        if *failures >= order.succeed_after {
            return Step::Succeed;
        }
        *failures += 1;
        pause(order.delay).await;
        order.status.map_or(Step::Drop, Step::Fail)
    }
}
