//! The fields of one user as somebody wrote them: names, and values that no type was given yet.

use std::str::FromStr;

use serde_json::Value as Json;

use crate::intercom::Field;

/// The fields of one user, in the order in which they were given.
///
/// A name is what a column of a file may be called: `email`, `Signed up`, `custom.plan`. A name that holds a list may come
/// several times.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fields {
    pub(super) names: Vec<String>,
    pub(super) values: Vec<Json>,
}

/// A text that names no field and no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAField {
    /// There is no `=` in it.
    #[error("`{0}` is not FIELD=VALUE")]
    NoValue(String),
    /// It is no JSON.
    #[error("the fields are not JSON: {0}")]
    NotJson(String),
    /// It is JSON, and not an object.
    #[error("the fields are JSON, but not an object: write {{\"email\": \"ann@example.com\"}}")]
    NotAnObject,
}

impl Fields {
    /// Adds a field.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Json>) -> Self {
        self.push(name.into(), value.into());
        self
    }

    /// Reads a JSON object in the API's own shape: `custom_attributes` nested, companies and tags as a list of texts or of
    /// objects.
    ///
    /// # Errors
    /// When the text is no JSON object.
    pub fn from_json(text: &str) -> Result<Self, NotAField> {
        let json: Json = serde_json::from_str(text).map_err(|error| NotAField::NotJson(error.to_string()))?;
        let Json::Object(object) = json else { return Err(NotAField::NotAnObject) };
        let mut fields = Self::default();
        for (name, value) in object {
            fields.push_nested(name, value);
        }
        Ok(fields)
    }

    /// Adds the fields of another set.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.names.extend(others.names);
        self.values.extend(others.values);
        self
    }

    /// Returns whether a field is among them, by its exact name.
    #[must_use]
    pub fn has(&self, field: &Field) -> bool {
        self.names.iter().any(|name| name == field.api_name())
    }

    /// Returns whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    pub(super) fn push(&mut self, name: String, value: Json) {
        self.names.push(name);
        self.values.push(value);
    }

    fn push_nested(&mut self, name: String, value: Json) {
        match (name.as_str(), value) {
            // As the API gives it back.
            ("avatar", Json::Object(mut avatar)) if avatar.contains_key("image_url") => {
                self.push(name, avatar.remove("image_url").unwrap_or_default());
            }
            ("companies" | "tags", Json::Object(mut list)) if list.contains_key("data") => {
                self.push_nested(name, list.remove("data").unwrap_or_default());
            }
            ("companies", Json::Array(items)) => self.push(name, texts_of(items, "company_id")),
            ("tags", Json::Array(items)) => self.push(name, texts_of(items, "name")),
            (_, Json::Object(object)) => {
                for (inner, value) in object {
                    self.push_nested(format!("{name}.{inner}"), value);
                }
            }
            (_, value) => self.push(name, value),
        }
    }
}

/// Takes the one text that an object of a list is known by.
fn texts_of(items: Vec<Json>, key: &str) -> Json {
    let text = |item| match item {
        Json::Object(mut object) => object.remove(key).unwrap_or(Json::Object(object)),
        other => other,
    };
    Json::Array(items.into_iter().map(text).collect())
}

/// Reads `field=value`; the value may be anything, also nothing.
impl FromStr for Fields {
    type Err = NotAField;

    fn from_str(text: &str) -> Result<Self, NotAField> {
        let (name, value) = text.split_once('=').ok_or_else(|| NotAField::NoValue(text.into()))?;
        Ok(Self::default().with(name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: &str, expected: &str) {
        let actual = match Fields::from_json(json) {
            Ok(fields) => {
                let pairs = fields.names.iter().zip(&fields.values);
                pairs.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
            }
            Err(error) => error.to_string(),
        };
        assert_eq!(expected, actual);
    }

    #[test]
    fn json_may_have_the_shape_in_which_the_api_takes_it_or_gives_it() {
        check(
            r#"{"email":"a@x","custom_attributes":{"plan":"pro","seats":3}}"#,
            r#"custom_attributes.plan="pro" custom_attributes.seats=3 email="a@x""#,
        );
        check(r#"{"companies":[{"company_id":"c1"},"c2"]}"#, r#"companies=["c1","c2"]"#);
        check(r#"{"tags":{"type":"list","data":[{"name":"vip","id":"7"}]}}"#, r#"tags=["vip"]"#);
        check(r#"{"avatar":{"type":"avatar","image_url":"https://x/a"}}"#, r#"avatar="https://x/a""#);
    }

    #[test]
    fn what_is_no_object_says_so() {
        check("[]", r#"the fields are JSON, but not an object: write {"email": "ann@example.com"}"#);
        check("{", "the fields are not JSON: EOF while parsing an object at line 1 column 1");
        assert_eq!(Err(NotAField::NoValue("email".into())), "email".parse::<Fields>());
    }

    #[test]
    fn a_value_may_hold_what_it_wants() {
        assert_eq!(Fields::default().with("custom.note", "a=b"), "custom.note=a=b".parse().unwrap());
    }
}
