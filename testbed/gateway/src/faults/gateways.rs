//! Gateways and their classes: what is accepted and programmed as a whole.

faults! {
    GATEWAY_ACCEPTED_WITHOUT_VALID_LISTENER:
        "A Gateway without any valid listener has Accepted False with reason ListenersNotValid."
        => ["GatewayListenerUnsupportedProtocol"],

    GATEWAY_CLASS_FINALIZER_KEPT:
        "A GatewayClass that no Gateway uses can be removed: the finalizer for those in use does \
         not stay."
        => [
            "GatewayClassObservedGenerationBump",
            "PolicyAttachmentCascade",
            "PolicyAttachmentGatewayClass",
        ],

    GATEWAY_NEVER_PROGRAMMED:
        "A Gateway that is served is Programmed, not only its listeners."
        => ["HTTPRouteCrossNamespace", "ListenerSetAllowedRoutesNamespaces"],

    INVALID_LISTENER_NOT_REPORTED_ON_GATEWAY:
        "A Gateway with some invalid listeners is Accepted with reason ListenersNotValid."
        => ["GatewayListenerUnsupportedProtocol"],

    LONG_GATEWAY_NAME_IGNORED:
        "The name of a Gateway may have up to 253 characters."
        => ["GatewayNameMaximumLength"],

    ONLY_FIRST_GATEWAY_CLASS_ACCEPTED:
        "A controller accepts every GatewayClass that names it."
        => ["GatewayClassObservedGenerationBump"],

    UNSUPPORTED_PROTOCOL_REJECTS_GATEWAY:
        "A Gateway with at least one valid listener is accepted."
        => [
            "GatewayFrontendInvalidDefaultClientCertificateValidation",
            "GatewayInvalidFrontendClientCertificateValidation",
            "GatewayListenerUnsupportedProtocol",
        ],
}
