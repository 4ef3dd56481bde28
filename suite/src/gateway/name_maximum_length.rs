//! Gateway: a name as long as the API server permits.
//!
//! Names longer than 63 characters do not fit into labels and the names of Services, which catches
//! implementations that derive those without shortening and then give up on the Gateway.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GatewayNameMaximumLength",
    requirement: "A Gateway with a name of 253 characters MUST be reconciled as any other: its \
                  conditions have the current observedGeneration.",
    spec: "apis/v1/gateway_types.go#GatewayStatus",
    features: &[Feature::Gateway],
    since: SuiteVersion::V1_7_0,
    manifests: &["gateway/name-maximum-length.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

/// 28 characters and three times 75.
const NAME: &str = "gateway-name-maximum-length-\
    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\
    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\
    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

async fn run(subject: &Subject) -> Verdict {
    subject.gateway_object(NAME).must_be_current().await
}
