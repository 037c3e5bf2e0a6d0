//! Looking for many users at a time in the index, and writing one whom it shows.
//!
//! The index trails writes by seconds to minutes. That it shows nobody proves nothing: such a user is created first, and
//! the server's own check decides. That it shows the row's values is enough to leave the user alone: whoever has written
//! others since has done so after this row, as far as anybody can tell.

use serde_json::{Map, Value as Json, json};

use super::conflict::is_same_person;
use super::contacts_engine::Delivery;
use super::diff::differences;
use super::upsert::{Delivered, Mode, UpsertError, Upserted};
use super::{ApiError, Client, Contact, Field, Page, Raw, Role, Trace};

/// How many values one search asks for. No limit of `IN` is documented; of a group's filters it is 15.
pub const SEARCH_BATCH: usize = 15;

/// How many hits a search may have: searches with the largest page were answered 504 (estuary/connectors#3027). More
/// than this for [`SEARCH_BATCH`] values say nothing clear about any.
const MOST_HITS: u32 = 50;

impl Client {
    /// Returns the contacts of a role whose field, `ExternalId`, `Email` or `Id`, has one of these values, as the lagging
    /// index shows them; none if they are too many. Emails are to be in lower case, for a search of others misses.
    ///
    /// # Errors
    /// As [`ApiError`]; it gives up sooner than other requests, for nothing depends on it.
    pub fn contacts_with_any(
        &self,
        role: Role,
        field: &Field,
        values: &[&str],
        trace: &mut Trace,
    ) -> Result<Vec<Raw<Contact>>, ApiError> {
        let query = json!({
            "operator": "AND",
            "value": [
                {"field": field.api_name(), "operator": "IN", "value": values},
                {"field": "role", "operator": "=", "value": role.name()},
            ],
        });
        let call = self.search_call(&query, MOST_HITS, None).brief();
        let page: Page<Raw<Contact>> = self.send(&call, trace)?;
        Ok(if page.next.is_some() { Vec::new() } else { page.items })
    }
}

impl Raw<Contact> {
    /// Returns the contact's JSON with nothing in it but who it is and these fields.
    #[must_use]
    pub fn cut_to(&self, fields: &[Field]) -> String {
        let mut all: Map<String, Json> = serde_json::from_str(self.json.get()).unwrap_or_default();
        let is_wanted = |name: &str| {
            let is_identity = matches!(name, "id" | "role" | "external_id" | "email");
            let is = |field: &Field| !matches!(field, Field::Custom(_)) && field.api_name() == name;
            is_identity || fields.iter().any(is)
        };
        let attributes = all.remove("custom_attributes");
        all.retain(|name, _| is_wanted(name));
        if let Some(Json::Object(mut attributes)) = attributes {
            let is_said =
                |name: &str| fields.iter().any(|it| matches!(it, Field::Custom(own) if **own == *name));
            attributes.retain(|name, _| is_said(name));
            all.insert("custom_attributes".into(), attributes.into());
        }
        Json::Object(all).to_string()
    }
}

impl Delivery<'_> {
    /// Writes to a contact that the index shows, unless it shows every value already. Returns `None` if it is not the
    /// row's.
    pub(super) fn write_shown(
        &self,
        shown: &Raw<Contact>,
        trace: &mut Trace,
    ) -> Result<Option<Delivered>, UpsertError> {
        let contact = &shown.value;
        let is_meant = !contact.is_lead() && self.role() == Role::User && self.policy.mode != Mode::Create;
        if !is_meant || !is_same_person(self.fields, self.key, contact) {
            return Ok(None);
        }
        if differences(self.fields, contact).is_empty() {
            return Ok(Some(Delivered::new(Upserted::Unchanged, shown.clone())));
        }
        // All fields, not those that differ: it may have others by now than the index shows.
        self.write_remembered(&contact.id, trace)
    }
}
