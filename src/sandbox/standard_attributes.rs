//! The standard data attributes of contacts and companies, as `GET /data_attributes` shows them. Pure.
//!
//! A client can learn from this list which columns it may write, before it sends anything.

use serde_json::Value;
use serde_json::json;

use super::attributes::Model;

/// A standard attribute.
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

/// The rows of the example [S 2.16].
pub(super) const STANDARD_OF_COMPANIES: [Standard; 16] = [
    writable("name", "Company name", "string"),
    read_only("company_id", "Company ID", "string"),
    read_only("last_request_at", "Company last seen", "date"),
    writable("remote_created_at", "Company created at", "date"),
    read_only("user_count", "People", "integer"),
    read_only("session_count", "Company web sessions", "integer"),
    read_only("plan.name", "Plan", "string"),
    writable("monthly_spend", "Monthly Spend", "float"),
    writable("size", "Company size", "integer"),
    writable("industry", "Company industry", "string"),
    writable("website", "Company website", "string"),
    read_only("id", "ID", "string"),
    read_only("created_at", "Created at", "date"),
    read_only("updated_at", "Updated at", "date"),
    read_only("plan.id", "Plan ID", "string"),
    read_only("app_id", "App ID", "string"),
];

impl Standard {
    /// Returns the attribute as the list shows it.
    pub(super) fn json(&self, model: Model) -> Value {
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
            "model": model,
        })
    }
}
