//! What a client of HTTP fails with.

use std::{error::Error, io};

use http_body_util::LengthLimitError;

use crate::wire::error::ProbeError;

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
            return Some(Self::too_long());
        }
        let error = error.downcast_ref::<hyper::Error>()?;
        if error.is_incomplete_message() {
            Some(Self::closed())
        } else if error.is_parse() {
            Some(Self::Malformed(error.to_string()))
        } else {
            None
        }
    }
}
