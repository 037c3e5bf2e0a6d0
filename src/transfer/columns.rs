//! The columns of an export: fixed before the first row, named so that an import knows them again.

use std::borrow::Cow;
use std::io;

use serde_json::Value as Json;

use crate::intercom::Contact;
use crate::intercom::DataAttribute;
use crate::intercom::Names;
use crate::intercom::NestedList;
use crate::rows::Format;
use crate::rows::OutputCell;
use crate::rows::RowWriter;

/// How one standard column is taken from a contact.
type Take = for<'a> fn(&'a Listed) -> OutputCell<'a>;

/// A contact, and the names of what it shows ids of.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    pub(super) contact: Contact,
    pub(super) names: Names,
}

impl std::ops::Deref for Listed {
    type Target = Contact;

    fn deref(&self) -> &Contact {
        &self.contact
    }
}

/// The standard columns: the writable ones first, then what only Intercom writes.
const STANDARD: &[(&str, Take)] = &[
    ("id", |contact| text(Some(&contact.id))),
    ("external_id", |contact| text(contact.external_id.as_deref())),
    ("email", |contact| text(contact.email.as_deref())),
    ("name", |contact| text(contact.name.as_deref())),
    ("phone", |contact| text(contact.phone.as_deref())),
    ("role", |contact| text(contact.role.as_deref())),
    ("avatar", |contact| text(contact.avatar.as_ref().and_then(|avatar| avatar.image_url.as_deref()))),
    ("owner_id", |contact| text(contact.owner_id.as_deref())),
    ("signed_up_at", |contact| time(contact.signed_up_at)),
    ("last_seen_at", |contact| time(contact.last_seen_at)),
    ("unsubscribed_from_emails", |contact| boolean(contact.unsubscribed_from_emails)),
    ("created_at", |contact| time(contact.created_at)),
    ("updated_at", |contact| time(contact.updated_at)),
    ("last_replied_at", |contact| time(contact.last_replied_at)),
    ("last_contacted_at", |contact| time(contact.last_contacted_at)),
    ("last_email_opened_at", |contact| time(contact.last_email_opened_at)),
    ("last_email_clicked_at", |contact| time(contact.last_email_clicked_at)),
    ("has_hard_bounced", |contact| boolean(contact.has_hard_bounced)),
    ("marked_email_as_spam", |contact| boolean(contact.marked_email_as_spam)),
    ("language_override", |contact| text(contact.language_override.as_deref())),
    ("browser", |contact| text(contact.browser.as_deref())),
    ("browser_version", |contact| text(contact.browser_version.as_deref())),
    ("browser_language", |contact| text(contact.browser_language.as_deref())),
    ("os", |contact| text(contact.os.as_deref())),
    ("location.country", |contact| text(contact.location.as_ref().and_then(|at| at.country.as_deref()))),
    ("location.region", |contact| text(contact.location.as_ref().and_then(|at| at.region.as_deref()))),
    ("location.city", |contact| text(contact.location.as_ref().and_then(|at| at.city.as_deref()))),
    ("android_app_name", |contact| text(contact.android_app_name.as_deref())),
    ("android_app_version", |contact| text(contact.android_app_version.as_deref())),
    ("android_device", |contact| text(contact.android_device.as_deref())),
    ("android_os_version", |contact| text(contact.android_os_version.as_deref())),
    ("android_sdk_version", |contact| text(contact.android_sdk_version.as_deref())),
    ("android_last_seen_at", |contact| time(contact.android_last_seen_at)),
    ("ios_app_name", |contact| text(contact.ios_app_name.as_deref())),
    ("ios_app_version", |contact| text(contact.ios_app_version.as_deref())),
    ("ios_device", |contact| text(contact.ios_device.as_deref())),
    ("ios_os_version", |contact| text(contact.ios_os_version.as_deref())),
    ("ios_sdk_version", |contact| text(contact.ios_sdk_version.as_deref())),
    ("ios_last_seen_at", |contact| time(contact.ios_last_seen_at)),
    ("social_profiles", |contact| list(contact.social_profiles.as_ref())),
    ("tags", |contact| OutputCell::Names(&contact.names.tags)),
    ("companies", |contact| OutputCell::Names(&contact.names.companies)),
    ("notes", |contact| list(contact.notes.as_ref())),
];

/// The columns of one export.
pub struct Columns {
    attributes: Vec<Attribute>,
}

struct Attribute {
    name: String,
    is_date: bool,
}

impl Columns {
    /// Returns the standard columns and one for each attribute of the workspace that is not archived, by name.
    #[must_use]
    pub fn new(attributes: &[DataAttribute]) -> Self {
        let mut attributes: Vec<Attribute> = attributes
            .iter()
            .filter(|attribute| !attribute.archived)
            .map(|attribute| Attribute {
                name: attribute.name.clone(),
                is_date: matches!(attribute.data_type.as_str(), "date" | "datetime"),
            })
            .collect();
        attributes.sort_by(|a, b| a.name.cmp(&b.name));
        Self { attributes }
    }

    /// Returns the header.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let standard = STANDARD.iter().map(|(name, _)| (*name).to_owned());
        standard.chain(self.attributes.iter().map(|attribute| format!("custom.{}", attribute.name))).collect()
    }

    /// Returns what stands above the rows: the header of a CSV, and nothing in NDJSON.
    ///
    /// # Errors
    /// Never in fact: it is written to memory.
    pub fn header(&self, format: Format) -> io::Result<Vec<u8>> {
        RowWriter::new(format, self.names(), Vec::new()).finish()
    }

    /// Returns the cells of a contact.
    pub(super) fn cells<'a>(&'a self, contact: &'a Listed) -> impl Iterator<Item = OutputCell<'a>> {
        let standard = STANDARD.iter().map(|(_, take)| take(contact));
        standard.chain(self.attributes.iter().map(|attribute| {
            let value = contact.custom_attributes.get(&attribute.name);
            custom(value, attribute.is_date)
        }))
    }

    /// Returns the attributes of a contact that have a value but no column.
    pub(super) fn unlisted<'a>(&'a self, contact: &'a Contact) -> impl Iterator<Item = &'a str> {
        let is_listed = |name: &str| {
            self.attributes.binary_search_by(|attribute| attribute.name.as_str().cmp(name)).is_ok()
        };
        contact
            .custom_attributes
            .iter()
            .filter(move |(name, value)| !value.is_null() && !is_listed(name))
            .map(|(name, _)| name.as_str())
    }
}

/// Returns whether one of the contact's nested lists is written only in part.
pub(super) fn is_cut(listed: &Listed) -> bool {
    listed.names.cut > 0 || listed.notes.as_ref().is_some_and(|notes| notes.has_more)
}

fn text(text: Option<&str>) -> OutputCell<'_> {
    match text {
        Some(text) if !text.is_empty() => OutputCell::Text(Cow::Borrowed(text)),
        _ => OutputCell::Empty,
    }
}

fn boolean(value: Option<bool>) -> OutputCell<'static> {
    value.map_or(OutputCell::Empty, OutputCell::Boolean)
}

/// Writes a time as `2026-11-22T02:15:00Z`; one outside the calendar stays the number that it is.
fn time(seconds: Option<i64>) -> OutputCell<'static> {
    let Some(seconds) = seconds else { return OutputCell::Empty };
    match jiff::Timestamp::from_second(seconds) {
        Ok(time) => OutputCell::Text(Cow::Owned(time.to_string())),
        Err(_) => OutputCell::Integer(seconds),
    }
}

fn list(list: Option<&NestedList>) -> OutputCell<'static> {
    match list {
        Some(list) if !list.data.is_empty() => {
            let entries: Vec<&str> = list.data.iter().map(|entry| entry.get()).collect();
            OutputCell::Json(Cow::Owned(format!("[{}]", entries.join(","))))
        }
        _ => OutputCell::Empty,
    }
}

fn custom(value: Option<&Json>, is_date: bool) -> OutputCell<'_> {
    match value {
        None | Some(Json::Null) => OutputCell::Empty,
        Some(Json::String(value)) => text(Some(value)),
        Some(Json::Bool(value)) => OutputCell::Boolean(*value),
        Some(Json::Number(number)) => match number.as_i64() {
            Some(seconds) if is_date => time(Some(seconds)),
            Some(integer) => OutputCell::Integer(integer),
            None => number.as_f64().map_or(OutputCell::Empty, OutputCell::Float),
        },
        Some(nested) => OutputCell::Json(Cow::Owned(nested.to_string())),
    }
}

#[cfg(test)]
mod tests;
