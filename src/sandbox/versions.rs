//! API versions: which exist, in which order, and how they are written. Pure.
//!
//! The list is the enum of the 2.16 description plus `Preview` [S]. 2.17 exists in the documentation's paths, but no
//! description of it is known, so it is unknown here too.

use std::fmt;
use std::str::FromStr;

/// An API version, in the order of their release; `Preview` is after all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    major: u8,
    minor: u8,
}

impl Version {
    pub(super) const V1_0: Version = Version { major: 1, minor: 0 };
    pub(super) const V1_1: Version = Version { major: 1, minor: 1 };
    pub(super) const V1_4: Version = Version { major: 1, minor: 4 };
    pub(super) const V2_0: Version = Version { major: 2, minor: 0 };
    pub(super) const V2_7: Version = Version { major: 2, minor: 7 };
    pub(super) const V2_13: Version = Version { major: 2, minor: 13 };
    pub(super) const V2_16: Version = Version { major: 2, minor: 16 };
    pub(super) const PREVIEW: Version = Version { major: u8::MAX, minor: 0 };

    /// Says whether both are 1.x, 2.x or Preview.
    pub(super) fn is_of_the_kind_of(self, other: Version) -> bool {
        self.major == other.major
    }
}

/// The version is none of 1.0 to 1.4, 2.0 to 2.16, `Preview`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct UnknownVersion;

impl FromStr for Version {
    type Err = UnknownVersion;

    fn from_str(text: &str) -> Result<Version, UnknownVersion> {
        if text == "Preview" {
            return Ok(Version::PREVIEW);
        }
        let (major, minor) = text.split_once('.').ok_or(UnknownVersion)?;
        let newest = match major {
            "1" => 4,
            "2" => 16,
            _ => return Err(UnknownVersion),
        };
        // `2.05` and `2.+5` are numbers, and no versions.
        let is_plain =
            minor.bytes().all(|digit| digit.is_ascii_digit()) && (minor == "0" || !minor.starts_with('0'));
        match (major.parse(), minor.parse()) {
            (Ok(major), Ok(minor)) if is_plain && minor <= newest => Ok(Version { major, minor }),
            _ => Err(UnknownVersion),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Version::PREVIEW => formatter.write_str("Preview"),
            Version { major, minor } => write!(formatter, "{major}.{minor}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_is_read_as_it_is_written_and_no_other_is() {
        for text in ["1.0", "1.4", "2.0", "2.9", "2.10", "2.16", "Preview"] {
            assert_eq!(Ok(text.to_owned()), text.parse().map(|version: Version| version.to_string()));
        }
        for text in ["", "2", "1.5", "2.17", "2.05", "2.+5", "2.", "3.0", "2.300", "preview", " 2.16"] {
            assert_eq!(Err(UnknownVersion), text.parse::<Version>(), "{text}");
        }
    }
}
