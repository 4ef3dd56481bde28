//! Finding the cluster that was chosen, and connecting to it.

use std::time::Duration;

use http::{HeaderValue, header::USER_AGENT};
use kube::{Client, Config, client::ClientBuilder};
use tokio::{runtime::Handle, sync::oneshot, time::timeout};

use crate::{
    outage::ride_out,
    refusal::{Refusal, chain},
};

mod access;
mod error;
mod kubeconfig;
mod proxy;

pub use access::Access;
pub use error::ConnectError;
use kubeconfig::{Choice, Origin};

/// A cluster that answers.
#[derive(Clone)]
pub struct Connection {
    /// Talks to its API server; rides out that it is away for half a minute.
    pub client: Client,
    /// What it is, for people: `context kind-kind (https://127.0.0.1:6443)`.
    pub description: String,
}

/// How long the API server may take to be reached, and again to tell its version.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a program may take that makes credentials: someone may have to log in meanwhile.
const LOGIN: Duration = Duration::from_secs(60);

impl Access {
    /// Checks what can be checked without a network: that the kubeconfig is there and well formed,
    /// and that the context with its cluster, user and files is.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong; always one for which [`ConnectError::is_usage`] holds.
    pub fn check(&self) -> Result<(), ConnectError> {
        self.choose().map(drop)
    }

    /// Connects, and asks the API server for its version to see that it can be worked with.
    ///
    /// # Errors
    ///
    /// What [`Self::check`] finds, and why the API server does not answer.
    pub async fn connect(&self, user_agent: &str) -> Result<Connection, ConnectError> {
        let Choice { mut config, description, origin } = self.choose()?;
        let agent = HeaderValue::from_str(user_agent)
            .unwrap_or_else(|_| HeaderValue::from_static(model::names::FIELD_MANAGER));
        config.headers.push((USER_AGENT, agent));
        config.connect_timeout = Some(PATIENCE);
        // `ride_out` does that, and knows when to stop.
        config.default_retry = false;
        let user = User::of(&config);
        let client = build(config, &description, &user, &origin).await?;

        match timeout(PATIENCE, client.apiserver_version()).await {
            Ok(Ok(_version)) => Ok(Connection { client: ride_out(client), description }),
            Ok(Err(error)) => Err(told_apart(&description, &user, &error)),
            Err(_elapsed) => Err(ConnectError::Unreachable {
                at: description,
                message: format!("no answer within {} s", PATIENCE.as_secs()),
            }),
        }
    }

    fn choose(&self) -> Result<Choice, ConnectError> {
        kubeconfig::choose(self, |name| std::env::var_os(name))
    }
}

/// What is known of who asks.
struct User {
    /// The program that makes the credentials.
    program: Option<String>,
    has_credentials: bool,
}

impl User {
    fn of(config: &Config) -> Self {
        let user = &config.auth_info;
        let exec = user.exec.as_ref();
        Self {
            program: exec.and_then(|exec| exec.command.clone()),
            has_credentials: user.token.is_some()
                || exec.is_some()
                || user.token_file.is_some()
                || user.username.is_some()
                || user.auth_provider.is_some()
                || user.client_certificate.is_some()
                || user.client_certificate_data.is_some(),
        }
    }

    fn without_credentials(&self, at: &str, message: String) -> ConnectError {
        let message = match &self.program {
            Some(program) => format!("{program}: {message}"),
            None => message,
        };
        ConnectError::Credentials { at: at.to_owned(), message }
    }
}

/// Makes the client. That may start a program which makes the credentials, and kube waits for it
/// without letting others run: a thread does that which can be left behind.
async fn build(
    config: Config,
    at: &str,
    user: &User,
    origin: &Origin,
) -> Result<Client, ConnectError> {
    let (sender, receiver) = oneshot::channel();
    let runtime = Handle::current();
    std::thread::spawn(move || {
        let _entered = runtime.enter();
        // Nobody may be there any more to receive it.
        let _ = sender.send(ClientBuilder::try_from(config).map(ClientBuilder::build));
    });
    match timeout(LOGIN, receiver).await {
        Ok(Ok(Ok(client))) => Ok(client),
        Ok(Ok(Err(error))) => Err(match Refusal::of(&error) {
            Refusal::Credentials(message) => user.without_credentials(at, message),
            other if user.program.is_some() => user.without_credentials(at, other.to_string()),
            _ => origin.unusable(chain(&error)),
        }),
        Ok(Err(_panicked)) => Err(origin.unusable("kube cannot make a client of it".to_owned())),
        Err(_elapsed) => {
            let message = format!("nothing came within {} s", LOGIN.as_secs());
            Err(user.without_credentials(at, message))
        }
    }
}

fn told_apart(at: &str, user: &User, error: &kube::Error) -> ConnectError {
    let refusal = Refusal::of(error);
    let at = at.to_owned();
    match refusal {
        Refusal::Unauthorized(message) if !user.has_credentials => {
            ConnectError::NoCredentials { at, message }
        }
        Refusal::Unauthorized(message) => ConnectError::Unauthorized { at, message },
        Refusal::Forbidden(message) => ConnectError::Forbidden { at, message },
        Refusal::Untrusted(message) => ConnectError::Untrusted { at, message },
        Refusal::Unreachable(message) => ConnectError::Unreachable { at, message },
        Refusal::Credentials(message) => user.without_credentials(&at, message),
        other => ConnectError::Strange { at, message: other.to_string() },
    }
}

#[cfg(test)]
mod tests;
