//! Why a body could not be read.

/// Why a body could not be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("the body does not begin with the prefix of Kubernetes' protobuf encoding")]
    NoPrefix,
    #[error("the protobuf message ends early or is malformed")]
    Malformed,
    #[error("{kind} of {api_version} is not known in protobuf here; send it as application/json")]
    UnknownKind { api_version: String, kind: String },
}
