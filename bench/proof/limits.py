"""Limits for runs that are to fail soon: both suites get the same ones.

The testbed here reacts within milliseconds, so that seconds are generous; the Go suite takes whole
seconds only. `bench/faults --fault-free N` shows that both pass with them where there is no fault.
"""

_STATUS = (
    "GatewayMustHaveAddress",
    "GatewayMustHaveCondition",
    "GatewayStatusMustHaveListeners",
    "GatewayListenersMustHaveConditions",
    "GWCMustBeAccepted",
    "ListenerSetMustHaveCondition",
    "ListenerSetListenersMustHaveConditions",
    "HTTPRouteMustNotHaveParents",
    "HTTPRouteMustHaveCondition",
    "RouteMustHaveParents",
    "LatestObservedGenerationSet",
)

SHORT = ";".join(
    [
        *(f"{name}:5" for name in _STATUS),
        "MaxTimeToConsistency:5",
        "RequestTimeout:3",
        # The Go suite waits within these for all Gateways of a namespace, and for several statuses.
        "NamespacesMustBeReady:15",
        "DefaultTestTimeout:20",
    ]
)
