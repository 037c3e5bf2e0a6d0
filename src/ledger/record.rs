//! What an entry of the ledger says.

use std::fmt;

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use xxhash_rust::xxh3::xxh3_128;

/// The fingerprint of everything that a row says, and of how it is written: 128 bits of XXH3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// Returns the fingerprint of bytes that say all.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(xxh3_128(bytes).to_be_bytes())
    }
}

/// Intercom's id of a contact: 24 hexadecimal digits, kept as 12 bytes, or any other text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactId(Form);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    Digits([u8; 12]),
    Text(Box<str>),
}

impl ContactId {
    /// Returns an id as Intercom writes it.
    #[must_use]
    pub fn new(text: &str) -> Self {
        digits(text).map_or_else(|| Self(Form::Text(text.into())), |bytes| Self(Form::Digits(bytes)))
    }
}

impl fmt::Display for ContactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Digits(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
            Form::Text(text) => f.write_str(text),
        }
    }
}

/// Reads 24 lower-case digits; what else there may be stays text, so that no letter of it is lost.
fn digits(text: &str) -> Option<[u8; 12]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (text, mut bytes) = (text.as_bytes(), [0; 12]);
    if text.len() != 24 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

/// What the ledger knows of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Intercom's id.
    pub id: ContactId,
    /// What was delivered; `None` where only the id is known for sure.
    pub fingerprint: Option<Fingerprint>,
    /// When the run that wrote this began, in seconds since 1970.
    pub at: u64,
    /// The number of that run; later ones are greater.
    pub run: i64,
}

impl ToSql for Fingerprint {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(&self.0)))
    }
}

impl FromSql for Fingerprint {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let bytes = value.as_blob()?;
        Ok(Self(bytes.try_into().map_err(|_| FromSqlError::OutOfRange(bytes.len() as i64))?))
    }
}

impl ToSql for ContactId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match &self.0 {
            Form::Digits(bytes) => ValueRef::Blob(bytes),
            Form::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

impl FromSql for ContactId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(Self(match value {
            ValueRef::Text(_) => Form::Text(value.as_str()?.into()),
            _ => {
                let bytes = value.as_blob()?;
                Form::Digits(bytes.try_into().map_err(|_| FromSqlError::OutOfRange(bytes.len() as i64))?)
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(id: &str, is_short: bool) {
        let packed = ContactId::new(id);
        assert_eq!(id, packed.to_string());
        assert_eq!(is_short, matches!(packed.0, Form::Digits(_)), "{id}");
    }

    #[test]
    fn an_id_is_given_back_letter_by_letter() {
        check("6064d5c43910cc082d903f6c", true);
        check("6064D5C43910CC082D903F6C", false);
        check("6064d5c43910cc082d903f6", false);
        check("6064d5c43910cc082d903fß", false);
        check("", false);
    }
}
