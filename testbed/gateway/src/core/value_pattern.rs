//! How a value must be: equal to another, or as a regular expression says.

use regex::Regex;

/// A compiled pattern for the whole of a value.
#[derive(Debug, Clone)]
pub enum ValuePattern {
    /// This value alone.
    Exact(String),
    /// What the expression matches from the first character to the last.
    Regex(Regex),
}

impl ValuePattern {
    /// Compiles a pattern of a type, `Exact` unless the route names one. The error says what is not
    /// supported, and why.
    pub fn compile(r#type: Option<&str>, value: &str) -> Result<Self, String> {
        match r#type {
            None | Some("Exact") => Ok(Self::Exact(value.to_owned())),
            Some("RegularExpression") => whole(value).map(Self::Regex),
            Some(other) => Err(format!("matches of type `{other}` are not supported")),
        }
    }

    /// Whether the value is as it must be.
    pub fn matches(&self, value: &str) -> bool {
        match self {
            Self::Exact(exact) => exact == value,
            Self::Regex(regex) => regex.is_match(value),
        }
    }
}

/// A regular expression for the whole of a value.
pub fn whole(expression: &str) -> Result<Regex, String> {
    Regex::new(&format!("^(?:{expression})$"))
        .map_err(|error| format!("`{expression}` is not a regular expression: {error}"))
}
