//! What a request asks for of a container's log.

use std::{num::ParseIntError, str::FromStr};

use k8s_openapi::jiff::{self, SignedDuration, Timestamp};
use url::form_urlencoded;

/// Which lines. It is read from the query of `pods/log`, which a kubelet is asked with too.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked {
    /// Those since then: `sinceTime`, or `sinceSeconds` ago.
    pub since: Option<Timestamp>,
    /// The last ones of those that are there: `tailLines`.
    pub tail: Option<usize>,
    /// Those too that are still to come: `follow`.
    pub follow: bool,
    /// Each with the time at which it was printed in front: `timestamps`.
    pub timestamps: bool,
}

/// Why a query cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum AskedError {
    /// Not a number.
    #[error("{name}: {source}")]
    Number {
        /// The parameter.
        name: String,
        /// What is wrong.
        source: ParseIntError,
    },
    /// Not a time.
    #[error("{name}: {source}; write it like 2026-01-31T12:00:00Z")]
    Time {
        /// The parameter.
        name: String,
        /// What is wrong.
        source: jiff::Error,
    },
}

impl FromStr for Asked {
    type Err = AskedError;

    /// Reads a query; parameters that are not known here have no effect.
    fn from_str(query: &str) -> Result<Self, AskedError> {
        let mut asked = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let number = |source| AskedError::Number { name: name.clone().into_owned(), source };
            let time = |source| AskedError::Time { name: name.clone().into_owned(), source };
            match &*name {
                "sinceSeconds" => {
                    let ago = SignedDuration::from_secs(value.parse().map_err(number)?);
                    asked.since = Some(Timestamp::now().checked_sub(ago).map_err(time)?);
                }
                "sinceTime" => asked.since = Some(value.parse().map_err(time)?),
                "tailLines" => asked.tail = Some(value.parse().map_err(number)?),
                "follow" => asked.follow = matches!(&*value, "true" | "1"),
                "timestamps" => asked.timestamps = matches!(&*value, "true" | "1"),
                _ => {}
            }
        }
        Ok(asked)
    }
}
