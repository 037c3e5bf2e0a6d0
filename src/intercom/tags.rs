//! Tags: known by name, case-insensitively; applied by name to many contacts at a time.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::call::Effect;
use super::flight::Flights;
use super::{ApiError, Client, Contact, Engine, Field, Trace, UserFields};

/// How many contacts one `POST /tags` names. No limit is documented; a hundred is that of every other batch of the API.
pub const TAG_BATCH: usize = 100;

/// Intercom's ids of the workspace's tags, looked up at most once a run.
pub(super) type TagIds = Flights<(), Arc<TagMap>>;

/// The tags of a workspace: ids by folded name.
#[derive(Debug, Default)]
pub(super) struct TagMap(Mutex<HashMap<String, String>>);

/// A tag.
#[derive(Debug, Clone, Deserialize)]
pub struct Tag {
    /// Intercom's id.
    pub id: String,
    /// What people call it.
    pub name: String,
}

#[derive(Deserialize)]
struct Tags {
    // 1.x says `tags`.
    #[serde(alias = "tags")]
    data: Vec<Tag>,
}

/// The answer to `POST /tags`; only since 2.16 it says who was tagged, as the API's description has it.
#[derive(Deserialize)]
struct Applied {
    #[serde(flatten)]
    tag: Tag,
    users: Option<Vec<Tagged>>,
}

#[derive(Deserialize)]
struct Tagged {
    id: String,
}

impl TagMap {
    pub(super) fn id(&self, name: &str) -> Option<String> {
        self.lock().get(&fold(name)).cloned()
    }

    fn note(&self, tag: &Tag) {
        self.lock().insert(fold(&tag.name), tag.id.clone());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns a name as names are compared: Intercom does not tell `VIP` from `vip` (the API's description).
fn fold(name: &str) -> String {
    name.to_lowercase()
}

impl Client {
    /// Returns all tags of the workspace, in one request.
    ///
    /// # Errors
    /// As [`ApiError`].
    pub fn tags(&self, trace: &mut Trace) -> Result<Vec<Tag>, ApiError> {
        let tags: Tags = self.send(&self.call(Method::GET, Effect::Reads, &["tags"]), trace)?;
        Ok(tags.data)
    }

    /// Applies a tag to contacts, creating the tag if there is none. Those that have it already are no error.
    ///
    /// Returns the contacts that the server passed over because they are gone: since 2.16 its answer names the others.
    /// Before, one of them refuses all.
    ///
    /// # Errors
    /// As [`ApiError`].
    pub fn tag(&self, name: &str, contacts: &[&str], trace: &mut Trace) -> Result<Vec<String>, ApiError> {
        let users: Vec<_> = contacts.iter().map(|id| json!({ "id": id })).collect();
        let call =
            self.call(Method::POST, Effect::Writes, &["tags"]).json(&json!({ "name": name, "users": users }));
        let applied: Applied = self.send(&call, trace)?;
        if let Some(map) = self.tags.known(&()) {
            map.note(&applied.tag);
        }
        let Some(users) = applied.users else { return Ok(Vec::new()) };
        let tagged: HashSet<&str> = users.iter().map(|user| user.id.as_str()).collect();
        Ok(contacts.iter().filter(|id| !tagged.contains(**id)).map(ToString::to_string).collect())
    }

    /// Applies a tag to one contact, or to the one that it was merged into.
    ///
    /// # Errors
    /// As [`ApiError`]; a contact that is archived or deleted is not found.
    pub fn tag_one(&self, name: &str, contact: &str, trace: &mut Trace) -> Result<(), ApiError> {
        let result = self.tag(name, &[contact], trace);
        let is_gone = match &result {
            Ok(passed_over) => !passed_over.is_empty(),
            Err(error) => error.is_not_found(),
        };
        if !is_gone || self.engine() == Engine::Users {
            return result.map(drop);
        }
        let found = self.read(contact, trace)?;
        self.tag(name, &[&found.value.id], trace).map(drop)
    }

    /// Returns the tags among the wanted ones that a contact lacks. Asks for the workspace's tags, once a run, only if
    /// the contact has any.
    pub(super) fn missing_tags(
        &self,
        fields: &UserFields,
        contact: &Contact,
        trace: &mut Trace,
    ) -> Result<Vec<String>, ApiError> {
        let wanted = fields.texts(&Field::Tags);
        let Some(list) = contact.tags.as_ref().filter(|list| !wanted.is_empty() && !list.data.is_empty())
        else {
            return Ok(wanted.to_vec());
        };
        let map = self.tag_map_once(trace)?;
        let has: HashSet<String> = if list.has_more {
            self.tag_ids_of(&contact.id, trace)?
        } else {
            list.ids().into_iter().collect()
        };
        let lacks = |name: &&String| map.id(name).is_none_or(|id| !has.contains(&id));
        Ok(wanted.iter().filter(lacks).cloned().collect())
    }

    /// Returns the workspace's tags, asked for once a run.
    pub(super) fn tag_map_once(&self, trace: &mut Trace) -> Result<Arc<TagMap>, ApiError> {
        self.tags.get(&(), || self.tag_map(trace))
    }

    fn tag_map(&self, trace: &mut Trace) -> Result<Arc<TagMap>, ApiError> {
        let map = TagMap::default();
        self.tags(trace)?.iter().for_each(|tag| map.note(tag));
        Ok(Arc::new(map))
    }

    fn tag_ids_of(&self, contact: &str, trace: &mut Trace) -> Result<HashSet<String>, ApiError> {
        Ok(self.tags_of(contact, trace)?.into_iter().map(|tag| tag.id).collect())
    }

    /// Returns all tags of a contact.
    ///
    /// # Errors
    /// As [`ApiError`].
    pub fn tags_of(&self, contact: &str, trace: &mut Trace) -> Result<Vec<Tag>, ApiError> {
        let call = self.call(Method::GET, Effect::Reads, &["contacts", contact, "tags"]);
        Ok(self.send::<Tags>(&call, trace)?.data)
    }
}
