//! The 1.x profile: users, leads and their jobs, on the same workspace as 2.x [D 1.4].
//!
//! A user is a contact of role user, and a 1.x `contact` is a lead: what one API writes the other one shows. None of
//! this exists on 2.x.

mod behaviours;
mod bulk_users;
mod companies;
mod custom;
mod draft;
mod leads;
mod matching;
mod page;
mod person_json;
mod reading;
mod removal;
mod scroll;
mod upsert;

pub(super) use behaviours::BEHAVIOURS;
pub(super) use removal::named as named_user;

use super::errors::Refusal;
use super::reply::Answer;
use super::routes::Ask;
use super::routes::Endpoint;
use super::unknowns::LegacyPut;

/// What can be asked of 1.x only.
pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::reads("GET", "/users", reading::users).only_in_1_x(),
    Endpoint::writes("POST", "/users", upsert::upsert).only_in_1_x(),
    Endpoint::writes("PUT", "/users", put_user).only_in_1_x(),
    Endpoint::writes("DELETE", "/users", removal::archive_by).only_in_1_x(),
    Endpoint::reads("GET", "/users/scroll", scroll::users).only_in_1_x(),
    Endpoint::reads("GET", "/users/{id}", reading::user).only_in_1_x(),
    Endpoint::writes("DELETE", "/users/{id}", removal::archive).only_in_1_x(),
    Endpoint::writes("POST", "/user_delete_requests", removal::request_deletion).only_in_1_x(),
    Endpoint::reads("GET", "/contacts", reading::leads).only_in_1_x(),
    Endpoint::writes("POST", "/contacts", leads::write).only_in_1_x(),
    Endpoint::writes("PUT", "/contacts", put_lead).only_in_1_x(),
    Endpoint::reads("GET", "/contacts/scroll", scroll::leads).only_in_1_x(),
    Endpoint::writes("POST", "/contacts/convert", leads::convert).only_in_1_x(),
    Endpoint::reads("GET", "/contacts/{id}", leads::read).only_in_1_x(),
    Endpoint::writes("DELETE", "/contacts/{id}", removal::delete_lead).only_in_1_x(),
    Endpoint::writes_many("POST", "/bulk/users", bulk_users::submit).only_in_1_x(),
    Endpoint::reads("GET", "/jobs/{id}", bulk_users::read).only_in_1_x(),
    Endpoint::reads("GET", "/jobs/{id}/error", bulk_users::errors).only_in_1_x(),
];

fn put_user(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    put(ask, upsert::upsert)
}

fn put_lead(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    put(ask, leads::write)
}

/// A `PUT` may be the same as a `POST` [X].
fn put(ask: &Ask<'_>, post: fn(&Ask<'_>) -> Result<Answer, Refusal>) -> Result<Answer, Refusal> {
    match ask.world.unknowns().legacy_put {
        LegacyPut::Unknown => Err(Refusal::path_not_found()),
        LegacyPut::Upserts => post(ask),
    }
}
