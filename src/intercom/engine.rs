//! How users are written: which of Intercom's APIs, and what it cannot write.
//!
//! The writable set of 2.x is what the server itself marks `api_writable` in `GET /data_attributes?model=contact`; that
//! of 1.x is the parameter table of `POST /users`, and the fields of its model that automation tools send.

use std::fmt;
use std::str::FromStr;

use super::Field;

/// Which of Intercom's APIs writes the users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Engine {
    /// Contacts (2.x): create first, update on conflict; companies and tags by requests of their own.
    #[default]
    Contacts,
    /// Users (1.x), for workspaces that still run on it: one request creates or updates.
    Users,
    /// Contacts (Preview), a hundred a request, in jobs that are carried out later.
    Bulk,
}

/// An engine, and the version of the API that it speaks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Dialect {
    engine: Engine,
    version: String,
}

/// The engine does not speak the version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the engine `{engine}` does not speak version `{version}` of the API")]
pub struct WrongVersion {
    engine: Engine,
    version: String,
}

/// Why a field cannot be written, and what can be done instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unwritable {
    /// The reason.
    pub why: &'static str,
    /// Whether the other engine writes it.
    pub other_engine: Option<Engine>,
}

impl Engine {
    /// The spellings of the engines.
    pub const NAMES: [&'static str; 3] = ["contacts", "users", "bulk"];

    /// Returns the name of the engine, as `--engine` takes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Users => "users",
            Self::Bulk => "bulk",
        }
    }

    /// Returns the version that the engine was written for.
    #[must_use]
    pub fn default_version(self) -> &'static str {
        match self {
            Self::Contacts => "2.16",
            Self::Users => "1.4",
            Self::Bulk => "Preview",
        }
    }

    fn speaks(self, version: &str) -> bool {
        match self {
            Self::Contacts => !version.starts_with("1."),
            Self::Users => version.starts_with("1."),
            Self::Bulk => version == self.default_version(),
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Engine {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Contacts, Self::Users, Self::Bulk]
            .into_iter()
            .find(|engine| engine.name() == text)
            .ok_or_else(|| format!("`{text}` is not an engine; it is one of {}", Self::NAMES.join(", ")))
    }
}

impl Default for Dialect {
    fn default() -> Self {
        let engine = Engine::default();
        Self { engine, version: engine.default_version().into() }
    }
}

impl Dialect {
    /// Combines what the user said about engine and version; either follows from the other.
    ///
    /// # Errors
    /// When the engine does not speak the version.
    pub fn new(engine: Option<Engine>, version: Option<&str>) -> Result<Self, WrongVersion> {
        let of_version = |version| {
            if Engine::Users.speaks(version) { Engine::Users } else { Engine::Contacts }
        };
        let engine = engine.or(version.map(of_version)).unwrap_or_default();
        let version = version.unwrap_or(engine.default_version()).to_owned();
        if engine.speaks(&version) {
            Ok(Self { engine, version })
        } else {
            Err(WrongVersion { engine, version })
        }
    }

    /// Returns the engine.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Returns the version, as `Intercom-Version` takes it.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Returns whether users can be read by the caller's own id: since 2.13 [S 2.16].
    pub(super) fn reads_by_external_id(&self) -> bool {
        let minor = self.version.strip_prefix("2.").and_then(|minor| minor.parse::<u32>().ok());
        self.engine != Engine::Users && minor.is_none_or(|minor| minor >= 13)
    }

    /// Returns why a field cannot be written; `None` if it can.
    #[must_use]
    pub fn refuses(&self, field: &Field) -> Option<Unwritable> {
        match self.engine {
            Engine::Contacts | Engine::Bulk => self.contacts_refuse(field),
            Engine::Users => users_refuse(field),
        }
    }

    fn contacts_refuse(&self, field: &Field) -> Option<Unwritable> {
        let why = match field {
            Field::UtmCampaign | Field::UtmContent | Field::UtmMedium | Field::UtmSource | Field::UtmTerm => {
                "Intercom's contacts take no campaign fields"
            }
            Field::SessionCount | Field::NewSession | Field::LastRequestAt | Field::UpdateLastRequestAt => {
                "Intercom dropped it with version 2.0 of the API"
            }
            Field::LanguageOverride if self.version != "Preview" => {
                let why = "only the Preview version of the API takes it";
                return Some(Unwritable { why, other_engine: None });
            }
            _ => return None,
        };
        Some(Unwritable { why, other_engine: Some(Engine::Users) })
    }
}

fn users_refuse(field: &Field) -> Option<Unwritable> {
    let why = match field {
        Field::OwnerId => "the users of 1.x have an owner that cannot be written",
        Field::Role => "the users of 1.x have no role: its leads are a resource of their own",
        Field::LanguageOverride => {
            return Some(Unwritable {
                why: "only the Preview version of the API takes it",
                other_engine: None,
            });
        }
        _ => return None,
    };
    Some(Unwritable { why, other_engine: Some(Engine::Contacts) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(engine: &str, version: &str, expected: &str) {
        let engine = Some(engine).filter(|engine| !engine.is_empty()).map(|engine| engine.parse().unwrap());
        let actual = match Dialect::new(engine, Some(version).filter(|version| !version.is_empty())) {
            Ok(dialect) => format!("{} {}", dialect.engine(), dialect.version()),
            Err(error) => error.to_string(),
        };
        assert_eq!(expected, actual);
    }

    #[test]
    fn engine_and_version_follow_from_each_other() {
        check("", "", "contacts 2.16");
        check("", "2.14", "contacts 2.14");
        check("", "Preview", "contacts Preview");
        check("", "1.3", "users 1.3");
        check("users", "", "users 1.4");
        check("users", "2.16", "the engine `users` does not speak version `2.16` of the API");
        check("bulk", "", "bulk Preview");
        check("bulk", "2.16", "the engine `bulk` does not speak version `2.16` of the API");
        check("contacts", "1.4", "the engine `contacts` does not speak version `1.4` of the API");
    }

    #[test]
    fn each_engine_says_what_it_cannot_write() {
        let contacts = Dialect::default();
        let users = Dialect::new(Some(Engine::Users), None).unwrap();
        for field in Field::STANDARD {
            assert!(
                contacts.refuses(&field).is_none()
                    || users.refuses(&field).is_none()
                    || field == Field::LanguageOverride,
                "{field} is written by one of them"
            );
        }
        assert_eq!(Some(Engine::Users), contacts.refuses(&Field::UtmSource).unwrap().other_engine);
        let preview = Dialect::new(None, Some("Preview")).unwrap();
        assert!(preview.refuses(&Field::LanguageOverride).is_none());
    }
}
