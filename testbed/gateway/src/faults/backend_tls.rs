//! TLS towards backends: `BackendTLSPolicy`, and the certificate that a Gateway shows.

faults! {
    BACKEND_CERTIFICATE_NOT_VERIFIED:
        "A backend is trusted only if an authority of the policy's caCertificateRefs signed its \
         certificate."
        => ["BackendTLSPolicy", "BackendTLSPolicyGRPCRoute"],

    BACKEND_SERVER_NAME_IS_HOST:
        "A backend is asked for by the policy's hostname, whatever the host of the request."
        => ["BackendTLSPolicy", "BackendTLSPolicyConflictResolution"],

    BACKEND_TLS_POLICY_IGNORED:
        "Connections to a backend with a BackendTLSPolicy are made over TLS."
        => [
            "BackendTLSPolicy",
            "BackendTLSPolicyConflictResolution",
            "BackendTLSPolicyGRPCRoute",
            "BackendTLSPolicyInvalidCACertificateRef",
            "BackendTLSPolicyInvalidKind",
            "BackendTLSPolicySANValidation",
            "BackendTLSPolicyTLSRouteTerminate",
            "GatewayTLSBackendClientCertificate",
        ],

    CLIENT_CERTIFICATE_GRANT_NOT_REQUIRED:
        "A clientCertificateRef to another namespace is valid only when a ReferenceGrant there \
         permits it."
        => ["GatewayInvalidTLSBackendConfiguration"],

    CLIENT_CERTIFICATE_GROUP_IGNORED:
        "A clientCertificateRef of an unsupported group sets ResolvedRefs to False with reason \
         InvalidClientCertificateRef."
        => ["GatewayInvalidTLSBackendConfiguration"],

    CLIENT_CERTIFICATE_KIND_IGNORED:
        "A clientCertificateRef of an unsupported kind sets ResolvedRefs to False with reason \
         InvalidClientCertificateRef."
        => ["GatewayInvalidTLSBackendConfiguration"],

    CLIENT_CERTIFICATE_NOT_SHOWN:
        "A backend that asks for a certificate is shown the one of the Gateway's \
         clientCertificateRef."
        => ["GatewayTLSBackendClientCertificate"],

    CONFLICTED_POLICY_ACCEPTED:
        "A policy that does not take precedence at its target has Accepted False with reason \
         Conflicted."
        => ["BackendTLSPolicyConflictResolution"],

    EMPTIED_AUTHORITY_STILL_RESOLVED:
        "A policy whose ConfigMap loses its certificate has ResolvedRefs False, though the policy \
         itself did not change."
        => ["BackendTLSPolicy"],

    FOREIGN_POLICY_ANCESTOR_DROPPED:
        "Entries in a policy's status.ancestors that other controllers wrote are preserved."
        => ["BackendTLSPolicyPreserveForeignStatus", "PolicyAttachmentPreserveForeignStatus"],

    FOREIGN_POLICY_ANCESTOR_REWRITTEN:
        "Entries in a policy's status.ancestors that other controllers wrote are preserved as they \
         are."
        => ["BackendTLSPolicyPreserveForeignStatus", "PolicyAttachmentPreserveForeignStatus"],

    GATEWAY_RESOLVED_REFS_OMITTED:
        "A Gateway with a clientCertificateRef says by its condition ResolvedRefs what came of it."
        => ["GatewayInvalidTLSBackendConfiguration", "GatewayTLSBackendClientCertificate"],

    HOSTNAME_ALT_NAMES_UNSUPPORTED:
        "A certificate passes that has one of the subjectAltNames of type Hostname."
        => ["BackendTLSPolicySANValidation"],

    INVALID_CLIENT_CERTIFICATE_REJECTS_GATEWAY:
        "A Gateway whose clientCertificateRef does not resolve is accepted all the same."
        => ["GatewayInvalidTLSBackendConfiguration"],

    INVALID_POLICY_FALLS_BACK_TO_CLEAR_TEXT:
        "A backend whose policy has no valid authority is not asked at all: the client gets a 5xx."
        => ["BackendTLSPolicyInvalidCACertificateRef", "BackendTLSPolicyInvalidKind"],

    MALFORMED_AUTHORITY_RESOLVED:
        "A caCertificateRef to a ConfigMap without a certificate sets ResolvedRefs to False with \
         reason InvalidCACertificateRef."
        => ["BackendTLSPolicy", "BackendTLSPolicyInvalidCACertificateRef"],

    MALFORMED_CLIENT_CERTIFICATE_RESOLVED:
        "A clientCertificateRef to a Secret without a usable certificate sets ResolvedRefs to False \
         with reason InvalidClientCertificateRef."
        => ["GatewayInvalidTLSBackendConfiguration"],

    MISSING_AUTHORITY_RESOLVED:
        "A caCertificateRef to a ConfigMap that does not exist sets ResolvedRefs to False with \
         reason InvalidCACertificateRef."
        => ["BackendTLSPolicy", "BackendTLSPolicyInvalidCACertificateRef"],

    MISSING_CLIENT_CERTIFICATE_RESOLVED:
        "A clientCertificateRef to a Secret that does not exist sets ResolvedRefs to False with \
         reason InvalidClientCertificateRef."
        => ["GatewayInvalidTLSBackendConfiguration"],

    NEW_AUTHORITY_IGNORED:
        "A caCertificateRef resolves as soon as its ConfigMap is there, though the policy was there \
         before."
        => ["BackendTLSPolicy"],

    NEWER_POLICY_WINS:
        "Of two policies with one target the older one takes precedence, then the first one by name."
        => ["BackendTLSPolicyConflictResolution"],

    POLICY_AUTHORITY_KIND_REASON_IS_REF:
        "A caCertificateRef of an unsupported kind sets ResolvedRefs to False with reason \
         InvalidKind."
        => ["BackendTLSPolicyInvalidKind"],

    POLICY_OBSERVED_GENERATION_STALE:
        "Conditions of a policy carry the generation of the spec that they were computed from."
        => [
            "BackendTLSPolicy",
            "BackendTLSPolicyObservedGenerationBump",
            "BackendTLSPolicyPreserveForeignStatus",
            "PolicyAttachmentObservedGenerationBump",
            "PolicyAttachmentPreserveForeignStatus",
        ],

    POLICY_SECTION_NAME_IGNORED:
        "A policy with a sectionName is for the port of that name alone, and comes before one for \
         the whole Service."
        => ["BackendTLSPolicyConflictResolution"],

    POLICY_WITHOUT_AUTHORITY_ACCEPTED:
        "A policy without a valid caCertificateRef has Accepted False with reason \
         NoValidCACertificate."
        => [
            "BackendTLSPolicy",
            "BackendTLSPolicyInvalidCACertificateRef",
            "BackendTLSPolicyInvalidKind",
        ],

    POLICY_WITHOUT_AUTHORITY_TRUSTS_ANYBODY:
        "A backend whose policy has no valid authority is not trusted."
        => ["BackendTLSPolicyInvalidCACertificateRef", "BackendTLSPolicyInvalidKind"],

    SECOND_ANCESTOR_NOT_REPORTED:
        "A policy has an entry for each Gateway through which it has an effect."
        => ["BackendTLSPolicy"],

    SUBJECT_ALT_NAMES_IGNORED:
        "Where there are subjectAltNames, a certificate passes only if it has one of them."
        => ["BackendTLSPolicySANValidation"],

    URI_ALT_NAMES_UNSUPPORTED:
        "A certificate passes that has one of the subjectAltNames of type URI."
        => ["BackendTLSPolicySANValidation"],
}
