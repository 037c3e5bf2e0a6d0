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
        let known = (0..=4)
            .map(|minor| Version { major: 1, minor })
            .chain((0..=16).map(|minor| Version { major: 2, minor }));
        let mut named = known.filter(|version| version.to_string() == text);
        named.next().ok_or(UnknownVersion)
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
