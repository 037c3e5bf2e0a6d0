//! How fields look in the body of a write: flat, with custom attributes in an object of their own.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::json;

use super::{Field, UserFields, Value};

/// The body of `POST /contacts` and `PUT /contacts/{id}` (2.x). Companies and tags have requests of their own, and an
/// id is part of the path.
pub(super) struct ContactBody<'a>(pub(super) &'a UserFields);

/// The body of `POST /users` (1.x), companies included. Tags have requests of their own.
pub(super) struct UserBody<'a>(pub(super) &'a UserFields);

impl ContactBody<'_> {
    /// Returns whether a field is part of the body.
    pub(super) fn holds(field: &Field) -> bool {
        !matches!(field, Field::Id | Field::Companies | Field::Tags)
    }
}

impl Serialize for ContactBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write(self.0, Self::holds, serializer)
    }
}

/// All fields but the id, under the names of 2.x.
impl Serialize for UserFields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write(self, |field| *field != Field::Id, serializer)
    }
}

fn write<S: Serializer>(
    fields: &UserFields,
    holds: impl Fn(&Field) -> bool,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut body = serializer.serialize_map(None)?;
    for (field, value) in fields.iter().filter(|(field, _)| holds(field)) {
        if !matches!(field, Field::Custom(_)) {
            body.serialize_entry(field.api_name(), value)?;
        }
    }
    custom_attributes(fields, &mut body)?;
    body.end()
}

impl Serialize for UserBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut body = serializer.serialize_map(None)?;
        for (field, value) in self.0.iter() {
            match (field, value) {
                (Field::Custom(_) | Field::Tags | Field::Role, _) => {}
                (Field::ExternalId, value) => body.serialize_entry("user_id", value)?,
                (Field::LastSeenAt, value) => body.serialize_entry("last_request_at", value)?,
                // 1.x wants an object where 2.x wants its address [D user model].
                (Field::Avatar, Value::Text(image_url)) => {
                    body.serialize_entry("avatar", &json!({"type": "avatar", "image_url": image_url}))?;
                }
                (Field::Companies, Value::List(ids)) => {
                    let companies: Vec<_> = ids.iter().map(|id| json!({"company_id": id})).collect();
                    body.serialize_entry("companies", &companies)?;
                }
                (standard, value) => body.serialize_entry(standard.api_name(), value)?,
            }
        }
        custom_attributes(self.0, &mut body)?;
        body.end()
    }
}

fn custom_attributes<M: SerializeMap>(fields: &UserFields, body: &mut M) -> Result<(), M::Error> {
    if fields.iter().any(|(field, _)| matches!(field, Field::Custom(_))) {
        body.serialize_entry("custom_attributes", &CustomAttributes(fields))?;
    }
    Ok(())
}

/// The custom attributes among some fields, as the object that the API takes.
pub(super) struct CustomAttributes<'a>(pub(super) &'a UserFields);

impl Serialize for CustomAttributes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().filter_map(|(field, value)| match field {
            Field::Custom(name) => Some((&**name, value)),
            _ => None,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> UserFields {
        [
            (Field::Id, Value::Text("6064".into())),
            (Field::ExternalId, Value::Text("u-1".into())),
            (Field::Custom("plan".into()), Value::Text("pro".into())),
            (Field::Phone, Value::Clear),
            (Field::Avatar, Value::Text("https://x.test/a.png".into())),
            (Field::LastSeenAt, Value::Integer(7)),
            (Field::Companies, Value::List(vec!["c1".into()])),
            (Field::Tags, Value::List(vec!["vip".into()])),
            (Field::Custom("seats".into()), Value::Integer(3)),
        ]
        .into_iter()
        .collect()
    }

    #[test]
    fn a_contact_nests_custom_attributes_and_leaves_out_what_has_requests_of_its_own() {
        assert_eq!(
            r#"{"external_id":"u-1","phone":null,"avatar":"https://x.test/a.png","last_seen_at":7,"custom_attributes":{"plan":"pro","seats":3}}"#,
            serde_json::to_string(&ContactBody(&fields())).unwrap()
        );
    }

    #[test]
    fn a_user_of_1_x_has_other_names_and_its_companies_inline() {
        assert_eq!(
            r#"{"id":"6064","user_id":"u-1","phone":null,"avatar":{"image_url":"https://x.test/a.png","type":"avatar"},"last_request_at":7,"companies":[{"company_id":"c1"}],"custom_attributes":{"plan":"pro","seats":3}}"#,
            serde_json::to_string(&UserBody(&fields())).unwrap()
        );
    }
}
