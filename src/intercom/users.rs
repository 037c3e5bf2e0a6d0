//! The verbs on the users of 1.x, one request each. In 1.x, contacts are what 2.x calls leads.

use reqwest::Method;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::body::UserBody;
use super::call::Effect;
use super::user::AsContact;
use super::{ApiError, Client, Contact, Field, Raw, Role, Trace, UserFields};

/// What comes as an answer to a look-up: one user, or a list of those that match.
struct Found(Vec<AsContact>);

#[derive(Deserialize)]
struct Several {
    #[serde(alias = "contacts")]
    users: Option<Vec<AsContact>>,
}

impl<'de> Deserialize<'de> for Found {
    /// Reads the answer twice: a choice of serde's own would lose the server's JSON on the way.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        let wrong = serde::de::Error::custom;
        match serde_json::from_str::<Several>(json.get()).map_err(wrong)?.users {
            Some(users) => Ok(Self(users)),
            None => serde_json::from_str(json.get()).map(|user| Self(vec![user])).map_err(wrong),
        }
    }
}

impl Role {
    /// Returns the path of those with the role in 1.x.
    pub(super) fn resource_1_x(self) -> &'static str {
        match self {
            Self::User => "users",
            Self::Lead => "contacts",
        }
    }
}

impl Client {
    /// Creates or updates a user, by its id, else its user id, else its email.
    ///
    /// # Errors
    /// As [`ApiError`].
    pub(super) fn post_user(&self, fields: &UserFields, trace: &mut Trace) -> Result<Raw<Contact>, ApiError> {
        let mut call = self.call(Method::POST, Effect::Writes, &["users"]).json(&UserBody(fields));
        if fields.value(&Field::NewSession).is_some() {
            // Twice would count two sessions.
            call = call.never_twice();
        }
        self.send::<AsContact>(&call, trace).map(|user| user.0)
    }

    /// Returns the users, or the leads, that have a value in a field: `Id`, `ExternalId` or `Email`.
    ///
    /// # Errors
    /// As [`ApiError`]; nothing found is an empty list.
    pub(super) fn users_with(
        &self,
        role: Role,
        field: &Field,
        value: &str,
        trace: &mut Trace,
    ) -> Result<Vec<Raw<Contact>>, ApiError> {
        let resource = role.resource_1_x();
        let call = match field {
            Field::Id => self.call(Method::GET, Effect::Reads, &[resource, value]),
            Field::ExternalId => self.call(Method::GET, Effect::Reads, &[resource]).query("user_id", value),
            _ => self.call(Method::GET, Effect::Reads, &[resource]).query("email", value),
        };
        match self.send::<Found>(&call, trace) {
            Ok(found) => Ok(found.0.into_iter().map(|user| user.0).collect()),
            Err(error) if error.is_not_found() => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}
