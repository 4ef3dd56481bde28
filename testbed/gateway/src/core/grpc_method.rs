//! Which methods of which services a match of a `GRPCRoute` takes.

use super::route::GrpcMethod;
use super::value_pattern::ValuePattern;
use crate::faults::{self, Faults};

/// A compiled method match: what is not given fits all.
#[derive(Debug, Clone)]
pub struct MethodMatch {
    service: Option<ValuePattern>,
    method: Option<ValuePattern>,
    /// The characters of the route's service and method, which decide the precedence.
    lengths: (usize, usize),
}

impl MethodMatch {
    /// Compiles a match. The error says which value is not supported, and why.
    pub fn compile(source: &GrpcMethod) -> Result<Self, String> {
        let pattern = |value: &Option<String>| {
            let value = value.as_deref();
            value.map(|value| ValuePattern::compile(source.r#type.as_deref(), value)).transpose()
        };
        let length =
            |value: &Option<String>| value.as_ref().map_or(0, |value| value.chars().count());
        Ok(Self {
            service: pattern(&source.service)?,
            method: pattern(&source.method)?,
            lengths: (length(&source.service), length(&source.method)),
        })
    }

    /// Whether a call fits, whose path is `/service/method`.
    pub fn matches(&self, path: &str, faults: &Faults) -> bool {
        let call = path.strip_prefix('/').and_then(|call| call.split_once('/'));
        let fits = |pattern: &Option<ValuePattern>, value: &str| {
            pattern.as_ref().is_none_or(|pattern| pattern.matches(value))
        };
        call.is_some_and(|(service, method)| {
            fits(&self.service, service)
                && (fits(&self.method, method) || faults.has(faults::GRPC_METHOD_IGNORED))
        })
    }

    /// The characters of the service and of the method: of two matches that fit, the one with more
    /// wins, first by the service.
    pub fn lengths(&self) -> (usize, usize) {
        self.lengths
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_and_methods() {
        for (source, path, expected) in [
            ("{service: a.B, method: Get}", "/a.B/Get", true),
            ("{service: a.B, method: Get}", "/a.B/get", false),
            ("{service: a.B, method: Get}", "/a.B/GetAll", false),
            ("{service: a.B, method: Get}", "/a.C/Get", false),
            ("{service: a.B}", "/a.B/Get", true),
            ("{service: a.B}", "/a.Bee/Get", false),
            ("{service: a.B}", "/a.B", false),
            ("{method: Get}", "/a.C/Get", true),
            ("{method: Get}", "/a.C/Put", false),
            ("{}", "/a.C/Get", true),
            ("{type: RegularExpression, service: 'a[.].', method: G.*}", "/a.C/GetAll", true),
            ("{type: RegularExpression, service: 'a[.].', method: G.*}", "/a.C/ToGet", false),
        ] {
            let source: GrpcMethod = serde_yaml::from_str(source).expect("the match is YAML");
            let compiled = MethodMatch::compile(&source).expect("the match is supported");
            assert_eq!(
                compiled.matches(path, &Faults::default()),
                expected,
                "{source:?} on {path}"
            );
        }
    }
}
