//! Gateway: `infrastructure.parametersRef` of a kind that no implementation knows.

use harness::prelude::*;

pub static TEST: Test = Test {
    name: "GatewayInvalidParametersRef",
    requirement: "A Gateway whose infrastructure.parametersRef names a kind that is not supported \
                  MUST have Accepted=False with reason InvalidParameters.",
    spec: "apis/v1/gateway_types.go#GatewayReasonInvalidParameters",
    features: &[Feature::Gateway, Feature::GatewayInfrastructure],
    manifests: &["gateway/invalid-parameters-ref.yaml"],
    run: |subject| Box::pin(run(subject)),
    ..Test::DEFAULT
};

async fn run(subject: &Subject) -> Verdict {
    let gateway = subject.gateway_object("gateway-invalid-parameters-ref");
    gateway.must_be_current().await?;
    gateway.must_be(&[Accepted.no(Reason::InvalidParameters)]).await
}
