//! `starting_after`: where a page ended, as opaque text. Pure.
//!
//! As far as is known it is base64 of `[sort value, "<contact id>", page]` [C airbyte]; clients must not care. The
//! padding (`=`) is kept, because a client that does not encode it in a query is wrong.

use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;

use crate::sandbox::base64::from_base64;
use crate::sandbox::base64::to_base64;
use crate::sandbox::contact::ContactId;
use crate::sandbox::errors::Refusal;

/// Where a page ended.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub(super) struct Cursor {
    /// The sort value of the last contact that was shown.
    pub(super) value: Value,
    pub(super) id: ContactId,
    /// The number of the page that follows.
    pub(super) page: u64,
}

impl Cursor {
    pub(super) fn to_text(&self) -> String {
        let json = serde_json::to_vec(&(&self.value, self.id, self.page)).expect("a cursor is plain JSON");
        to_base64(&json)
    }

    /// Reads a cursor; 400 for anything that is not one [D].
    pub(super) fn parse(text: &str) -> Result<Cursor, Refusal> {
        let parts = from_base64(text).and_then(|json| serde_json::from_slice(&json).ok());
        let (value, id, page) = parts.ok_or_else(bad_cursor)?;
        Ok(Cursor { value, id, page })
    }
}

/// 400 for a cursor that is not one [D].
pub(in crate::sandbox) fn bad_cursor() -> Refusal {
    Refusal::client_error(
        "Invalid starting_after param. Please try again using a starting_after value from a paginated response",
    )
}
