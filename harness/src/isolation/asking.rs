//! What a test sends as routing sees it, whatever its protocol.

use cluster::Kind;
use model::exchange::{
    Answer, Exchange, Exchanges,
    call::{Call, Code, Outcome},
    conversation::{Carrier, Conversation},
};

use crate::isolation::routing::Sample;

/// A request, a call or a conversation.
#[derive(Clone, Debug)]
pub(super) struct Asking {
    /// Routes of this kind answer it.
    pub(super) kind: Kind,
    /// The listener that it names itself.
    pub(super) listener: Option<&'static str>,
    /// What a Gateway sees of it before it answers.
    pub(super) sample: Sample,
    /// What it is, in words.
    pub(super) text: String,
    /// Whether it may be answered as it must be where no route does.
    pub(super) is_for_nobody: bool,
}

impl Asking {
    /// All exchanges of a table.
    pub(super) fn all(exchanges: Exchanges) -> Vec<Self> {
        match exchanges {
            Exchanges::Http(all) => all.iter().map(Self::request).collect(),
            Exchanges::Grpc(all) => all.iter().map(Self::call).collect(),
            Exchanges::Streams(all) => all.iter().map(Self::conversation).collect(),
        }
    }

    fn request(exchange: &Exchange) -> Self {
        Self {
            kind: Kind::HttpRoute,
            listener: None,
            sample: Sample::of_request(&exchange.request),
            text: exchange.request.to_string(),
            is_for_nobody: matches!(exchange.answer, Answer::Status(404 | 421) | Answer::Failure),
        }
    }

    fn call(Call { invocation, outcome }: &Call) -> Self {
        let is_failure = matches!(outcome, Outcome::Status(Code::UNIMPLEMENTED) | Outcome::Failure);
        Self {
            kind: Kind::GrpcRoute,
            listener: None,
            sample: Sample::of_call(invocation),
            text: invocation.to_string(),
            is_for_nobody: is_failure,
        }
    }

    fn conversation(conversation: &Conversation) -> Self {
        let Conversation { opening, .. } = conversation;
        Self {
            kind: match opening.carrier {
                Carrier::Tcp => Kind::TcpRoute,
                Carrier::Tls { .. } => Kind::TlsRoute,
                Carrier::Udp | Carrier::Dns { .. } => Kind::UdpRoute,
            },
            listener: Some(opening.listener),
            sample: Sample::of_stream(opening),
            text: opening.to_string(),
            is_for_nobody: conversation.wants_absence(),
        }
    }
}
