//! What a row is matched by.

use std::fmt;
use std::str::FromStr;

use super::FaultKind;
use super::MappingError;
use crate::intercom::Field;
use crate::intercom::Role;
use crate::intercom::UserFields;

/// Which field rows are matched by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Key {
    /// `external_id` where a row has one, else `email`.
    #[default]
    Auto,
    /// The caller's id.
    ExternalId,
    /// The email address.
    Email,
    /// Intercom's own id.
    Id,
}

impl Key {
    /// The spellings of the keys.
    pub const NAMES: [&'static str; 4] = ["auto", "external_id", "email", "id"];

    /// Returns the name of the key, as `--key` takes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::ExternalId => "external_id",
            Self::Email => "email",
            Self::Id => "id",
        }
    }

    /// Returns the fields that can give the key, the preferred one first.
    #[must_use]
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Auto => &[Field::ExternalId, Field::Email],
            Self::ExternalId => &[Field::ExternalId],
            Self::Email => &[Field::Email],
            Self::Id => &[Field::Id],
        }
    }

    /// Returns the key of rows with a role: a lead is never matched by its external id.
    ///
    /// # Errors
    /// When nothing but the external id may be taken.
    pub(super) fn of_role(self, role: Role) -> Result<Self, FaultKind> {
        match (self, role) {
            (Self::Auto, Role::Lead) => Ok(Self::Email),
            (Self::ExternalId, Role::Lead) => Err(FaultKind::LeadByExternalId),
            (key, _) => Ok(key),
        }
    }

    /// Returns what a row is matched by, or `None` if it lacks the key.
    #[must_use]
    pub fn of(self, fields: &UserFields) -> Option<Identity> {
        let (field, text) =
            self.fields().iter().find_map(|field| fields.text(field).map(|text| (field, text)))?;
        Some(match field {
            Field::ExternalId => Identity::ExternalId(text.to_owned()),
            Field::Email => Identity::Email(text.to_owned()),
            _ => Identity::Id(text.to_owned()),
        })
    }

    /// Returns whether a row has the key, without copying it.
    pub(super) fn is_in(self, fields: &UserFields) -> bool {
        self.fields().iter().any(|field| fields.text(field).is_some())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Key {
    type Err = MappingError;

    fn from_str(text: &str) -> Result<Self, MappingError> {
        [Self::Auto, Self::ExternalId, Self::Email, Self::Id]
            .into_iter()
            .find(|key| key.name() == text)
            .ok_or_else(|| MappingError::unknown_word("key", text, &Self::NAMES))
    }
}

/// What one row is matched by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Identity {
    /// The caller's id.
    ExternalId(String),
    /// The email address, in lower case.
    Email(String),
    /// Intercom's own id.
    Id(String),
}

impl Identity {
    /// Returns the field that the identity is a value of.
    #[must_use]
    pub fn field(&self) -> Field {
        match self {
            Self::ExternalId(_) => Field::ExternalId,
            Self::Email(_) => Field::Email,
            Self::Id(_) => Field::Id,
        }
    }

    /// Returns the value without the field's name.
    #[must_use]
    pub fn value(&self) -> &str {
        match self {
            Self::ExternalId(value) | Self::Email(value) | Self::Id(value) => value,
        }
    }
}

impl fmt::Display for Identity {
    /// Writes the field and the value: `external_id u-1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field(), self.value())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intercom::Value;

    #[track_caller]
    fn check(key: &str, fields: &[(Field, &str)], expected: &str) {
        let fields =
            fields.iter().map(|(field, text)| (field.clone(), Value::Text((*text).into()))).collect();
        let key: Key = key.parse().unwrap();
        assert_eq!(expected, key.of(&fields).map_or(String::new(), |identity| identity.to_string()));
        assert_eq!(key.is_in(&fields), !expected.is_empty());
    }

    #[test]
    fn the_key_picks_the_identity() {
        let both = [(Field::Email, "a@x.test"), (Field::ExternalId, "u-1"), (Field::Id, "6064")];
        check("auto", &both, "external_id u-1");
        check("auto", &both[..1], "email a@x.test");
        check("auto", &both[2..], "");
        check("external_id", &both, "external_id u-1");
        check("external_id", &both[..1], "");
        check("email", &both, "email a@x.test");
        check("id", &both, "id 6064");
    }

    #[test]
    fn a_misspelt_key_is_refused_with_the_nearest() {
        let error = "externalid".parse::<Key>().unwrap_err();
        assert_eq!(error.to_string(), "`externalid` is not a key");
        assert_eq!(
            error.hint().unwrap(),
            "did you mean `external_id`? it is one of auto, external_id, email, id"
        );
    }
}
