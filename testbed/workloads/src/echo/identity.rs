use std::net::SocketAddr;

use serde::Serialize;

use super::Error;
use crate::process::Process;

/// Who answers: the part that all answers share.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Identity {
    pub(crate) namespace: String,
    pub(crate) ingress: String,
    pub(crate) service: String,
    pub(crate) pod: String,
}

impl Identity {
    pub(crate) fn of(process: &Process) -> Self {
        let variable = |name| process.variable(name).unwrap_or_default().to_owned();
        Self {
            namespace: variable("NAMESPACE"),
            ingress: variable("INGRESS_NAME"),
            service: variable("SERVICE_NAME"),
            pod: variable("POD_NAME"),
        }
    }
}

/// The address of the port that the variable `name` holds, or of `default`.
pub(super) fn socket(
    process: &Process,
    name: &'static str,
    default: u16,
) -> Result<SocketAddr, Error> {
    let port = match process.variable(name) {
        Some(value) => value.parse().map_err(|_| Error::Port { name, value: value.to_owned() })?,
        None => default,
    };
    Ok(SocketAddr::from((process.address, port)))
}
