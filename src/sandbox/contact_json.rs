//! A contact as a client sees it: the recorded keys in the recorded order [R], and what 2.16 adds [S].
//!
//! Written straight into the answer's bytes: an export reads 150 contacts a page, and a tree of values for each would be
//! most of the work.

use std::fmt::Display;

use serde::Deserialize;
use serde_json::json;

use super::contact::AsObject;
use super::contact::Contact;
use super::contact::Role;
use super::extra::Extra;
use super::links::MergedIn;
use super::routes::Ask;
use super::subscriptions;
use super::subscriptions::Consent;
use super::versions::Version;
use super::world::World;

/// How many entries a nested list shows [R][S].
const MAX_NESTED: usize = 10;

/// How a contact is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) workspace: &'a str,
    pub(super) version: Version,
    pub(super) no_email: NoEmail,
    pub(super) merge_history: MergeHistory,
}

impl<'a> View<'a> {
    /// Returns the view of nearly every answer.
    pub(super) fn of(world: &'a World, version: Version) -> View<'a> {
        View {
            workspace: world.workspace(),
            version,
            no_email: NoEmail::Null,
            merge_history: MergeHistory::Hidden,
        }
    }

    /// Returns the view that a request asks for.
    pub(super) fn asked(ask: &Ask<'a>) -> View<'a> {
        let query: ShowQuery = ask.query();
        let shown = query.include_merge_history.as_deref() == Some("true") && Version::V2_16 <= ask.version;
        let merge_history = if shown { MergeHistory::Shown } else { MergeHistory::Hidden };
        View { merge_history, ..View::of(ask.world, ask.version) }
    }
}

/// The query of whatever shows contacts.
#[derive(Debug, Default, Deserialize)]
struct ShowQuery {
    include_merge_history: Option<String>,
}

/// Whether a user shows who was merged into it: since 2.16, on demand [S 2.16].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MergeHistory {
    Shown,
    Hidden,
}

/// How a missing email is shown: `""` in the answer to the `PUT` that cleared it, null ever after [R].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoEmail {
    Null,
    Empty,
}

/// Keys that no writer can set and that nothing in the sandbox happens to [R].
const NEVER_CONTACTED: &str = r#","last_replied_at":null,"last_contacted_at":null,"last_email_opened_at":null,"last_email_clicked_at":null"#;
const NEVER_SEEN: &str = r#","browser":null,"browser_version":null,"browser_language":null,"os":null,"location":{"type":"location","country":null,"region":null,"city":null"#;
/// What 2.16 adds to `location` [S 2.16].
const LOCATION_SINCE_2_16: &str = r#","country_code":null,"continent_code":null"#;
const DEVICES: &str = r#"},"android_app_name":null,"android_app_version":null,"android_device":null,"android_os_version":null,"android_sdk_version":null,"android_last_seen_at":null,"ios_app_name":null,"ios_app_version":null,"ios_device":null,"ios_os_version":null,"ios_sdk_version":null,"ios_last_seen_at":null"#;

/// Appends a contact as one JSON object.
pub(super) fn write(contact: &Contact, view: View<'_>, out: &mut Vec<u8>) {
    let mut json = Json { out };
    json.raw(r#"{"type":"contact","id":"#);
    json.value(&contact.id);
    json.field(r#","workspace_id":"#, &view.workspace);
    identity(contact, view, &mut json);
    times(contact, &mut json);
    json.raw(NEVER_CONTACTED);
    json.field(r#","language_override":"#, &contact.extras.language_override);
    json.raw(NEVER_SEEN);
    if Version::V2_16 <= view.version {
        json.raw(LOCATION_SINCE_2_16);
    }
    json.raw(DEVICES);
    json.field(r#","custom_attributes":"#, &AsObject(&contact.custom_attributes));
    nested_lists(contact, view, &mut json);
    json.raw("}");
}

fn identity(contact: &Contact, view: View<'_>, json: &mut Json<'_>) {
    json.field(r#","external_id":"#, &contact.external_id);
    json.field(r#","role":"#, &contact.role.name());
    match (&contact.email, view.no_email) {
        (None, NoEmail::Empty) => json.raw(r#","email":"""#),
        (email, _) => json.field(r#","email":"#, email),
    }
    let domain = contact.email.as_deref().and_then(|email| email.rsplit_once('@')).map(|(_, domain)| domain);
    json.field(r#","email_domain":"#, &domain);
    json.field(r#","phone":"#, &contact.phone);
    json.field(r#","name":"#, &contact.name);
    match &contact.avatar {
        Some(image_url) => {
            json.field(r#","avatar":{"type":"avatar","image_url":"#, image_url);
            json.raw("}");
        }
        None => json.raw(r#","avatar":null"#),
    }
    // An integer up to 2.15, a string since 2.16 [S 2.15, S 2.16].
    match contact.owner_id {
        Some(owner_id) if Version::V2_16 <= view.version => {
            json.field(r#","owner_id":"#, &owner_id.to_string());
        }
        owner_id => json.field(r#","owner_id":"#, &owner_id),
    }
}

fn times(contact: &Contact, json: &mut Json<'_>) {
    json.raw(r#","social_profiles":{"type":"list","data":[]},"has_hard_bounced":false"#);
    json.raw(r#","marked_email_as_spam":false"#);
    json.field(r#","unsubscribed_from_emails":"#, &contact.unsubscribed_from_emails);
    json.field(r#","created_at":"#, &contact.created_at);
    json.field(r#","updated_at":"#, &contact.updated_at);
    json.field(r#","signed_up_at":"#, &contact.signed_up_at);
    json.field(r#","last_seen_at":"#, &contact.last_seen_at);
}

/// Appends the lists, of which at most ten entries are shown [R].
fn nested_lists(contact: &Contact, view: View<'_>, json: &mut Json<'_>) {
    let id = contact.id.to_string();
    let links = &contact.links;
    let tags = links.tags.iter().map(|applied| applied.id);
    json.list(List { key: "tags", contact: &id, path: "tags" }, Entries { kind: "tag", ids: tags });
    let notes = links.notes.iter().rev();
    json.list(List { key: "notes", contact: &id, path: "notes" }, Entries { kind: "note", ids: notes });
    let companies = links.companies.iter();
    json.list(
        List { key: "companies", contact: &id, path: "companies" },
        Entries { kind: "company", ids: companies },
    );
    if Version::V2_16 <= view.version {
        subscriptions(contact, &id, json);
        origin(contact, json);
    }
    if view.merge_history == MergeHistory::Shown && contact.role == Role::User {
        let history: Vec<_> = links.merged.iter().rev().map(merge_history_item).collect();
        json.field(r#","merge_history":"#, &history);
    }
}

/// Choices only: what a contact gets without having chosen is in neither list [S#561].
fn subscriptions(contact: &Contact, id: &str, json: &mut Json<'_>) {
    for (key, consent) in
        [("opted_out_subscription_types", Consent::OptOut), ("opted_in_subscription_types", Consent::OptIn)]
    {
        let chosen =
            contact.links.subscriptions.iter().filter(|id| subscriptions::consent(**id) == Some(consent));
        let ids: Vec<_> = chosen.collect();
        let list = List { key, contact: id, path: "subscriptions" };
        json.list(list, Entries { kind: "subscription", ids: ids.into_iter() });
    }
}

/// Returns an entry of a merge history [S 2.16].
pub(super) fn merge_history_item(merged: &MergedIn) -> serde_json::Value {
    json!({
        "type": "merge_history",
        "source_contact_id": merged.id,
        "source_contact_role": merged.role.name(),
        "merged_at": merged.merged_at,
    })
}

/// A nested list's key, and where all of it is.
#[derive(Clone, Copy)]
struct List<'a> {
    key: &'static str,
    contact: &'a str,
    path: &'static str,
}

/// The entries of a nested list: references only [S].
struct Entries<I> {
    kind: &'static str,
    ids: I,
}

/// Keys of 2.16's examples that no request schema takes [S]; 1.x may have written them.
fn origin(contact: &Contact, json: &mut Json<'_>) {
    let Extra { utm, referrer, .. } = &*contact.extras;
    json.field(r#","utm_campaign":"#, &utm.campaign);
    json.field(r#","utm_content":"#, &utm.content);
    json.field(r#","utm_medium":"#, &utm.medium);
    json.field(r#","utm_source":"#, &utm.source);
    json.field(r#","utm_term":"#, &utm.term);
    json.field(r#","referrer":"#, referrer);
    json.raw(r#","enabled_push_messaging":null"#);
}

/// Appends JSON to bytes.
struct Json<'a> {
    out: &'a mut Vec<u8>,
}

impl Json<'_> {
    fn raw(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn value(&mut self, value: &impl serde::Serialize) {
        serde_json::to_writer(&mut *self.out, value).expect("memory takes every byte, and every key is text");
    }

    fn field(&mut self, key: &str, value: &impl serde::Serialize) {
        self.raw(key);
        self.value(value);
    }

    /// Appends a list of references such as `{"type":"tag","id":"1","url":"/tags/1"}` [S].
    fn list<I: ExactSizeIterator<Item: Display>>(&mut self, list: List<'_>, entries: Entries<I>) {
        let Entries { kind, ids } = entries;
        let (total_count, folder) = (ids.len(), folder(kind));
        [",\"", list.key, r#"":{"type":"list","data":["#].iter().for_each(|part| self.raw(part));
        for (place, id) in ids.take(MAX_NESTED).enumerate() {
            let comma = if place == 0 { "" } else { "," };
            self.raw(&format!(r#"{comma}{{"type":"{kind}","id":"{id}","url":"/{folder}/{id}"}}"#));
        }
        let parts = [r#"],"url":"/contacts/"#, list.contact, "/", list.path, r#"","total_count":"#];
        parts.iter().for_each(|part| self.raw(part));
        self.value(&total_count);
        self.field(r#","has_more":"#, &(MAX_NESTED < total_count));
        self.raw("}");
    }
}

/// Returns where objects of a kind are read.
fn folder(kind: &str) -> &'static str {
    match kind {
        "tag" => "tags",
        "note" => "notes",
        "company" => "companies",
        _ => "subscription_types",
    }
}
