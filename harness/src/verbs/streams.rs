//! What a test speaks with echo backends through a Gateway, in TCP, TLS and UDP.

use jiff::Timestamp;
use model::{exchange::conversation::Conversation, verdict::Verdict};

use crate::verbs::gateway::Gateway;

/// Conversations through the listeners of a Gateway.
pub struct Streams<'g, 's> {
    gateway: &'g Gateway<'s>,
    trusted: Vec<u8>,
}

impl<'s> Gateway<'s> {
    /// Conversations through its listeners.
    pub fn streams(&self) -> Streams<'_, 's> {
        Streams { gateway: self, trusted: Vec::new() }
    }
}

impl Streams<'_, '_> {
    /// Where these certificates (PEM) are trusted.
    #[must_use]
    pub fn trusting(self, trusted: Vec<u8>) -> Self {
        Self { trusted, ..self }
    }

    /// Each of these conversations must end as it says, all at once: three times in a row within
    /// `MaxTimeToConsistency`.
    ///
    /// # Errors
    ///
    /// A failure with each conversation that did not; an error if the Gateway has no such listener.
    pub async fn must_give(&self, conversations: &[Conversation]) -> Verdict {
        let (gateway, subject) = (self.gateway, self.gateway.subject());
        subject.declared_streams(gateway.name(), conversations)?;
        let label = format!("Gateway {}", gateway.name());
        let mut placed = Vec::new();
        for conversation in conversations {
            let port = gateway.port_named(conversation.opening.listener)?;
            placed.push((gateway.place(port), *conversation));
        }
        subject.notes.step(format!("{} conversations at {label}", conversations.len()));
        let prober = subject.prober_since_status().await;
        let began = Timestamp::now();
        let rows = prober.converse_all(&placed, &self.trusted).await;
        let name = |index: usize| conversations[index].opening.to_string();
        subject.judge_rows(rows, began, &label, name)
    }
}
