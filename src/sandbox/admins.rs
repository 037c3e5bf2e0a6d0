//! The workspace and its admins.

use axum::http::StatusCode;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use super::behaviours::Behaviour;
use super::behaviours::it;
use super::errors::Refusal;
use super::reply::Answer;
use super::routes::Ask;
use super::routes::Endpoint;
use super::versions::Version;

/// What can be asked about the workspace.
pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::reads("GET", "/me", me).since(Version::V1_0),
    Endpoint::reads("GET", "/admins", list).since(Version::V1_0),
    Endpoint::reads("GET", "/admins/{admin_id}", read).since(Version::V1_0),
];

/// What the routes of admins do.
pub(super) const BEHAVIOURS: &[Behaviour] = &[
    it("GET /me", "S", "The first admin, with the workspace as app: its id, region and --time-zone."),
    it("GET /admins", "S", "All at once; who they are is the sandbox's own."),
    it("GET /admins/{admin_id}", "S", "404 admin_not_found."),
];

/// Someone who may own contacts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Admin {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) email: String,
}

/// The id of a workspace that no data file names.
pub(super) const DEFAULT_WORKSPACE: &str = "sandbox1";

/// Returns the admins of a fresh workspace; the first one is who `/me` shows.
pub(super) fn fresh() -> Vec<Admin> {
    [(814_860, "Ada Admin", "ada"), (814_861, "Ben Admin", "ben"), (814_862, "Cleo Admin", "cleo")]
        .map(|(id, name, mailbox)| Admin {
            id,
            name: name.to_owned(),
            email: format!("{mailbox}@sandbox.test"),
        })
        .into()
}

/// Returns the answer of `GET /me`: the admin, with the workspace as `app` [S 2.16].
fn me(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let admin = ask.world.store().admins.first().cloned();
    let Some(Admin { id, name, email }) = admin else { return Ok(Answer::ok(b"null".to_vec())) };
    Ok(Answer::json(&json!({
        "type": "admin",
        "id": id.to_string(),
        "email": email,
        "name": name,
        "email_verified": true,
        "app": {
            "type": "app",
            "id_code": ask.world.workspace(),
            "name": "Sandbox",
            // Midnight of 2020-01-01, the month of version 2.0.
            "created_at": 1_577_836_800,
            "secure": false,
            "identity_verification": false,
            "timezone": ask.world.time_zone().iana_name(),
            "region": "US",
        },
        "avatar": { "type": "avatar", "image_url": null },
        "has_inbox_seat": true,
    })))
}

/// `GET /admins`.
fn list(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let admins: Vec<Value> = ask.world.store().admins.iter().map(shown).collect();
    Ok(Answer::json(&json!({ "type": "admin.list", "admins": admins })))
}

/// `GET /admins/{id}`.
fn read(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let store = ask.world.store();
    let admin = store.admins.iter().find(|admin| admin.id.to_string() == ask.id());
    admin
        .map(|admin| Answer::json(&shown(admin)))
        .ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "admin_not_found", "Admin not found"))
}

/// Returns an admin as lists show one [S 2.16].
fn shown(admin: &Admin) -> Value {
    let mut shown = author(admin);
    shown["has_inbox_seat"] = true.into();
    shown["team_ids"] = json!([]);
    shown["away_status_reason_id"] = Value::Null;
    shown
}

/// Returns an admin as the author of a note [S 2.16].
pub(super) fn author(admin: &Admin) -> Value {
    json!({
        "type": "admin",
        "id": admin.id.to_string(),
        "name": admin.name,
        "email": admin.email,
        "away_mode_enabled": false,
        "away_mode_reassign": false,
    })
}
