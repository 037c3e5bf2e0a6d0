//! `starting_after`: where a page ended, as opaque text. Pure.
//!
//! As far as is known it is base64 of `[sort value, "<contact id>", page]` [C airbyte]; clients must not care. The
//! padding (`=`) is kept, because a client that does not encode it in a query is wrong.

use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;

use crate::sandbox::contact::ContactId;
use crate::sandbox::errors::Refusal;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

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
        base64(&json)
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

fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let [first, second, third] = [0, 1, 2].map(|place| u32::from(*chunk.get(place).unwrap_or(&0)));
        let group = first << 16 | second << 8 | third;
        for place in 0..4 {
            let digit = ALPHABET[(group >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let (mut group, mut n_bits) = (0_u32, 0);
    for letter in text.trim_end_matches('=').bytes() {
        let digit = ALPHABET.iter().position(|known| *known == letter)?;
        group = (group << 6 | u32::try_from(digit).ok()?) & 0xffff;
        n_bits += 6;
        if 8 <= n_bits {
            n_bits -= 8;
            bytes.push((group >> n_bits & 0xff) as u8);
        }
    }
    Some(bytes)
}
