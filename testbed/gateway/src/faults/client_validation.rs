//! Which clients are let in: `Gateway.spec.tls.frontend`.

faults! {
    AUTHORITY_REFERENCE_GRANT_NOT_REQUIRED:
        "A caCertificateRef to another namespace is valid only when a ReferenceGrant there permits \
         it."
        => ["GatewayInvalidFrontendClientCertificateValidation"],

    CLIENT_AUTHORITY_KIND_REASON_IS_REF:
        "A caCertificateRef of an unsupported kind sets ResolvedRefs to False with reason \
         InvalidCACertificateKind."
        => ["GatewayInvalidFrontendClientCertificateValidation"],

    CLIENT_CERTIFICATES_NOT_VERIFIED:
        "A client is let in only if an authority of caCertificateRefs signed its certificate."
        => ["GatewayFrontendClientCertificateValidation"],

    CLIENTS_NOT_VALIDATED:
        "Clients of HTTPS listeners are asked for a certificate where the Gateway's frontend wants \
         one."
        => [
            "GatewayFrontendClientCertificateValidation",
            "GatewayFrontendClientCertificateValidationInsecureFallback",
            "GatewayFrontendInvalidDefaultClientCertificateValidation",
            "GatewayInvalidFrontendClientCertificateValidation",
        ],

    INSECURE_FALLBACK_IGNORED:
        "With mode AllowInsecureFallback clients are let in without a valid certificate too."
        => ["GatewayFrontendClientCertificateValidationInsecureFallback"],

    INSECURE_FALLBACK_NOT_REPORTED:
        "A Gateway with mode AllowInsecureFallback says so by its condition \
         InsecureFrontendValidationMode."
        => ["GatewayFrontendClientCertificateValidationInsecureFallback"],

    INSECURE_FALLBACK_WANTS_CERTIFICATE:
        "With mode AllowInsecureFallback clients are let in that have no certificate at all."
        => ["GatewayFrontendClientCertificateValidationInsecureFallback"],

    INVALID_CLIENT_VALIDATION_STOPS_ALL_LISTENERS:
        "A listener without a valid caCertificateRef for its clients takes no other listener with it."
        => [
            "GatewayFrontendInvalidDefaultClientCertificateValidation",
            "GatewayInvalidFrontendClientCertificateValidation",
        ],

    LISTENER_WITHOUT_AUTHORITY_ACCEPTED:
        "A listener without a valid caCertificateRef for its clients has Accepted False with reason \
         NoValidCACertificate."
        => [
            "GatewayFrontendInvalidDefaultClientCertificateValidation",
            "GatewayInvalidFrontendClientCertificateValidation",
        ],

    LISTENER_WITHOUT_AUTHORITY_PROGRAMMED:
        "A listener without a valid caCertificateRef for its clients is not Programmed."
        => [
            "GatewayFrontendInvalidDefaultClientCertificateValidation",
            "GatewayInvalidFrontendClientCertificateValidation",
        ],

    LISTENER_WITHOUT_AUTHORITY_SERVED:
        "A listener without a valid caCertificateRef for its clients lets no one in."
        => ["GatewayFrontendInvalidDefaultClientCertificateValidation"],

    MISSING_CLIENT_AUTHORITY_RESOLVED:
        "A caCertificateRef to a ConfigMap that does not exist sets ResolvedRefs to False with \
         reason InvalidCACertificateRef."
        => [
            "GatewayFrontendInvalidDefaultClientCertificateValidation",
            "GatewayInvalidFrontendClientCertificateValidation",
        ],

    PER_PORT_CLIENT_VALIDATION_IGNORED:
        "What the Gateway's frontend says for a port counts there in place of its default."
        => [
            "GatewayFrontendClientCertificateValidation",
            "GatewayInvalidFrontendClientCertificateValidation",
        ],
}
