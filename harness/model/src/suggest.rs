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

fn hint(nearest: Option<&str>) -> String {
    nearest.map(|name| format!("; did you mean \"{name}\"?")).unwrap_or_default()
}

/// How alike two names must be for one to be offered in place of the other.
const NEAR_ENOUGH: f64 = 0.7;

/// The one of `known` that is most like `name`, if any is much like it.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= NEAR_ENOUGH)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
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
