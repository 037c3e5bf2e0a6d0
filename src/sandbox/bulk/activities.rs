//! `GET /contacts/activities`: what happened to contacts, oldest first [S0].
//!
//! Everything is read off the contacts themselves, so that nothing is stored twice; what happened to a contact that is
//! gone for good is gone with it [X].

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use serde_json::json;

use crate::sandbox::contact::Contact;
use crate::sandbox::contact::ContactId;
use crate::sandbox::contact::Life;
use crate::sandbox::contact::Role;
use crate::sandbox::contacts;
use crate::sandbox::errors::Refusal;
use crate::sandbox::reply::Answer;
use crate::sandbox::routes::Ask;
use crate::sandbox::unknowns::PerPageAboveMaximum;

const DEFAULT_PER_PAGE: usize = 50;
const MAX_PER_PAGE: usize = 150;

/// The query of the stream.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ActivityQuery {
    per_page: Option<String>,
    starting_after: Option<String>,
}

/// Something that happened to a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Created,
    RoleUpdated,
    Merged,
    Deleted,
}

/// An activity's place in the stream; it is also its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    at: i64,
    number: u64,
    kind: Kind,
}

/// One activity.
struct Activity {
    place: Place,
    contact: Arc<Contact>,
    /// Who was merged into the contact.
    source: Option<ContactId>,
}

/// Lists a page of activities.
pub(super) fn list(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let query: ActivityQuery = ask.query();
    let per_page = per_page(query.per_page.as_deref(), ask)?;
    let after = query.starting_after.as_deref().map(Place::parse).transpose()?;
    let contacts = ask.world.store().ever();
    let later = |place: &Place| after.is_none_or(|after| after < *place);
    let all = contacts.iter().flat_map(activities_of);
    let mut activities: Vec<Activity> = all.filter(|activity| later(&activity.place)).collect();
    activities.sort_unstable_by_key(|activity| activity.place);
    let more = per_page < activities.len();
    activities.truncate(per_page);
    let mut pages = json!({ "type": "pages", "per_page": per_page });
    if let Some(last) = activities.last().filter(|_| more) {
        pages["next"] = json!({ "starting_after": last.place.to_text() });
    }
    let data: Vec<Value> = activities.iter().map(Activity::shown).collect();
    Ok(Answer::json(&json!({ "type": "list", "data": data, "pages": pages })))
}

fn per_page(asked: Option<&str>, ask: &Ask<'_>) -> Result<usize, Refusal> {
    let bad = || Refusal::parameter_invalid("per_page must be between 1 and 150");
    let asked = asked.map_or(Ok(DEFAULT_PER_PAGE), str::parse).map_err(|_| bad())?;
    let clamps = ask.world.unknowns().per_page_above_maximum == PerPageAboveMaximum::Clamped;
    let per_page = if clamps { asked.min(MAX_PER_PAGE) } else { asked };
    if (1..=MAX_PER_PAGE).contains(&per_page) { Ok(per_page) } else { Err(bad()) }
}

/// Returns a contact's activities. A merge is one of the contact that is left, under the number of the one that went.
fn activities_of(contact: &Arc<Contact>) -> impl Iterator<Item = Activity> {
    let activity = |kind, at, id: ContactId, source| Activity {
        place: Place { at, number: id.number, kind },
        contact: Arc::clone(contact),
        source,
    };
    let deleted = match contact.life {
        Life::Deleted { at } => Some(activity(Kind::Deleted, at, contact.id, None)),
        Life::Live | Life::Archived | Life::Merged { .. } => None,
    };
    let promoted = contact.extras.promoted_at.map(|at| activity(Kind::RoleUpdated, at, contact.id, None));
    let created = activity(Kind::Created, contact.created_at, contact.id, None);
    let merges = contact.links.merged.iter();
    let merged: Vec<Activity> =
        merges.map(|merged| activity(Kind::Merged, merged.merged_at, merged.id, Some(merged.id))).collect();
    std::iter::once(created).chain(promoted).chain(merged).chain(deleted)
}

impl Activity {
    fn shown(&self) -> Value {
        let contact = &self.contact;
        let mut shown = json!({
            "type": "contact_activity",
            "id": self.place.to_text(),
            "event_type": self.place.kind.name(),
            "contact_id": contact.id,
            "external_id": contact.external_id,
            "role": self.role().name(),
            "created_at": self.place.at,
        });
        if let Some(source) = self.source {
            shown["merge_source_id"] = json!(source);
            shown["merge_target_id"] = json!(contact.id);
        }
        shown
    }

    /// Returns the contact's role at the time: one that was promoted was created as a lead.
    fn role(&self) -> Role {
        match self.place.kind {
            Kind::Created if self.contact.extras.promoted_at.is_some() => Role::Lead,
            Kind::Created | Kind::RoleUpdated | Kind::Merged | Kind::Deleted => self.contact.role,
        }
    }
}

impl Kind {
    const ALL: [Kind; 4] = [Kind::Created, Kind::RoleUpdated, Kind::Merged, Kind::Deleted];

    fn name(self) -> &'static str {
        match self {
            Kind::Created => "contact.created",
            Kind::RoleUpdated => "contact.role_updated",
            Kind::Merged => "contact.merged",
            Kind::Deleted => "contact.deleted",
        }
    }
}

impl Place {
    /// Returns an id of the documented form: milliseconds, a point, hexadecimal digits [S0 example].
    fn to_text(self) -> String {
        format!("{}.{:x}{}", self.at * 1000, self.number, self.kind as usize)
    }

    fn parse(text: &str) -> Result<Place, Refusal> {
        let read = || {
            let (at, rest) = text.split_once('.')?;
            let (number, kind) = rest.split_at_checked(rest.len().checked_sub(1)?)?;
            let kind: usize = kind.parse().ok()?;
            let number = u64::from_str_radix(number, 16).ok()?;
            let at: i64 = at.parse().ok()?;
            Some(Place { at: at / 1000, number, kind: *Kind::ALL.get(kind)? })
        };
        read().ok_or_else(contacts::bad_cursor)
    }
}
