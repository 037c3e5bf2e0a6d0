//! A user or a lead as a 1.x client sees it: the documented keys in the documented order [D 1.4 Create Lead, user model].
//! Those that only some versions had are in all of them: additions are unversioned [D Versioning].

use serde::Serialize;

use crate::sandbox::contact::AsObject;
use crate::sandbox::contact::Contact;
use crate::sandbox::contact::ContactId;
use crate::sandbox::contact::Role;
use crate::sandbox::store::Store;

/// Returns one person as an answer.
pub(super) fn one(contact: &Contact, store: &Store) -> Vec<u8> {
    serde_json::to_vec(&person(contact, store)).expect("memory takes every byte, and every key is text")
}

/// Returns what 1.x calls a contact of a role: a lead is a `contact` there [D 1.4 Leads].
pub(super) fn noun(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Lead => "contact",
    }
}

/// A user or a lead.
#[derive(Serialize)]
pub(super) struct Person<'a> {
    r#type: &'static str,
    id: ContactId,
    user_id: Option<&'a str>,
    anonymous: bool,
    email: Option<&'a str>,
    phone: Option<&'a str>,
    name: Option<&'a str>,
    pseudonym: Option<&'a str>,
    avatar: Avatar<'a>,
    app_id: &'a str,
    companies: Companies<'a>,
    location_data: Location,
    last_request_at: Option<i64>,
    last_seen_ip: Option<&'a str>,
    created_at: i64,
    remote_created_at: Option<i64>,
    signed_up_at: Option<i64>,
    updated_at: i64,
    session_count: i64,
    social_profiles: SocialProfiles,
    owner_id: Option<u64>,
    unsubscribed_from_emails: bool,
    marked_email_as_spam: bool,
    has_hard_bounced: bool,
    user_agent_data: Option<&'a str>,
    tags: Tags<'a>,
    utm_campaign: Option<&'a str>,
    utm_content: Option<&'a str>,
    utm_medium: Option<&'a str>,
    utm_source: Option<&'a str>,
    utm_term: Option<&'a str>,
    referrer: Option<&'a str>,
    do_not_track: Option<bool>,
    segments: Segments,
    custom_attributes: AsObject<'a>,
}

#[derive(Serialize)]
struct Avatar<'a> {
    r#type: &'static str,
    image_url: Option<&'a str>,
}

#[derive(Serialize)]
struct Companies<'a> {
    r#type: &'static str,
    companies: Vec<Company<'a>>,
}

#[derive(Serialize)]
struct Company<'a> {
    r#type: &'static str,
    company_id: &'a str,
    id: ContactId,
    name: Option<&'a str>,
}

/// Where a person is: the sandbox does not look IP addresses up.
#[derive(Serialize)]
struct Location {
    r#type: &'static str,
    city_name: Option<&'static str>,
    continent_code: Option<&'static str>,
    country_name: Option<&'static str>,
    postal_code: Option<&'static str>,
    region_name: Option<&'static str>,
    timezone: Option<&'static str>,
    country_code: Option<&'static str>,
}

#[derive(Serialize)]
struct SocialProfiles {
    r#type: &'static str,
    social_profiles: [&'static str; 0],
}

#[derive(Serialize)]
struct Tags<'a> {
    r#type: &'static str,
    tags: Vec<Tag<'a>>,
}

#[derive(Serialize)]
struct Tag<'a> {
    r#type: &'static str,
    id: String,
    name: &'a str,
}

/// Always empty [D user model].
#[derive(Serialize)]
struct Segments {
    r#type: &'static str,
    segments: [&'static str; 0],
}

/// Returns a person, with the names of its companies and tags.
pub(super) fn person<'a>(contact: &'a Contact, store: &'a Store) -> Person<'a> {
    let extras = &*contact.extras;
    Person {
        r#type: noun(contact.role),
        id: contact.id,
        user_id: contact.external_id.as_deref(),
        anonymous: contact.role == Role::Lead,
        email: contact.email.as_deref(),
        phone: contact.phone.as_deref(),
        name: contact.name.as_deref(),
        pseudonym: None,
        avatar: Avatar { r#type: "avatar", image_url: contact.avatar.as_deref() },
        app_id: &store.workspace,
        companies: Companies { r#type: "company.list", companies: companies(contact, store) },
        location_data: NOWHERE,
        last_request_at: contact.last_seen_at,
        last_seen_ip: extras.last_seen_ip.as_deref(),
        created_at: contact.created_at,
        remote_created_at: contact.signed_up_at,
        signed_up_at: contact.signed_up_at,
        updated_at: contact.updated_at,
        session_count: extras.session_count,
        social_profiles: SocialProfiles { r#type: "social_profile.list", social_profiles: [] },
        owner_id: contact.owner_id,
        unsubscribed_from_emails: contact.unsubscribed_from_emails,
        marked_email_as_spam: false,
        has_hard_bounced: false,
        user_agent_data: extras.user_agent.as_deref(),
        tags: Tags { r#type: "tag.list", tags: tags(contact, store) },
        utm_campaign: extras.utm.campaign.as_deref(),
        utm_content: extras.utm.content.as_deref(),
        utm_medium: extras.utm.medium.as_deref(),
        utm_source: extras.utm.source.as_deref(),
        utm_term: extras.utm.term.as_deref(),
        referrer: extras.referrer.as_deref(),
        do_not_track: None,
        segments: Segments { r#type: "segment.list", segments: [] },
        custom_attributes: AsObject(&contact.custom_attributes),
    }
}

const NOWHERE: Location = Location {
    r#type: "location_data",
    city_name: None,
    continent_code: None,
    country_name: None,
    postal_code: None,
    region_name: None,
    timezone: None,
    country_code: None,
};

fn companies<'a>(contact: &Contact, store: &'a Store) -> Vec<Company<'a>> {
    let known = contact.links.companies.iter().filter_map(|id| store.companies.get(*id));
    let shown = known.map(|company| Company {
        r#type: "company",
        company_id: &company.company_id,
        id: company.id,
        name: company.name.as_deref(),
    });
    shown.collect()
}

fn tags<'a>(contact: &Contact, store: &'a Store) -> Vec<Tag<'a>> {
    let known = contact.links.tags.iter().filter_map(|applied| store.tags.get(applied.id));
    known.map(|tag| Tag { r#type: "tag", id: tag.id.to_string(), name: &tag.name }).collect()
}
