//! What the API server lets in.

faults! {
    /// Of the API server, not of the Gateway: the testbed asks for it.
    ADMISSION_WEBHOOK_REFUSES_EMPTY_RULES:
        "backendRefs may be left out, and an HTTPRoute without them must be taken like any other."
        => ["HTTPRouteNoBackendRefs"],
}
