//! Commands of the user at certain moments of a run: what an implementation needs done between, and what is to be looked at.

use std::{process::Stdio, time::Duration};

use model::{names::BASE_NAMESPACES, verdict::JudgeError};
use tokio::{process::Command, time::timeout};

use crate::{
    context::session::Session,
    options::{Hook, Phase},
};

/// How long a command may take: whoever forgets to end it shall not wait for ever.
const LIMIT: Duration = Duration::from_secs(600);
/// How much of what a command that failed said is told, in characters from its end.
const TOLD: usize = 1000;

/// Runs the commands of a moment, one after the other, with what they need to know in their environment.
///
/// # Errors
///
/// That one of them failed, and what it said last.
pub(crate) async fn play(
    session: &Session,
    phase: Phase,
    test: Option<&str>,
) -> Result<(), JudgeError> {
    for Hook { command, .. } in session.hooks().iter().filter(|hook| hook.phase == phase) {
        let namespaces = BASE_NAMESPACES.map(|name| session.namespaces().in_cluster(name));
        let output = Command::new("sh")
            .args(["-c", command])
            .env("GATEWAY_CONFORMANCE_PHASE", phase.name())
            .env("GATEWAY_CONFORMANCE_RUN", session.run())
            .env("GATEWAY_CONFORMANCE_TEST", test.unwrap_or_default())
            .env("GATEWAY_CONFORMANCE_GATEWAY_CLASS", session.gateway_class())
            .env("GATEWAY_CONFORMANCE_NAMESPACES", namespaces.join(" "))
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let failed = |why: String| {
            let of = test.map(|test| format!(" of {test}")).unwrap_or_default();
            JudgeError::new(format!("the hook {}{of}: `{command}` {why}", phase.name()))
        };
        match timeout(LIMIT, output).await {
            Ok(Ok(output)) if output.status.success() => {}
            Ok(Ok(output)) => {
                let said =
                    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
                let begin = said.chars().count().saturating_sub(TOLD);
                let said: String = said.chars().skip(begin).collect();
                return Err(failed(format!("ended with {}: {}", output.status, said.trim())));
            }
            Ok(Err(error)) => return Err(failed(format!("cannot be run: {error}"))),
            Err(_) => return Err(failed(format!("did not end within {LIMIT:.0?}"))),
        }
    }
    Ok(())
}
