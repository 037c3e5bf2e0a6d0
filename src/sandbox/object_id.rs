//! The ids that Intercom gives to contacts, companies and segments.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;
use serde::de::Error as _;

/// An object id: 24 hexadecimal digits, ascending with creation [R].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ObjectId {
    /// Seconds since the epoch at creation, as in a MongoDB ObjectId.
    pub(super) seconds: u32,
    pub(super) number: u64,
}

impl ObjectId {
    /// The id before all others.
    pub(super) const MIN: ObjectId = ObjectId { seconds: 0, number: 0 };
}

impl fmt::Display for ObjectId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:08x}{:016x}", self.seconds, self.number)
    }
}

/// The text is not 24 hexadecimal digits.
#[derive(Debug, thiserror::Error)]
#[error("not an object id")]
pub(super) struct NotAnObjectId;

impl FromStr for ObjectId {
    type Err = NotAnObjectId;

    fn from_str(text: &str) -> Result<ObjectId, NotAnObjectId> {
        if text.len() != 24 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NotAnObjectId);
        }
        let (seconds, number) = text.split_at(8);
        match (u32::from_str_radix(seconds, 16), u64::from_str_radix(number, 16)) {
            (Ok(seconds), Ok(number)) => Ok(ObjectId { seconds, number }),
            _ => Err(NotAnObjectId),
        }
    }
}

impl Serialize for ObjectId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ObjectId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ObjectId, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
