//! The standard data attributes of contacts, as `GET /data_attributes` shows them. Pure.
//!
//! A client can learn from this list which columns it may write, before it sends anything.

use serde_json::Value;
use serde_json::json;

/// A standard attribute of contacts.
pub(super) struct Standard {
    pub(super) name: &'static str,
    label: &'static str,
    data_type: &'static str,
    api_writable: bool,
}

const fn writable(name: &'static str, label: &'static str, data_type: &'static str) -> Standard {
    Standard { name, label, data_type, api_writable: true }
}

const fn read_only(name: &'static str, label: &'static str, data_type: &'static str) -> Standard {
    Standard { name, label, data_type, api_writable: false }
}

/// Exactly the first ten were recorded as writable [R]; there are no rows for `utm_*` or
/// `session_count` [R]. Labels are not evidence.
pub(super) const STANDARD: [Standard; 24] = [
    writable("role", "Role", "string"),
    writable("name", "Name", "string"),
    writable("owner_id", "Owner", "integer"),
    writable("email", "Email", "string"),
    writable("phone", "Phone", "string"),
    writable("external_id", "User ID", "string"),
    writable("signed_up_at", "Signed up", "date"),
    writable("last_seen_at", "Last seen", "date"),
    writable("unsubscribed_from_emails", "Unsubscribed from Emails", "boolean"),
    writable("avatar", "Avatar", "string"),
    read_only("id", "ID", "string"),
    read_only("created_at", "First Seen", "date"),
    read_only("updated_at", "Updated at", "date"),
    read_only("last_contacted_at", "Last contacted", "date"),
    read_only("last_replied_at", "Last heard from", "date"),
    read_only("has_hard_bounced", "Has hard bounced", "boolean"),
    read_only("marked_email_as_spam", "Marked email as spam", "boolean"),
    read_only("language_override", "Language Override", "string"),
    read_only("browser", "Browser", "string"),
    read_only("browser_version", "Browser Version", "string"),
    read_only("os", "OS", "string"),
    read_only("location.country", "Country", "string"),
    read_only("location.region", "Region", "string"),
    read_only("location.city", "City", "string"),
];

impl Standard {
    /// Returns the attribute as the list shows it.
    pub(super) fn json(&self) -> Value {
        json!({
            "type": "data_attribute",
            "name": self.name.rsplit('.').next(),
            "full_name": self.name,
            "label": self.label,
            "description": "",
            "data_type": self.data_type,
            "api_writable": self.api_writable,
            "ui_writable": false,
            "messenger_writable": false,
            "custom": false,
            "archived": false,
            "model": "contact",
        })
    }
}
