//! Finding contacts by an id or an email: in the store where the API lets one ask it, else in its lagging index.

use super::{ApiError, Client, Contact, Engine, Field, Raw, Role, Trace};

impl Client {
    /// Returns the contacts with a value in a key: `Id`, `ExternalId` or `Email`. Nothing found is an empty list.
    ///
    /// Without a role, users come before leads where they are asked for apart; a lead is only looked for if there is no
    /// such user, but for emails, which several may have.
    ///
    /// # Errors
    /// As [`ApiError`].
    pub fn find(
        &self,
        key: &Field,
        value: &str,
        role: Option<Role>,
        trace: &mut Trace,
    ) -> Result<Vec<Raw<Contact>>, ApiError> {
        let is_asked_for =
            |contact: &Raw<Contact>| role.is_none_or(|role| contact.value.is_lead() == (role == Role::Lead));
        match (self.engine(), key) {
            (Engine::Contacts | Engine::Bulk, Field::Id) => {
                let found = some(self.read(value, trace))?;
                Ok(found.into_iter().filter(is_asked_for).collect())
            }
            (Engine::Contacts | Engine::Bulk, Field::ExternalId) => self.find_by_own_id(value, role, trace),
            (Engine::Contacts | Engine::Bulk, _) => {
                let email = value.to_lowercase();
                self.search_by(&Field::Email, &email, role.map(Role::name), trace)
            }
            (Engine::Users, key) => self.find_in_1_x(key, value, role, trace),
        }
    }

    /// Users are read by the caller's id; leads, and whoever has one in old versions, only searched for.
    fn find_by_own_id(
        &self,
        value: &str,
        role: Option<Role>,
        trace: &mut Trace,
    ) -> Result<Vec<Raw<Contact>>, ApiError> {
        if !self.dialect().reads_by_external_id() {
            return self.search_by(&Field::ExternalId, value, role.map(Role::name), trace);
        }
        if role != Some(Role::Lead) {
            let found = some(self.find_by_external_id(value, trace))?;
            if !found.is_empty() || role.is_some() {
                return Ok(found);
            }
        }
        self.search_by(&Field::ExternalId, value, Some(Role::Lead.name()), trace)
    }

    fn find_in_1_x(
        &self,
        key: &Field,
        value: &str,
        role: Option<Role>,
        trace: &mut Trace,
    ) -> Result<Vec<Raw<Contact>>, ApiError> {
        if let Some(role) = role {
            return self.users_with(role, key, value, trace);
        }
        let mut found = self.users_with(Role::User, key, value, trace)?;
        if found.is_empty() || *key == Field::Email {
            found.extend(self.users_with(Role::Lead, key, value, trace)?);
        }
        Ok(found)
    }
}

/// Takes "not found" for none; unless it is not Intercom that says so.
fn some(found: Result<Raw<Contact>, ApiError>) -> Result<Vec<Raw<Contact>>, ApiError> {
    match found {
        Ok(contact) => Ok(vec![contact]),
        Err(error) if error.is_not_found() && !error.is_anybodys() => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
