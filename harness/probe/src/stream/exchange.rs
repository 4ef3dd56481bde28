//! One conversation: how it is attempted, and when it succeeded.

use std::{sync::Arc, time::Duration};

use model::{
    exchange::{
        Backend,
        conversation::{Carrier, Conversation, Ending},
    },
    names::Namespaces,
    verdict::Mismatch,
};
use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};
use tokio_rustls::TlsConnector;

use crate::{
    converge::repeatable::{Attributable, Repeatable},
    echo::{Captured, backend},
    stream::{
        datagram,
        lines::{Lines, is_end},
        place::Place,
        question,
        report::Report,
    },
    wire::{dialer::Dialer, error::ProbeError, pinning},
};

/// A datagram that is not answered for so long is not answered. A backend answers within milliseconds.
const SILENCE: Duration = Duration::from_secs(1);

/// What is wanted, and of whom.
#[derive(Clone, Copy)]
pub(crate) struct StreamWanted<'a> {
    pub(crate) place: &'a Place,
    pub(crate) conversation: &'a Conversation,
    pub(crate) namespaces: &'a Namespaces,
}

/// A conversation that is made ready.
pub(crate) struct StreamExchange<'a> {
    dialer: &'a Dialer,
    wanted: StreamWanted<'a>,
    session: Option<Session>,
    limit: Duration,
    /// Whether it is asked only who answers.
    is_brief: bool,
}

/// How a TLS session is begun.
struct Session {
    config: Arc<ClientConfig>,
    server_name: ServerName<'static>,
}

/// What came of a conversation.
pub(crate) struct Attempt {
    log: String,
    answer: Result<Report, ProbeError>,
    /// Whether the peer ended it before it said anything.
    is_closed: bool,
}

impl StreamWanted<'_> {
    /// Says that this was observed in its place.
    pub(crate) fn mismatch(&self, observed: String) -> Mismatch {
        let Conversation { opening, ending } = self.conversation;
        let text = ending.to_string();
        let expected = match ending {
            Ending::Answer { backend, .. } => self.namespaces.in_text(&text, backend.namespace),
            Ending::Reply | Ending::Closed | Ending::NoAnswer => text,
        };
        Mismatch::new(format!("{opening} at {}", self.place), expected, observed)
    }
}

impl<'a> StreamExchange<'a> {
    /// Makes a conversation ready, of which each attempt has this limit. These certificates (PEM) are
    /// trusted.
    ///
    /// # Errors
    ///
    /// Why it cannot be begun.
    pub(crate) fn new(
        dialer: &'a Dialer,
        wanted: StreamWanted<'a>,
        trusted: &[u8],
        limit: Duration,
    ) -> Result<Self, ProbeError> {
        let session = match wanted.conversation.opening.carrier {
            Carrier::Tls { server_name: name } => {
                let server_name = ServerName::try_from(name).map_err(|_| {
                    ProbeError::Unsendable(format!("\"{name}\" is not a server name"))
                })?;
                let config = Arc::new(pinning::client_config(trusted)?);
                Some(Session { config, server_name })
            }
            Carrier::Tcp | Carrier::Udp | Carrier::Dns { .. } => None,
        };
        let limit = if wanted.conversation.wants_silence() { SILENCE } else { limit };
        Ok(Self { dialer, wanted, session, limit, is_brief: false })
    }

    /// How long it waits where nothing is to come.
    pub(crate) fn silence(&self) -> Duration {
        if self.wanted.conversation.wants_silence() { SILENCE } else { Duration::ZERO }
    }

    /// That asks only who answers, for when it is made hundreds of times.
    pub(crate) fn briefly(self) -> Self {
        Self { is_brief: true, ..self }
    }

    async fn converse(&self, attempt: &mut Attempt) -> Result<Report, ProbeError> {
        let Place { host, port, .. } = self.wanted.place;
        match self.wanted.conversation.opening.carrier {
            Carrier::Udp => {
                let socket = self.dialer.datagrams(host, *port).await?;
                datagram::ask(&socket, &mut attempt.log).await
            }
            Carrier::Dns { name } => {
                let socket = self.dialer.datagrams(host, *port).await?;
                question::ask(&socket, name, &mut attempt.log).await.map(|()| Report::default())
            }
            Carrier::Tcp | Carrier::Tls { .. } => {
                self.speak(self.dialer.connect(host, *port).await?, attempt).await
            }
        }
    }

    /// Begins a TLS session if there is to be one, and exchanges lines.
    async fn speak(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin,
        attempt: &mut Attempt,
    ) -> Result<Report, ProbeError> {
        let Some(Session { config, server_name }) = &self.session else {
            return lines(stream, self.is_brief, attempt).await;
        };
        let tls = TlsConnector::from(Arc::clone(config));
        match tls.connect(server_name.clone(), stream).await {
            Ok(stream) => {
                let session = pinning::described(stream.get_ref().1);
                attempt.log.extend(["* the TLS session stands: ", &session, "\n"]);
                lines(stream, self.is_brief, attempt).await
            }
            Err(error) => {
                attempt.is_closed = is_end(&error);
                Err(ProbeError::handshake(&error))
            }
        }
    }
}

async fn lines(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    is_brief: bool,
    attempt: &mut Attempt,
) -> Result<Report, ProbeError> {
    let mut lines = Lines::over(stream, &mut attempt.log);
    let answer = lines.converse(is_brief).await;
    attempt.is_closed = lines.is_closed;
    answer
}

impl Repeatable for StreamExchange<'_> {
    type Attempt = Attempt;

    async fn attempt(&self) -> Attempt {
        let over = Err(ProbeError::TimedOut(self.limit));
        let mut attempt = Attempt { log: String::new(), answer: over, is_closed: false };
        // What it heard until then is kept, and that it took too long is what it holds already.
        if let Ok(answer) = timeout(self.limit, self.converse(&mut attempt)).await {
            attempt.answer = answer;
        }
        attempt
    }

    async fn varied_attempt(&self, _: u16) -> Attempt {
        // Each has a client port of its own, and nothing else to choose a backend by.
        self.attempt().await
    }

    fn judge(&self, attempt: &Attempt) -> Result<Captured, String> {
        let Conversation { opening, ending } = self.wanted.conversation;
        match (ending, &attempt.answer) {
            (Ending::Closed, Err(_)) if attempt.is_closed => Ok(Captured::default()),
            (Ending::NoAnswer, Err(ProbeError::TimedOut(_)))
                if self.wanted.conversation.wants_silence() =>
            {
                Ok(Captured::default())
            }
            (Ending::NoAnswer, Err(error)) if error.is_refusal() => Ok(Captured::default()),
            (_, Err(error)) => Err(error.to_string()),
            (Ending::Closed | Ending::NoAnswer, Ok(report)) => Err(describe(report)),
            (Ending::Reply, Ok(report)) => Ok(report.captured.clone()),
            (Ending::Answer { backend: wanted, server_name }, Ok(report)) => {
                let Backend { name, namespace } = *wanted;
                let is_wanted = match opening.carrier {
                    _ if name.is_empty() => true,
                    Carrier::Udp => report.service == name,
                    Carrier::Tcp | Carrier::Tls { .. } | Carrier::Dns { .. } => {
                        let rest = report.captured.pod.strip_prefix(name);
                        rest.is_some_and(|rest| rest.starts_with('-'))
                    }
                };
                if !is_wanted
                    || report.captured.namespace != self.wanted.namespaces.in_cluster(namespace)
                {
                    return Err(describe(report));
                }
                compare_tls(*server_name, report)?;
                Ok(report.captured.clone())
            }
        }
    }

    fn is_definite(attempt: &Attempt) -> bool {
        attempt.answer.is_ok()
    }

    fn transcript(Attempt { log, answer, .. }: &Attempt) -> String {
        match answer {
            Ok(_) => log.clone(),
            Err(error) => format!("{log}! {error}\n"),
        }
    }

    fn mismatch(&self, observed: String) -> Mismatch {
        self.wanted.mismatch(observed)
    }
}

impl Attributable for StreamExchange<'_> {
    fn is_decided_by(&self, attempt: &Attempt) -> bool {
        attempt.answer.is_ok() && !self.wanted.conversation.wants_absence()
    }
}

/// Who answered, in words.
fn describe(Report { captured, service, .. }: &Report) -> String {
    let name = if service.is_empty() { backend(&captured.pod) } else { service };
    format!("an answer of {name} in {}", captured.namespace)
}

/// Whether the TLS session ended where it should.
fn compare_tls(wanted: Option<&str>, report: &Report) -> Result<(), String> {
    match wanted {
        Some(_) if !report.is_tls => Err("the backend saw no TLS session".to_owned()),
        None if report.is_tls => Err("the TLS session went on to the backend".to_owned()),
        Some(name) if report.server_name() != name => {
            Err(format!("the backend saw the server name \"{}\"", report.server_name()))
        }
        _ => Ok(()),
    }
}
