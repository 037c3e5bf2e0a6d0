//! Segments, which clients can only read. Who belongs to one follows from its rule; the rules are the sandbox's own.

use serde::Deserialize;
use serde_json::Value;
use serde_json::json;

use super::behaviours::Behaviour;
use super::behaviours::it;
use super::clock::Moment;
use super::contact::Contact;
use super::contact::Role;
use super::contact::Scalar;
use super::errors::Refusal;
use super::reply::Answer;
use super::routes::Ask;
use super::routes::Endpoint;
use super::tag::Tag;
use super::tag::Tags;
use super::versions::Version;

/// What can be asked of segments.
pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::reads("GET", "/segments", list).since(Version::V1_0),
    Endpoint::reads("GET", "/segments/{segment_id}", read).since(Version::V1_0),
    Endpoint::reads("GET", "/contacts/{id}/segments", of_contact),
];

/// What the routes of segments do.
pub(super) const BEHAVIOURS: &[Behaviour] = &[
    it(
        "GET /segments",
        "S",
        "All at once. They can only be read; which there are, and their rules, is the sandbox's own.",
    ),
    it("GET /segments/{segment_id}", "S", "404 Resource Not Found."),
    it("GET /contacts/{id}/segments", "S", "Those whose rule fits the contact now."),
];

const SECONDS_PER_DAY: i64 = 24 * 60 * 60;
/// Midnight of 2020-01-01: the workspace's own.
const CREATED_AT: i64 = 1_577_836_800;

/// A segment.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    role: Role,
    rule: Rule,
}

/// Who belongs to a segment.
#[derive(Debug, Clone, Copy)]
enum Rule {
    CreatedWithinDays(i64),
    SeenWithinDays(i64),
    NotSeenForDays(i64),
    Tagged(&'static str),
    HasAttribute(&'static str),
}

/// Who belongs to a segment at one moment. It needs no store.
#[derive(Debug)]
pub(super) struct Members {
    role: Role,
    rule: Rule,
    /// The tag that the rule names, if there is one.
    tag: Option<u64>,
    now: Moment,
}

/// The segments of every workspace. One hangs on a tag, which therefore cannot be deleted, and
/// one on an attribute, which cannot be archived [S].
pub(super) const SEGMENTS: [Segment; 6] = [
    segment("5e0be1000000000000000001", "Active", Role::User, Rule::SeenWithinDays(30)),
    segment("5e0be1000000000000000002", "New", Role::User, Rule::CreatedWithinDays(7)),
    segment("5e0be1000000000000000003", "Slipping Away", Role::User, Rule::NotSeenForDays(30)),
    segment("5e0be1000000000000000004", "New leads", Role::Lead, Rule::CreatedWithinDays(7)),
    segment("5e0be1000000000000000005", "VIP customers", Role::User, Rule::Tagged("VIP customer")),
    segment(
        "5e0be1000000000000000006",
        "With a success plan",
        Role::User,
        Rule::HasAttribute("success_plan"),
    ),
];

const fn segment(id: &'static str, name: &'static str, role: Role, rule: Rule) -> Segment {
    Segment { id, name, role, rule }
}

/// The query of the list.
#[derive(Debug, Default, Deserialize)]
struct ListQuery {
    include_count: Option<String>,
}

/// `GET /segments`: all of them, with the number of their contacts on demand [S].
fn list(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let query: ListQuery = ask.query();
    let mut segments: Vec<Value> = SEGMENTS.iter().map(Segment::shown).collect();
    if query.include_count.as_deref() == Some("true") {
        let mut store = ask.world.store();
        store.index.catch_up(ask.now);
        for (segment, shown) in SEGMENTS.iter().zip(&mut segments) {
            let members = segment.members(&store.tags, ask.now);
            shown["count"] = store.index.shown().filter(|contact| members.hold(contact)).count().into();
        }
    }
    Ok(Answer::json(&json!({ "type": "segment.list", "segments": segments })))
}

/// `GET /segments/{id}`.
fn read(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let segment = find(ask.id()).ok_or_else(Refusal::resource_not_found)?;
    Ok(Answer::json(&segment.shown()))
}

/// `GET /contacts/{id}/segments`.
fn of_contact(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let store = ask.world.store();
    let contact = store.live(ask.id())?;
    let segments = SEGMENTS.iter().filter(|segment| segment.holds(contact, &store.tags, ask.now));
    let data: Vec<Value> = segments.map(Segment::shown).collect();
    Ok(Answer::json(&json!({ "type": "list", "data": data })))
}

/// Finds a segment by its id.
pub(super) fn find(id: &str) -> Option<&'static Segment> {
    SEGMENTS.iter().find(|segment| segment.id == id)
}

impl Segment {
    /// Says whether a contact belongs to the segment.
    pub(super) fn holds(&self, contact: &Contact, tags: &Tags, now: Moment) -> bool {
        self.members(tags, now).hold(contact)
    }

    /// Returns the segment as it is now, to be asked about many contacts.
    pub(super) fn members(&self, tags: &Tags, now: Moment) -> Members {
        let tag = match self.rule {
            Rule::Tagged(name) => tags.named(name).map(|tag| tag.id),
            _ => None,
        };
        Members { role: self.role, rule: self.rule, tag, now }
    }

    /// Says whether the segment's rule asks for a tag.
    pub(super) fn hangs_on(&self, tag: &Tag) -> bool {
        matches!(self.rule, Rule::Tagged(name) if name.to_lowercase() == tag.name.to_lowercase())
    }

    /// Says whether the segment's rule asks for an attribute of contacts.
    pub(super) fn asks_for(&self, attribute: &str) -> bool {
        matches!(self.rule, Rule::HasAttribute(name) if name == attribute)
    }

    /// A lead is a `contact` here [S].
    fn shown(&self) -> Value {
        let person_type = match self.role {
            Role::User => "user",
            Role::Lead => "contact",
        };
        json!({
            "type": "segment",
            "id": self.id,
            "name": self.name,
            "created_at": CREATED_AT,
            "updated_at": CREATED_AT,
            "person_type": person_type,
        })
    }
}

impl Members {
    /// Says whether a contact is one of them.
    pub(super) fn hold(&self, contact: &Contact) -> bool {
        let since = |days: i64| self.now.seconds() - days * SECONDS_PER_DAY;
        let belongs = match self.rule {
            Rule::CreatedWithinDays(days) => since(days) <= contact.created_at,
            Rule::SeenWithinDays(days) => contact.last_seen_at.is_some_and(|seen| since(days) <= seen),
            Rule::NotSeenForDays(days) => contact.last_seen_at.is_some_and(|seen| seen < since(days)),
            Rule::HasAttribute(name) => contact.attribute(name).is_some_and(|value| *value != Scalar::Null),
            Rule::Tagged(_) => self.tag.is_some_and(|tag| contact.links.tag(tag).is_some()),
        };
        contact.role == self.role && belongs
    }
}
