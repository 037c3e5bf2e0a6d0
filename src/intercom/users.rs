//! The verbs on the users of 1.x, one request each.

use reqwest::Method;
use serde::Deserialize;

use super::body::UserBody;
use super::client::Effect;
use super::user::AsContact;
use super::{ApiError, Client, Contact, Field, Raw, Role, Trace, UserFields};

/// What comes as an answer to a look-up: one user, or a list of those that match.
#[derive(Deserialize)]
#[serde(untagged)]
enum Found {
    Users { users: Vec<AsContact> },
    Leads { contacts: Vec<AsContact> },
    One(Box<AsContact>),
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
        match self.send(&call, trace) {
            Ok(Found::Users { users }) => Ok(users.into_iter().map(|user| user.0).collect()),
            Ok(Found::Leads { contacts }) => Ok(contacts.into_iter().map(|lead| lead.0).collect()),
            Ok(Found::One(user)) => Ok(vec![user.0]),
            Err(error) if error.is_not_found() => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}
