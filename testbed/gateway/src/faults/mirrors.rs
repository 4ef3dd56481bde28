//! Copies of requests for other backends.

faults! {
    EVERY_OTHER_REQUEST_MIRRORED:
        "Without a percentage or a fraction every request is mirrored."
        => ["HTTPRouteRequestMirror", "HTTPRouteRequestMultipleMirrors"],

    MIRROR_ASKED_FOR_ROOT:
        "A copy for a mirror has the path of its request."
        => [
            "HTTPRouteRequestMirror",
            "HTTPRouteRequestMultipleMirrors",
            "HTTPRouteRequestPercentageMirror",
        ],

    MIRROR_DENOMINATOR_IGNORED:
        "The fraction of the requests that is mirrored has a denominator."
        => ["HTTPRouteRequestPercentageMirror"],

    MIRROR_EXCLUDES_HEADER_MODIFIER:
        "A rule that mirrors requests modifies their headers too."
        => [
            "HTTPRouteRequestMirror",
            "HTTPRouteRequestMultipleMirrors",
            "HTTPRouteRequestPercentageMirror",
        ],

    MIRROR_FRACTION_IGNORED:
        "The fraction of the requests that is mirrored may be given, too."
        => ["HTTPRouteRequestPercentageMirror"],

    MIRROR_IGNORED:
        "A mirror gets copies of the requests."
        => [
            "HTTPRouteRequestMirror",
            "HTTPRouteRequestMultipleMirrors",
            "HTTPRouteRequestPercentageMirror",
        ],

    MIRROR_PERCENT_IGNORED:
        "Only so many percent of the requests are mirrored."
        => ["HTTPRouteRequestPercentageMirror"],

    MIRROR_SHARE_EXCEEDED:
        "The share of the requests that is mirrored is as it was given, and not 7 points more."
        => ["HTTPRouteRequestPercentageMirror"],

    MIRROR_TAKES_REQUEST_AWAY:
        "What is mirrored reaches the backend as well, and the backend answers."
        => [
            "HTTPRouteRequestMirror",
            "HTTPRouteRequestMultipleMirrors",
            "HTTPRouteRequestPercentageMirror",
        ],

    ONLY_FIRST_MIRROR_USED:
        "Each mirror of a rule gets copies of the requests."
        => ["HTTPRouteRequestMultipleMirrors"],
}
