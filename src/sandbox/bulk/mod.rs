//! Preview's `/contacts/bulk`: up to 100 contacts in one request, done later, and the stream of what happened to
//! contacts [S0].
//!
//! A job tells of no item and of no id: its state says that something failed, and the client has to look.

mod activities;
mod behaviours;
mod intake;
mod items;

pub(super) use behaviours::BEHAVIOURS;

use super::routes::Endpoint;
use super::versions::Version;

/// What can be asked of Preview only.
pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::writes_many("POST", "/contacts/bulk", intake::create).since(Version::PREVIEW),
    Endpoint::writes_many("PUT", "/contacts/bulk", intake::update).since(Version::PREVIEW),
    Endpoint::writes_many("POST", "/contacts/bulk/delete", intake::delete).since(Version::PREVIEW),
    Endpoint::reads("GET", "/contacts/bulk/{id}", intake::read).since(Version::PREVIEW),
    Endpoint::reads("GET", "/contacts/activities", activities::list).since(Version::PREVIEW),
];
