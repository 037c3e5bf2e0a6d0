//! How one contact looks in the body of a bulk request: its fields, its companies by the caller's ids, its tags by
//! Intercom's.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::json;

use super::BulkKind;
use crate::intercom::body::{ContactBody, CustomAttributes};
use crate::intercom::{Field, UserFields, Value};

/// One contact of a bulk request.
#[derive(Debug, Clone, Copy)]
pub struct BulkItem<'a> {
    /// What is done to it.
    pub kind: BulkKind,
    /// Intercom's id, of one that is updated.
    pub id: Option<&'a str>,
    /// What is written; fields that the kind does not take are left out.
    pub fields: &'a UserFields,
    /// Intercom's ids of the tags that are added.
    pub tags: &'a [String],
}

/// Returns whether an item has this field at all; what it cannot be set to is [`super::way`]'s business.
pub(super) fn holds(kind: BulkKind, field: &Field) -> bool {
    let is_of_creation = matches!(field, Field::Role | Field::SignedUpAt | Field::LastSeenAt);
    ContactBody::holds(field) && (kind == BulkKind::Create || !is_of_creation)
}

impl Serialize for BulkItem<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut item = serializer.serialize_map(None)?;
        if let Some(id) = self.id {
            item.serialize_entry("id", id)?;
        }
        for (field, value) in self.fields.iter().filter(|(field, _)| holds(self.kind, field)) {
            match (field, value) {
                // A contact that is created has nothing to be cleared.
                (Field::Custom(_), _) | (_, Value::Clear) => {}
                // Text, whatever the version says elsewhere (the API's description).
                (Field::OwnerId, Value::Integer(id)) => item.serialize_entry("owner_id", &id.to_string())?,
                (field, value) => item.serialize_entry(field.api_name(), value)?,
            }
        }
        if self.fields.iter().any(|(field, _)| matches!(field, Field::Custom(_))) {
            item.serialize_entry("custom_attributes", &CustomAttributes(self.fields))?;
        }
        let companies: Vec<_> =
            self.fields.texts(&Field::Companies).iter().map(|id| json!({ "company_id": id })).collect();
        if !companies.is_empty() {
            item.serialize_entry("companies", &companies)?;
        }
        if !self.tags.is_empty() {
            let tags: Vec<_> = self.tags.iter().map(|id| json!({ "id": id })).collect();
            item.serialize_entry("tags", &json!({ "add": tags }))?;
        }
        item.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: BulkKind, id: Option<&str>, expected: &str) {
        let text = |text: &str| Value::Text(text.into());
        let fields: UserFields = [
            (Field::ExternalId, text("u-1")),
            (Field::Role, text("user")),
            (Field::Phone, Value::Clear),
            (Field::OwnerId, Value::Integer(7)),
            (Field::SignedUpAt, Value::Integer(1)),
            (Field::Companies, Value::List(vec!["acme".into()])),
            (Field::Tags, Value::List(vec!["vip".into()])),
            (Field::Custom("plan".into()), text("pro")),
        ]
        .into_iter()
        .collect();
        let item = BulkItem { kind, id, fields: &fields, tags: &["12".into()] };
        assert_eq!(expected, serde_json::to_string(&item).unwrap());
    }

    #[test]
    fn an_item_has_what_its_kind_takes() {
        check(
            BulkKind::Create,
            None,
            r#"{"external_id":"u-1","role":"user","owner_id":"7","signed_up_at":1,"custom_attributes":{"plan":"pro"},"companies":[{"company_id":"acme"}],"tags":{"add":[{"id":"12"}]}}"#,
        );
        check(
            BulkKind::Update,
            Some("6064"),
            r#"{"id":"6064","external_id":"u-1","owner_id":"7","custom_attributes":{"plan":"pro"},"companies":[{"company_id":"acme"}],"tags":{"add":[{"id":"12"}]}}"#,
        );
    }
}
