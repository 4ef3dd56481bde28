//! What is made in the cluster for a Gateway, and the parameters for that.

faults! {
    GATEWAY_NAME_LABEL_OMITTED:
        "What is made for a Gateway has the Gateway's name in the label \
         gateway.networking.k8s.io/gateway-name."
        => ["GatewayInfrastructureMetadata"],

    INFRASTRUCTURE_ANNOTATIONS_DROPPED:
        "What is made for a Gateway has the annotations of its spec.infrastructure."
        => ["GatewayInfrastructureMetadata"],

    INFRASTRUCTURE_LABELS_DROPPED:
        "What is made for a Gateway has the labels of its spec.infrastructure."
        => ["GatewayInfrastructureMetadata"],

    INVALID_PARAMETERS_IGNORED:
        "A Gateway whose parametersRef names a kind that is not supported is not accepted."
        => ["GatewayInvalidParametersRef"],

    INVALID_PARAMETERS_REPORTED_AS_INVALID:
        "A Gateway whose parametersRef names a kind that is not supported has Accepted False with \
         reason InvalidParameters."
        => ["GatewayInvalidParametersRef"],
}
