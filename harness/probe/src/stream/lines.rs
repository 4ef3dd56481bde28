//! The lines that are exchanged over a stream with an echo backend.

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};

use crate::{stream::report::Report, wire::error::ProbeError};

/// What the backend says first.
const WELCOME: &str = "Gateway API Test TCP Server";

/// A report has less than a kilobyte. What is longer than this is none, and is not worth the memory.
const LONGEST_LINE: u64 = 1 << 16;

/// A conversation over a stream, of which everything is noted.
pub(crate) struct Lines<'l, S> {
    stream: BufReader<S>,
    log: &'l mut String,
    /// Whether the peer ended it before it said anything.
    pub(crate) is_closed: bool,
}

impl<'l, S: AsyncRead + AsyncWrite + Unpin> Lines<'l, S> {
    /// Over this stream.
    pub(crate) fn over(stream: S, log: &'l mut String) -> Self {
        Self { stream: BufReader::new(stream), log, is_closed: false }
    }

    /// Waits for the welcome, and asks everything that the backend answers; or, briefly, who it is.
    ///
    /// # Errors
    ///
    /// The first answer that did not come, or is none of an echo backend.
    pub(crate) async fn converse(&mut self, is_brief: bool) -> Result<Report, ProbeError> {
        self.hear(&[WELCOME]).await?;
        let mut is_tls = None;
        if !is_brief {
            self.ask("PING", &["PONG"]).await?;
            is_tls = Some(self.ask("IS_TLS", &["true", "false"]).await? == "true");
        }
        let report = Report::parse(self.ask("TEST", &[]).await?.as_bytes())?;
        let is_tls = is_tls.unwrap_or(report.tls.is_some());
        Ok(Report { is_tls, ..report })
    }

    async fn ask(&mut self, command: &str, answers: &[&str]) -> Result<String, ProbeError> {
        self.log.extend(["> ", command, "\n"]);
        let line = format!("{command}\n");
        let sent = async {
            self.stream.write_all(line.as_bytes()).await?;
            self.stream.flush().await
        };
        sent.await.map_err(|error| ProbeError::io(&error))?;
        self.hear(answers).await
    }

    /// The next line, which must be one of these if there are any.
    async fn hear(&mut self, answers: &[&str]) -> Result<String, ProbeError> {
        let mut line = String::new();
        let read = (&mut self.stream).take(LONGEST_LINE).read_line(&mut line).await;
        let begins = answers == [WELCOME];
        match read {
            Err(error) => {
                self.is_closed = begins && is_end(&error);
                return Err(ProbeError::io(&error));
            }
            Ok(0) => {
                self.is_closed = begins;
                return Err(ProbeError::closed());
            }
            Ok(_) => {}
        }
        let line = line.trim_end().to_owned();
        self.log.extend(["< ", &line, "\n"]);
        if answers.is_empty() || answers.contains(&line.as_str()) {
            return Ok(line);
        }
        let shown: String = line.chars().take(80).collect();
        Err(ProbeError::Malformed(format!("{shown:?} in place of {}", answers.join(" or "))))
    }
}

/// Whether an error says that the peer ended the connection.
pub(crate) fn is_end(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionReset, UnexpectedEof};

    matches!(error.kind(), UnexpectedEof | ConnectionReset | ConnectionAborted)
}
