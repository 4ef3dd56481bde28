//! The images of the echo backends that tests bring, in versions before the newest.

use std::borrow::Cow;

use harness::model::version::SuiteVersion;

const NEWEST: &str = "registry.k8s.io/gateway-api/conformance/echo-basic:v0.1.0";

/// What speaks TCP or UDP in these came later to v1.6.3 than the rest of its fixtures.
const LATE: [&str; 4] = [
    "reference-grant/udp-",
    "tcp-route/multiple-routes-attachment.",
    "tcp-route/weighted-routing.",
    "udp-route/",
];

/// The text of a manifest as a version has it, given that of the newest.
pub(crate) fn of_version(
    text: &'static str,
    path: &str,
    version: SuiteVersion,
) -> Cow<'static, str> {
    let is_late = LATE.iter().any(|begin| path.starts_with(begin));
    let image = match version {
        SuiteVersion::V1_6_3 if is_late => "registry.k8s.io/gateway-api/echo-basic:v1.6.0-dev.2",
        SuiteVersion::V1_6_3 => "registry.k8s.io/gateway-api/echo-basic:v1.5.1",
        SuiteVersion::V1_7_0 => return text.into(),
    };
    if text.contains(NEWEST) { text.replace(NEWEST, image).into() } else { text.into() }
}
