//! What a client of HTTP fails with.

use std::{error::Error, io};

use http_body_util::LengthLimitError;

use crate::wire::error::ProbeError;

/// An echo is about a kilobyte. What is longer than this is none, and is not worth the memory.
pub(crate) const LONGEST_BODY: usize = 1 << 20;

impl ProbeError {
    /// What a client's error is at its bottom.
    pub(crate) fn of(error: &(dyn Error + 'static)) -> Self {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(known) = Self::known(error) {
                return known;
            }
            cause = error.source();
        }
        Self::Connection(error.to_string())
    }

    fn known(error: &(dyn Error + 'static)) -> Option<Self> {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return Some(Self::io(error));
        }
        if error.is::<LengthLimitError>() {
            return Some(Self::Malformed(format!("the body has more than {LONGEST_BODY} bytes")));
        }
        let error = error.downcast_ref::<hyper::Error>()?;
        if error.is_incomplete_message() {
            Some(Self::Connection("the connection was closed without an answer".to_owned()))
        } else if error.is_parse() {
            Some(Self::Malformed(error.to_string()))
        } else {
            None
        }
    }
}
