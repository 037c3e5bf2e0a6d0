//! What a write would do to a contact that is seen. Reads only.

use serde_json::{Map, Value as Json};

use super::conflict::is_same_person;
use super::diff::differences;
use super::{ApiError, Client, Contact, Field, Raw, Trace, UserFields, Value};

/// A field that would have another value.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Which.
    pub field: Field,
    /// What it has.
    pub from: Json,
    /// What it would have; of lists, what would be added.
    pub to: Json,
}

/// What would become of a contact.
#[derive(Debug, Clone, PartialEq)]
pub enum Foreseen {
    /// These fields would change; none, and it would be left alone.
    Changes(Vec<Change>),
    /// It is not the row's, and would not be written to.
    SomebodyElse,
}

impl Client {
    /// Says what writing a row would do to a contact. Asks for the workspace's tags, once, if the row has some.
    ///
    /// A company counts as one that the contact is not in unless an earlier run has learnt its id: to ask would make it.
    ///
    /// # Errors
    /// As [`ApiError`].
    pub fn foresee(
        &self,
        fields: &UserFields,
        key: &Field,
        contact: &Raw<Contact>,
        trace: &mut Trace,
    ) -> Result<Foreseen, ApiError> {
        if *key != Field::Id && !is_same_person(fields, key, &contact.value) {
            return Ok(Foreseen::SomebodyElse);
        }
        let all: Map<String, Json> = serde_json::from_str(contact.json.get()).unwrap_or_default();
        let changed = differences(fields, &contact.value);
        let change = |(field, value): (&Field, &Value)| Change {
            field: field.clone(),
            from: shown(&all, field),
            to: serde_json::to_value(value).unwrap_or_default(),
        };
        let mut changes: Vec<Change> = changed.iter().map(change).collect();
        let mut add = |field: Field, names: Vec<String>| {
            if !names.is_empty() {
                changes.push(Change { field, from: Json::Null, to: names.into() });
            }
        };
        add(Field::Companies, self.companies_to_come(fields, &contact.value));
        add(Field::Tags, self.missing_tags(fields, &contact.value, trace)?);
        Ok(Foreseen::Changes(changes))
    }

    fn companies_to_come(&self, fields: &UserFields, contact: &Contact) -> Vec<String> {
        let has = contact.companies.as_ref().map(super::NestedList::ids).unwrap_or_default();
        let is_in =
            |company_id: &&String| self.company_book.recall(company_id).is_some_and(|id| has.contains(&id));
        fields.texts(&Field::Companies).iter().filter(|it| !is_in(it)).cloned().collect()
    }
}

fn shown(contact: &Map<String, Json>, field: &Field) -> Json {
    let value = match field {
        Field::Custom(name) => contact.get("custom_attributes").and_then(|all| all.get(&**name)),
        Field::Avatar => contact.get("avatar").and_then(|avatar| avatar.get("image_url")),
        field => contact.get(field.api_name()),
    };
    value.cloned().unwrap_or_default()
}
