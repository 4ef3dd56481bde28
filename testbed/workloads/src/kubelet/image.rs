//! Which images can be run.

use crate::objects::{Container, Pod};

/// What a container does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Program {
    /// Serves as `echo-basic` does.
    Echo,
    /// Answers questions in DNS, as far as that it does: `coredns` of the older fixtures.
    Dns,
    /// Is there and ready, and answers nothing: `echo-advanced` of the mesh tests, `pause`.
    Idle,
}

/// No such image can be had. Says so in the words of a real kubelet.
#[derive(Debug, thiserror::Error)]
#[error("Failed to pull image \"{image}\": the testbed has no such image")]
pub(super) struct Unknown {
    pub(super) container: String,
    image: String,
}

/// The containers of `pod` and what they run.
pub(super) fn programs(pod: &Pod) -> Result<Vec<(&Container, Program)>, Unknown> {
    let containers = pod.spec.iter().flat_map(|spec| &spec.containers);
    let programs = containers.map(|container| {
        let image = container.image.as_deref().unwrap_or_default();
        let unknown = || Unknown { container: container.name.clone(), image: image.to_owned() };
        Ok((container, program(image).ok_or_else(unknown)?))
    });
    programs.collect()
}

/// Registry, tag and digest do not count: the fixtures' versions differ in all three.
fn program(image: &str) -> Option<Program> {
    let path = image.split('@').next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    match last.split(':').next().unwrap_or_default() {
        "echo-basic" => Some(Program::Echo),
        "coredns" => Some(Program::Dns),
        "echo-advanced" | "pause" => Some(Program::Idle),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_known_by_the_end_of_its_path() {
        for echo in [
            "registry.k8s.io/gateway-api/conformance/echo-basic:v0.1.0",
            "registry.k8s.io/gateway-api/echo-basic:v1.5.1",
            "localhost:5000/echo-basic",
            "example.com/echo-basic:v1@sha256:0123",
        ] {
            assert_eq!(program(echo), Some(Program::Echo), "{echo}");
        }
        assert_eq!(program("registry.k8s.io/coredns/coredns:v1.12.2"), Some(Program::Dns));
        assert_eq!(program("example.com/echo-basic/other:v1"), None);
        assert_eq!(program("echo-basic-not"), None);
    }
}
