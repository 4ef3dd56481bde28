//! Unknown names, answered with the nearest known one.

use thiserror::Error;

/// A name that stands for nothing of its kind.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("unknown {kind} \"{name}\"{}", hint(.nearest.as_deref()))]
pub struct Unknown {
    kind: &'static str,
    name: String,
    nearest: Option<String>,
}

impl Unknown {
    /// What the name should have named: "feature", "profile", "test", …
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The known name that is nearest to it, if one is near enough to be meant.
    pub fn nearest(&self) -> Option<&str> {
        self.nearest.as_deref()
    }
}

/// What to say where a name stands for nothing: the one that may be meant.
pub fn hint(nearest: Option<&str>) -> String {
    nearest.map(|name| format!("; did you mean \"{name}\"?")).unwrap_or_default()
}

/// How alike two names must be for one to be offered in place of the other.
const NEAR_ENOUGH: f64 = 0.7;

/// The one of `known` that is most like `name`, if any is much like it.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (likeness(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= NEAR_ENOUGH)
        // Of equals the first.
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map(|(_, candidate)| candidate)
}

/// From 0 to 1. A part of a name is much like it: `HTTP` is meant for `GATEWAY-HTTP`.
fn likeness(wanted: &str, candidate: &str) -> f64 {
    const PART: f64 = 0.9;
    let alike = strsim::jaro_winkler(wanted, candidate);
    let is_part = wanted.len() > 2 && candidate.contains(wanted);
    if is_part { alike.max(PART) } else { alike }
}

/// The value that `name` stands for among `known`.
///
/// # Errors
///
/// [`Unknown`], with the nearest known name, when there is none. Case counts.
pub fn lookup<'a, T>(
    kind: &'static str,
    name: &str,
    known: impl IntoIterator<Item = (&'a str, T)>,
) -> Result<T, Unknown> {
    let mut names = Vec::new();
    for (candidate, value) in known {
        if candidate == name {
            return Ok(value);
        }
        names.push(candidate);
    }
    Err(Unknown { kind, name: name.to_owned(), nearest: nearest(name, names).map(str::to_owned) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_name_is_offered_the_whole() {
        assert_eq!(nearest("HTTP", ["GATEWAY-GRPC", "GATEWAY-HTTP"]), Some("GATEWAY-HTTP"));
        assert_eq!(nearest("GATEWAY-HTPT", ["GATEWAY-GRPC", "GATEWAY-HTTP"]), Some("GATEWAY-HTTP"));
        assert_eq!(nearest("frobnicate", ["GATEWAY-GRPC", "GATEWAY-HTTP"]), None);
    }
}
