//! Names that follow from content, so that a repeated reconciliation meets its own objects in place
//! of making others beside them.

/// The letters of generated Kubernetes names: no vowels, no digits that look like one.
const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

/// `length` letters that depend on each of `parts` and their order.
pub(crate) fn hash(parts: &[&[u8]], length: usize) -> String {
    let mut rest = fnv1a(parts);
    let letters = std::iter::repeat_with(|| {
        let letter = ALPHABET[(rest % ALPHABET.len() as u64) as usize];
        rest /= ALPHABET.len() as u64;
        char::from(letter)
    });
    letters.take(length).collect()
}

/// FNV-1a: stable between versions of Rust, which the standard library's hashers are not.
fn fnv1a(parts: &[&[u8]]) -> u64 {
    // The separator keeps ("ab", "c") and ("a", "bc") apart; it is no byte of UTF-8.
    let bytes = parts.iter().flat_map(|part| part.iter().chain(&[0xff]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_depends_on_each_part() {
        assert_eq!(hash(&[b"a", b"b"], 5), hash(&[b"a", b"b"], 5));
        assert_ne!(hash(&[b"ab", b"c"], 5), hash(&[b"a", b"bc"], 5));
        assert!(hash(&[b"a"], 10).bytes().all(|letter| ALPHABET.contains(&letter)));
    }
}
