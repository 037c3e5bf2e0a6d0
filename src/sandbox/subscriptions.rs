//! The workspace's subscription types, and what contacts chose about them.
//!
//! A list shows explicit choices only: what a contact gets by default is not in it [S#561].

use serde_json::Value;
use serde_json::json;

use super::behaviours::Behaviour;
use super::behaviours::it;
use super::errors::Refusal;
use super::reply::Answer;
use super::routes::Ask;
use super::routes::Endpoint;
use super::store::Touch;
use super::unknowns::OtherConsent;

/// What can be asked of subscriptions.
pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::reads("GET", "/subscription_types", list),
    Endpoint::reads("GET", "/contacts/{id}/subscriptions", of_contact),
    Endpoint::writes("POST", "/contacts/{id}/subscriptions", choose),
    Endpoint::writes("DELETE", "/contacts/{id}/subscriptions/{subscription_id}", unchoose),
];

/// What the routes of subscriptions do.
pub(super) const BEHAVIOURS: &[Behaviour] = &[
    it("GET /subscription_types", "S", "All at once; which there are is the sandbox's own."),
    it(
        "GET /contacts/{id}/subscriptions",
        "S",
        "Explicit choices only; what a contact gets by default is not in it.",
    ),
    it("POST /contacts/{id}/subscriptions", "S", "By id and consent_type."),
    it("DELETE /contacts/{id}/subscriptions/{subscription_id}", "S", "Takes the choice back."),
];

/// What a choice about a type means: not to get it, or to get it [S].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Consent {
    OptOut,
    OptIn,
}

/// A subscription type.
struct Subscription {
    id: u64,
    consent: Consent,
    name: &'static str,
    description: &'static str,
    content_type: &'static str,
}

/// The types of every workspace; ids of the size of the examples [S].
const TYPES: [Subscription; 3] = [
    Subscription {
        id: 118_001,
        consent: Consent::OptOut,
        name: "Announcements",
        description: "Offers, product and feature announcements",
        content_type: "email",
    },
    Subscription {
        id: 118_002,
        consent: Consent::OptIn,
        name: "Newsletters",
        description: "News of the month",
        content_type: "email",
    },
    Subscription {
        id: 118_003,
        consent: Consent::OptIn,
        name: "Text messages",
        description: "Short notices by telephone",
        content_type: "sms_message",
    },
];

/// Returns what a choice about the type with this id means.
pub(super) fn consent(id: u64) -> Option<Consent> {
    TYPES.iter().find(|subscription| subscription.id == id).map(|subscription| subscription.consent)
}

fn list(_: &Ask<'_>) -> Result<Answer, Refusal> {
    let data: Vec<Value> = TYPES.iter().map(Subscription::shown).collect();
    Ok(Answer::json(&json!({ "type": "list", "data": data })))
}

fn of_contact(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let store = ask.world.store();
    let chosen = &store.live(ask.id())?.links.subscriptions;
    let chosen = TYPES.iter().filter(|subscription| chosen.contains(&subscription.id));
    let data: Vec<Value> = chosen.map(Subscription::shown).collect();
    Ok(Answer::json(&json!({ "type": "list", "data": data })))
}

/// `POST /contacts/{id}/subscriptions` `{id, consent_type}`.
fn choose(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let body: Value = serde_json::from_slice(ask.body).map_err(|_| Refusal::malformed_json())?;
    let mut store = ask.world.store();
    let contact = store.live(ask.id())?.id;
    let subscription = find(&id_text(&body["id"]))?;
    let fits = body["consent_type"].as_str() == Some(subscription.consent.name());
    if !fits && store.unknowns.other_consent == OtherConsent::Refused {
        return Err(Refusal::parameter_invalid("consent_type does not match the subscription type"));
    }
    store.link(contact, Touch::Touches, ask.now, |links| {
        if !links.subscriptions.contains(&subscription.id) {
            links.subscriptions.push(subscription.id);
        }
    })?;
    Ok(Answer::json(&subscription.shown()))
}

/// `DELETE /contacts/{id}/subscriptions/{subscription_id}`: a choice that was not made is not found [X].
fn unchoose(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let mut store = ask.world.store();
    let contact = store.live(ask.id())?.clone();
    let subscription = find(ask.second_id())?;
    if !contact.links.subscriptions.contains(&subscription.id) {
        return Err(Refusal::resource_not_found());
    }
    store.link(contact.id, Touch::Touches, ask.now, |links| {
        links.subscriptions.retain(|id| *id != subscription.id);
    })?;
    Ok(Answer::json(&subscription.shown()))
}

fn find(id: &str) -> Result<&'static Subscription, Refusal> {
    let found = TYPES.iter().find(|subscription| subscription.id.to_string() == id);
    found.ok_or_else(Refusal::resource_not_found)
}

/// Reads an id, which examples give as text and as a number [S].
fn id_text(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

impl Consent {
    fn name(self) -> &'static str {
        match self {
            Consent::OptOut => "opt_out",
            Consent::OptIn => "opt_in",
        }
    }
}

impl Subscription {
    fn shown(&self) -> Value {
        let translation = json!({ "name": self.name, "description": self.description, "locale": "en" });
        json!({
            "type": "subscription",
            "id": self.id.to_string(),
            "state": "live",
            "consent_type": self.consent.name(),
            "default_translation": translation,
            "translations": [translation],
            "content_types": [self.content_type],
        })
    }
}
