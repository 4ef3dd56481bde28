//! Who may share an answer: the filter CORS.

faults! {
    CORS_ANSWERS_UNCHANGED:
        "What a backend answers to an origin that is allowed has Access-Control-Allow-Origin, not \
         only the answer to the preflight request."
        => ["HTTPRouteCORS"],

    CORS_CREDENTIALS_ALWAYS_ALLOWED:
        "Without allowCredentials there is no Access-Control-Allow-Credentials."
        => ["HTTPRouteCORS"],

    CORS_CREDENTIALS_OMITTED:
        "With allowCredentials there is Access-Control-Allow-Credentials: true."
        => ["HTTPRouteCORS"],

    CORS_EXPOSED_HEADERS_OMITTED:
        "The headers of exposeHeaders are in Access-Control-Expose-Headers."
        => ["HTTPRouteCORS"],

    CORS_FOREIGN_ORIGIN_ALLOWED:
        "An origin that fits none of allowOrigins gets no Access-Control-Allow-Origin."
        => ["HTTPRouteCORS"],

    CORS_FOREIGN_ORIGIN_REFUSED:
        "Requests from an origin that is not allowed reach the backend: it is the browser that \
         keeps the answer from the script."
        => ["HTTPRouteCORS"],

    CORS_HEADERS_OMITTED:
        "The headers of allowHeaders are in Access-Control-Allow-Headers."
        => ["HTTPRouteCORS"],

    CORS_MAX_AGE_IGNORED:
        "Access-Control-Max-Age is the maxAge of the filter."
        => ["HTTPRouteCORS"],

    CORS_METHODS_OMITTED:
        "The methods of allowMethods are in Access-Control-Allow-Methods."
        => ["HTTPRouteCORS"],

    CORS_PREFLIGHT_FORWARDED:
        "The Gateway answers preflight requests itself."
        => ["HTTPRouteCORS"],

    CORS_WILDCARD_MATCHES_ONE_LABEL:
        "A wildcard in an origin stands for any number of labels: https://*.bar.com fits \
         https://xpto.www.bar.com."
        => ["HTTPRouteCORS"],

    CORS_WILDCARD_WITH_CREDENTIALS:
        "With allowCredentials no header of the answer may be a wildcard: what was asked for \
         stands in its place."
        => ["HTTPRouteCORS"],
}
