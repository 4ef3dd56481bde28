//! Addresses that Gateways ask for.

faults! {
    /// The applier of the Go suite drops such an entry, so that no test of it notices.
    ADDRESS_WITHOUT_VALUE_REFUSED:
        "A Gateway that asks for an address of a type, and not for which, is given one."
        => ["GatewayOptionalAddressValue"],

    REQUESTED_ADDRESS_LISTED_WITH_ANOTHER:
        "A Gateway that asks for an address has no others than those that it asks for."
        => ["GatewayStaticAddresses"],

    REQUESTED_ADDRESS_OF_ANOTHER_TYPE:
        "An address that a Gateway asked for has in its status the type that it has in its spec."
        => ["GatewayStaticAddresses"],

    REQUESTED_ADDRESS_REPLACED:
        "A Gateway that asks for an address has that one, and not another that is free."
        => ["GatewayStaticAddresses"],

    UNKNOWN_ADDRESS_TYPE_ACCEPTED:
        "A Gateway that asks for an address of a type that is not supported has Accepted False with \
         reason UnsupportedAddress."
        => ["GatewayStaticAddresses"],

    UNUSABLE_ADDRESS_IGNORED:
        "A Gateway that asks for an address that it cannot have is not Programmed, though it can have \
         others."
        => ["GatewayStaticAddresses"],

    UNUSABLE_ADDRESS_REJECTS_GATEWAY:
        "A Gateway that asks for an address that it cannot have is Accepted all the same."
        => ["GatewayStaticAddresses"],
}
