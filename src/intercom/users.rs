//! The verbs on the users of 1.x, one request each.

use reqwest::Method;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::body::UserBody;
use super::client::Effect;
use super::user::AsContact;
use super::{ApiError, Client, Contact, Field, Raw, Role, Trace, UserFields};

/// What comes as an answer to a look-up: one user, or a list of those that match.
struct Found(Vec<Raw<Contact>>);

#[derive(Deserialize)]
struct List {
    #[serde(alias = "contacts")]
    users: Option<Vec<AsContact>>,
}

impl<'de> Deserialize<'de> for Found {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        let list: List = serde_json::from_str(json.get()).map_err(D::Error::custom)?;
        let users = match list.users {
            Some(users) => users,
            None => vec![serde_json::from_str(json.get()).map_err(D::Error::custom)?],
        };
        Ok(Self(users.into_iter().map(|user| user.0).collect()))
    }
}

impl Client {
    /// Creates or updates a user, by its id, else its user id, else its email.
    ///
    /// # Errors
    /// As [`ApiError`].
    pub(super) fn post_user(&self, fields: &UserFields, trace: &mut Trace) -> Result<Raw<Contact>, ApiError> {
        let call = self.call(Method::POST, Effect::Writes, &["users"]).json(&UserBody(fields));
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
        // In 1.x, contacts are what 2.x calls leads.
        let resource = match role {
            Role::User => "users",
            Role::Lead => "contacts",
        };
        let call = match field {
            Field::Id => self.call(Method::GET, Effect::Reads, &[resource, value]),
            Field::ExternalId => self.call(Method::GET, Effect::Reads, &[resource]).query("user_id", value),
            _ => self.call(Method::GET, Effect::Reads, &[resource]).query("email", value),
        };
        match self.send::<Found>(&call, trace) {
            Ok(found) => Ok(found.0),
            Err(error) if error.is_not_found() => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}
