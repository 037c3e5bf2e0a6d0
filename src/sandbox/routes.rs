//! Intercom's paths that the sandbox knows: what each means, since which version, and whether it writes. Pure.

use axum::http::Method;

use super::errors::Refusal;
use super::versions::Version;

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) action: Action,
    /// The id in the path, decoded; empty where there is none.
    pub(super) subject: String,
}

/// What can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Me,
    ListContacts,
    CreateContact,
    SearchContacts,
    FindByExternalId,
    ReadContact,
    UpdateContact,
    DeleteContact,
    ArchiveContact,
    UnarchiveContact,
    ListAttributes,
    CreateAttribute,
    UpdateAttribute,
    /// The 1.x users, which 2.x refuses by name.
    LegacyUsers,
}

impl Route {
    /// Finds what a method and a path mean; `None` for what Intercom does not have, as far as the sandbox knows.
    pub(super) fn find(method: &Method, path: &str) -> Option<Route> {
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        let (action, subject) = match (method.as_str(), segments.as_slice()) {
            ("GET", ["me"]) => (Action::Me, ""),
            ("GET", ["contacts"]) => (Action::ListContacts, ""),
            ("POST", ["contacts"]) => (Action::CreateContact, ""),
            ("POST", ["contacts", "search"]) => (Action::SearchContacts, ""),
            ("GET", ["contacts", "find_by_external_id", id]) => (Action::FindByExternalId, *id),
            ("GET", ["contacts", id]) => (Action::ReadContact, *id),
            ("PUT", ["contacts", id]) => (Action::UpdateContact, *id),
            ("DELETE", ["contacts", id]) => (Action::DeleteContact, *id),
            ("POST", ["contacts", id, "archive"]) => (Action::ArchiveContact, *id),
            ("POST", ["contacts", id, "unarchive"]) => (Action::UnarchiveContact, *id),
            ("GET", ["data_attributes"]) => (Action::ListAttributes, ""),
            ("POST", ["data_attributes"]) => (Action::CreateAttribute, ""),
            ("PUT", ["data_attributes", id]) => (Action::UpdateAttribute, *id),
            (_, ["users", ..]) => (Action::LegacyUsers, ""),
            _ => return None,
        };
        Some(Route { action, subject: percent_decoded(subject) })
    }

    /// Refuses what the version does not have.
    pub(super) fn gate(&self, version: Version) -> Result<(), Refusal> {
        match self.action {
            Action::Me => Ok(()),
            // `/users` answered 400 and 404 in different reports; the brief reports are of 400 [I]. On 1.x it is
            // unknown until the sandbox has a 1.x profile.
            Action::LegacyUsers if version < Version::V2_0 => Err(Refusal::path_not_found()),
            Action::LegacyUsers => Err(Refusal::not_in_this_version()),
            _ if version < Version::V2_0 => Err(Refusal::not_in_this_version()),
            Action::FindByExternalId if version < Version::V2_13 => Err(Refusal::path_not_found()),
            _ => Ok(()),
        }
    }
}

impl Action {
    /// Says whether success changes the store.
    pub(super) fn writes(self) -> bool {
        use Action as A;
        match self {
            A::CreateContact | A::UpdateContact | A::DeleteContact | A::ArchiveContact => true,
            A::UnarchiveContact | A::CreateAttribute | A::UpdateAttribute => true,
            A::Me | A::ListContacts | A::SearchContacts | A::FindByExternalId | A::ReadContact => false,
            A::ListAttributes | A::LegacyUsers => false,
        }
    }

    /// Returns the path with names for ids, under which requests are counted.
    pub(super) fn pattern(self) -> &'static str {
        match self {
            Action::Me => "/me",
            Action::ListContacts | Action::CreateContact => "/contacts",
            Action::SearchContacts => "/contacts/search",
            Action::FindByExternalId => "/contacts/find_by_external_id/{external_id}",
            Action::ReadContact | Action::UpdateContact | Action::DeleteContact => "/contacts/{id}",
            Action::ArchiveContact => "/contacts/{id}/archive",
            Action::UnarchiveContact => "/contacts/{id}/unarchive",
            Action::ListAttributes | Action::CreateAttribute => "/data_attributes",
            Action::UpdateAttribute => "/data_attributes/{id}",
            Action::LegacyUsers => "/users",
        }
    }
}

/// Decodes `%41`; what is not such an escape stays as it is.
fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut place = 0;
    while place < bytes.len() {
        match escape_at(bytes, place) {
            Some(byte) => {
                decoded.push(byte);
                place += 3;
            }
            None => {
                decoded.push(bytes[place]);
                place += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn escape_at(bytes: &[u8], place: usize) -> Option<u8> {
    let [b'%', high, low] = *bytes.get(place..place + 3)? else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}
