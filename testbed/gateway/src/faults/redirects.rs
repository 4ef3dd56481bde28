//! Redirects: their status, and the parts of their Location.

faults! {
    REDIRECT_DROPS_PORT:
        "A RequestRedirect without scheme and port keeps the port of the listener."
        => ["HTTPRouteRedirectPortAndScheme"],

    REDIRECT_FOR_GET_ONLY:
        "A RequestRedirect answers requests of any method."
        => ["HTTPRoute303Redirect"],

    REDIRECT_HOSTNAME_IGNORED:
        "A RequestRedirect with a hostname has it in the Location."
        => [
            "HTTPRouteRedirectHostAndStatus",
            "HTTPRouteRedirectPath",
            "HTTPRouteRedirectPort",
            "HTTPRouteRedirectPortAndScheme",
            "HTTPRouteRedirectScheme",
        ],

    REDIRECT_PATH_DROPPED:
        "A RequestRedirect without a path keeps the request's."
        => [
            "HTTPRoute303Redirect",
            "HTTPRoute307Redirect",
            "HTTPRoute308Redirect",
            "HTTPRouteRedirectHostAndStatus",
            "HTTPRouteRedirectPort",
            "HTTPRouteRedirectPortAndScheme",
            "HTTPRouteRedirectScheme",
        ],

    REDIRECT_PATH_IGNORED:
        "A RequestRedirect with a path has the changed one in the Location."
        => ["HTTPRouteRedirectPath"],

    REDIRECT_PORT_IGNORED:
        "A RequestRedirect with a port has it in the Location."
        => ["HTTPRouteRedirectPort", "HTTPRouteRedirectPortAndScheme"],

    REDIRECT_SCHEME_IGNORED:
        "A RequestRedirect with a scheme has it in the Location."
        => ["HTTPRouteRedirectPortAndScheme", "HTTPRouteRedirectScheme"],

    REDIRECT_SCHEME_KEEPS_PORT:
        "A RequestRedirect with a scheme and without a port leads to the well-known port of the \
         scheme."
        => ["HTTPRouteRedirectPortAndScheme", "HTTPRouteRedirectScheme"],

    REDIRECT_STATUS_ALWAYS_302:
        "A RequestRedirect answers with its statusCode."
        => [
            "HTTPRoute303Redirect",
            "HTTPRoute307Redirect",
            "HTTPRoute308Redirect",
            "HTTPRouteRedirectHostAndStatus",
            "HTTPRouteRedirectPath",
            "HTTPRouteRedirectPort",
            "HTTPRouteRedirectScheme",
        ],
}
