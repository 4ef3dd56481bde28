//! The certificates of listeners.

faults! {
    CERTIFICATE_GROUP_IGNORED:
        "A certificateRef of an unsupported group sets ResolvedRefs to False with reason \
         InvalidCertificateRef."
        => ["GatewayInvalidTLSConfiguration"],

    CERTIFICATE_KIND_IGNORED:
        "A certificateRef of an unsupported kind sets ResolvedRefs to False with reason \
         InvalidCertificateRef."
        => ["GatewayInvalidTLSConfiguration"],

    CERTIFICATE_REFERENCE_GRANT_NOT_REQUIRED:
        "A certificateRef to another namespace is valid only when a ReferenceGrant there permits \
         it."
        => [
            "GatewaySecretInvalidReferenceGrant",
            "GatewaySecretMissingReferenceGrant",
            "ListenerSetReferenceGrant",
        ],

    MALFORMED_CERTIFICATE_RESOLVED:
        "A certificateRef to a Secret without a usable certificate sets ResolvedRefs to False with \
         reason InvalidCertificateRef."
        => ["GatewayInvalidTLSConfiguration"],

    MISSING_CERTIFICATE_RESOLVED:
        "A certificateRef to a Secret that does not exist sets ResolvedRefs to False with reason \
         InvalidCertificateRef."
        => ["GatewayInvalidTLSConfiguration", "GatewayWithAttachedRoutes"],

    NEW_SECRET_IGNORED:
        "A certificateRef resolves as soon as its Secret is there, though the Gateway was there \
         before."
        => [
            "BackendTLSPolicy",
            "HTTPRouteHTTPSListener",
            "HTTPRouteHTTPSListenerDetectMisdirectedRequests",
            "HTTPRouteRedirectPortAndScheme",
        ],

    REFUSED_CERTIFICATE_REASON_IS_INVALID:
        "A certificateRef that no ReferenceGrant permits sets ResolvedRefs to False with reason \
         RefNotPermitted."
        => [
            "GatewaySecretInvalidReferenceGrant",
            "GatewaySecretMissingReferenceGrant",
            "ListenerSetReferenceGrant",
        ],

    SECRET_LOOKED_UP_BEFORE_GRANT:
        "Without a ReferenceGrant nothing is revealed of another namespace, not even whether the \
         Secret exists."
        => ["GatewaySecretMissingReferenceGrant"],
}
