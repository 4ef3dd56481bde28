//! Names as DNS has them.

/// Whether a name is one label of a DNS name: lower case, digits and inner dashes, 63 at most.
pub fn is_dns_label(name: &str) -> bool {
    name.len() <= 63 && is_dns_part(name)
}

/// Whether a name is like a label of a DNS name but for its length.
fn is_dns_part(name: &str) -> bool {
    let inner = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
    !name.is_empty()
        && name.bytes().all(|c| inner(c) || c == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// Whether a name is made of DNS labels with dots between. Kubernetes bounds the whole and not
/// its parts.
pub fn is_dns_subdomain(name: &str) -> bool {
    name.len() <= 253 && name.split('.').all(is_dns_part)
}

/// What a hostname of the Gateway API must be, in words.
pub const HOSTNAME: &str =
    "must be a lowercase RFC 1123 hostname, whose first label may be a wildcard";

/// Whether a name is a hostname of the Gateway API.
pub fn is_hostname(name: &str) -> bool {
    is_dns_subdomain(name.strip_prefix("*.").unwrap_or(name))
}
