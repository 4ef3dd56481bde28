//! What a test speaks with echo backends through a Gateway, in TCP, TLS and UDP.

use jiff::Timestamp;
use model::{
    exchange::conversation::Conversation,
    timeouts::Limit,
    verdict::{Failure, Verdict},
};
use probe::Place;

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
        let subject = self.gateway.subject();
        let label = format!("Gateway {}", self.gateway.name());
        let placed = self.placed(conversations)?;
        subject.notes.step(format!("{} conversations at {label}", conversations.len()));
        let prober = subject.prober_since_status().await;
        let began = Timestamp::now();
        let rows = prober.converse_all(&placed, &self.trusted).await;
        let name = |index: usize| conversations[index].opening.to_string();
        subject.judge_rows(rows, began, &label, name)
    }

    /// Beside the verdict: these conversations, which were never allowed, should end as they say. Asked for a second at
    /// most but under `--strict`: only what is steadily wrong is told.
    ///
    /// # Errors
    ///
    /// An error if the Gateway has no such listener, or the test did not declare one of them.
    pub async fn should_give(
        &self,
        rule: &str,
        spec: &str,
        conversations: &[Conversation],
    ) -> Verdict {
        let (placed, subject) = (self.placed(conversations)?, self.gateway.subject());
        let Some(prober) = subject.prober_in_passing().await else { return Ok(()) };
        let (_, mismatches) = prober.converse_all(&placed, &self.trusted).await;
        subject.findings(rule, spec, mismatches);
        Ok(())
    }

    /// As [`Self::should_give`], under `--strict` alone: for what a second does not tell. So it is where they ended
    /// otherwise before, and where it is the session at the backend that fails.
    ///
    /// # Errors
    ///
    /// As [`Self::should_give`].
    pub async fn should_come_to_give(
        &self,
        rule: &str,
        spec: &str,
        conversations: &[Conversation],
    ) -> Verdict {
        if !self.gateway.subject().session.is_strict() {
            return Ok(());
        }
        self.should_give(rule, spec, conversations).await
    }

    /// Conversations like this one must be spread over the backends with these names in these shares, by a
    /// sequential test: 3 percentage points off pass, 6 do not.
    ///
    /// # Errors
    ///
    /// A failure with the shares that were observed; an error if the Gateway has no such listener.
    pub async fn must_share(&self, conversation: &Conversation, shares: &[(&str, f64)]) -> Verdict {
        let (place, subject) = (self.place(conversation)?, self.gateway.subject());
        let prober = subject.prober_since_status().await;
        let measured = prober.conversation_shares(&place, conversation, &self.trusted, shares);
        subject.judge_shares(shares.len(), measured).await
    }

    /// This conversation must end as it says each of so many times in a row within a limit, once it did three times:
    /// for what would go wrong for some of them only.
    ///
    /// # Errors
    ///
    /// A failure with the first that did not; an error if the Gateway has no such listener.
    pub async fn must_give_each_time(
        &self,
        conversation: &Conversation,
        times: u32,
        within: Limit,
    ) -> Verdict {
        let (place, subject) = (self.place(conversation)?, self.gateway.subject());
        subject.notes.step(format!("{times} conversations in a row at {}", place.label));
        let prober = subject.prober_within(within).await;
        let unbroken =
            prober.unbroken_conversation(&place, conversation, &self.trusted, times).await;
        unbroken.map_err(|mismatch| Failure::of(mismatch).into())
    }

    /// Conversations, each with where it begins.
    fn placed(&self, conversations: &[Conversation]) -> Verdict<Vec<(Place, Conversation)>> {
        let placed = conversations.iter().map(|it| Ok((self.place(it)?, *it)));
        placed.collect()
    }

    /// Where a conversation begins, which was declared.
    fn place(&self, conversation: &Conversation) -> Verdict<Place> {
        let Self { gateway, .. } = self;
        gateway.subject().declared_streams(gateway.name(), std::slice::from_ref(conversation))?;
        Ok(gateway.place(gateway.port_named(conversation.opening.listener)?))
    }
}
