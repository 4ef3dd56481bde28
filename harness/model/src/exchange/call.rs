//! Unary calls in gRPC as data: what is called through a Gateway and what must come of it.

use std::{fmt, str::FromStr};

use super::backend::Backend;
use crate::suggest::{Unknown, lookup};

/// The service that the gRPC echo backends offer. `Echo` and `EchoTwo` are its methods; the third one of
/// its description, `EchoThree`, is not there.
pub const GRPC_ECHO: &str = "gateway_api_conformance.echo_basic.grpcecho.GrpcEcho";

/// A call and what must come of it.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// What is called.
    pub invocation: Invocation<'static>,
    /// What must come of it.
    pub outcome: Outcome,
}

/// What is called, with an empty message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invocation<'a> {
    /// The service, with its package.
    pub service: &'a str,
    /// The method.
    pub method: &'a str,
    /// The authority; the Gateway's own address if there is none.
    pub host: Option<&'a str>,
    /// The metadata, with one value each.
    pub metadata: &'a [(&'a str, &'a str)],
}

/// What must come of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// OK from this backend, which was called by that service and method.
    Echo(Backend),
    /// This status; nothing else is looked at.
    Status(Code),
    /// Any status but OK, as where no backend may be trusted.
    Failure,
}

/// A status of gRPC, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code(pub u32);

impl Code {
    /// The call succeeded.
    pub const OK: Self = Self(0);
    /// The caller, or who is between, gave the call up.
    const CANCELLED: Self = Self(1);
    /// What failed has no other status.
    pub const UNKNOWN: Self = Self(2);
    /// It took too long.
    const DEADLINE_EXCEEDED: Self = Self(4);
    /// The caller may not do it.
    pub const PERMISSION_DENIED: Self = Self(7);
    /// Who serves it is busy.
    const RESOURCE_EXHAUSTED: Self = Self(8);
    /// Nobody serves the method: what a 404 is in HTTP.
    pub const UNIMPLEMENTED: Self = Self(12);
    /// An error of who serves it.
    pub const INTERNAL: Self = Self(13);
    /// Who serves it is not there at the moment.
    pub const UNAVAILABLE: Self = Self(14);
    /// It is not known who the caller is.
    pub const UNAUTHENTICATED: Self = Self(16);

    /// The standard names, in the order of their numbers.
    const NAMES: [&str; 17] = [
        "OK",
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED",
    ];

    /// Whether it says that somebody is busy or not there at the moment, and not what a Gateway does with
    /// such calls.
    pub const fn is_passing(self) -> bool {
        matches!(
            self,
            Self::CANCELLED
                | Self::DEADLINE_EXCEEDED
                | Self::RESOURCE_EXHAUSTED
                | Self::UNAVAILABLE
        )
    }
}

/// A call of a method, to be completed with what must come of it.
pub const fn call<'a>(service: &'a str, method: &'a str) -> Invocation<'a> {
    Invocation { service, method, host: None, metadata: &[] }
}

impl<'a> Invocation<'a> {
    /// With this authority.
    pub const fn host(self, host: &'a str) -> Self {
        Self { host: Some(host), ..self }
    }

    /// With this metadata.
    pub const fn with(self, metadata: &'a [(&'a str, &'a str)]) -> Self {
        Self { metadata, ..self }
    }

    /// The path of the request that it is in HTTP.
    pub fn path(&self) -> String {
        format!("/{}/{}", self.service, self.method)
    }
}

impl Invocation<'static> {
    /// Must be answered OK by this backend.
    pub const fn reaches(self, backend: Backend) -> Call {
        Call { invocation: self, outcome: Outcome::Echo(backend) }
    }

    /// Must end with this status.
    pub const fn is(self, code: Code) -> Call {
        Call { invocation: self, outcome: Outcome::Status(code) }
    }

    /// Must end with any status but OK.
    pub const fn fails(self) -> Call {
        Call { invocation: self, outcome: Outcome::Failure }
    }
}

impl Call {
    /// Whether a data plane that is not programmed yet, or no more, may give the outcome too.
    pub const fn wants_absence(&self) -> bool {
        matches!(self.outcome, Outcome::Status(_) | Outcome::Failure)
    }
}

impl fmt::Display for Invocation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.service, self.method)?;
        if let Some(host) = self.host {
            write!(f, " (authority {host})")?;
        }
        for (name, value) in self.metadata {
            write!(f, " {name}={value}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Echo(backend) => write!(f, "{} from {backend}", Code::OK),
            Self::Status(code) => write!(f, "{code}"),
            Self::Failure => write!(f, "any status but {}", Code::OK),
        }
    }
}

impl FromStr for Code {
    type Err = Unknown;

    fn from_str(name: &str) -> Result<Self, Unknown> {
        lookup("status of gRPC", name, Self::NAMES.into_iter().zip((0..).map(Self)))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Self::NAMES.get(self.0 as usize) {
            Some(name) => f.write_str(name),
            None => write!(f, "status {}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::INFRA;

    #[test]
    fn a_call_says_what_it_is_in_one_line() {
        let backend = Backend { name: "grpc-infra-backend-v1", namespace: INFRA };
        let Call { invocation, outcome } =
            call("a.B", "Get").host("a.com").with(&[("version", "one")]).reaches(backend);
        assert_eq!(invocation.to_string(), "a.B/Get (authority a.com) version=one");
        assert_eq!(outcome.to_string(), format!("OK from grpc-infra-backend-v1 in {INFRA}"));
        assert_eq!(invocation.path(), "/a.B/Get");
    }

    #[test]
    fn a_code_has_its_standard_name() {
        assert_eq!(Code::UNIMPLEMENTED.to_string(), "UNIMPLEMENTED");
        assert_eq!(Code::UNAVAILABLE.to_string(), "UNAVAILABLE");
        assert_eq!(Code(16).to_string(), "UNAUTHENTICATED");
        assert_eq!(Code(99).to_string(), "status 99");
    }
}
