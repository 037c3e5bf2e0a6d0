//! Why a verb did not do what was asked.

use super::write::Partly;
use crate::intercom::ApiError;
use crate::intercom::ConnectionError;
use crate::intercom::UpsertError;
use crate::mapping::Fault;
use crate::mapping::MappingError;

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address or the token is none.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// The machine's certificates cannot be read.
    #[error("no connection can be prepared: {0}")]
    NotPrepared(String),
}

/// Why a verb did not do what was asked. A variant is a different thing to do.
#[derive(Debug, thiserror::Error)]
pub enum VerbError {
    /// A name is no field, or one that the engine does not write. Nothing was sent.
    #[error(transparent)]
    Names(#[from] MappingError),
    /// Values are not what their fields take. Nothing was sent.
    #[error("{}", listed(.0))]
    Values(Vec<Fault>),
    /// No field has a value. Nothing was sent.
    #[error("there is nothing to write: no field has a value")]
    Nothing,
    /// Intercom's own id is among the fields to be written. Nothing was sent.
    #[error("`id` cannot be written: Intercom assigns it")]
    IdIsAssigned,
    /// Asking failed.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// Nothing was written.
    #[error(transparent)]
    NotWritten(#[from] UpsertError),
    /// The contact is written, but not all that belongs to it.
    #[error("{0}")]
    Partly(Box<Partly>),
}

fn listed(faults: &[Fault]) -> String {
    let told = |fault: &Fault| match &fault.column {
        Some(column) => format!("field `{column}`: {}", fault.message()),
        None => fault.message(),
    };
    faults.iter().map(told).collect::<Vec<_>>().join("; ")
}
