//! What belongs to a user besides its own fields, after the user was written in bulk.

use crate::intercom::contacts_engine::Delivery;
use crate::intercom::{Client, Delivered, FailedPart, Field, Policy, Trace, UpsertError, UserFields};

/// How much is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Tags: they are put on later than the rest, and one that is gone is passed over (the API's description).
    Tags,
    /// Tags and companies: something in the request has failed, and this may be it.
    All,
}

impl Client {
    /// Does what the contact shows to be missing, but for the tags, which it names.
    ///
    /// # Errors
    /// As [`UpsertError`].
    pub fn complete_bulk(
        &self,
        fields: &UserFields,
        policy: &Policy,
        mut delivered: Delivered,
        extent: Extent,
        trace: &mut Trace,
    ) -> Result<Delivered, UpsertError> {
        if extent == Extent::All {
            // What it is matched by does not matter any more.
            return Delivery { client: self, fields, key: &Field::Id, policy }.complete(delivered, trace);
        }
        let Some(contact) = &delivered.contact else { return Ok(delivered) };
        match self.missing_tags(fields, &contact.value, trace) {
            Ok(tags) => delivered.missing_tags = tags,
            Err(error) => {
                let (outcome, id) = (delivered.outcome, contact.value.id.clone());
                let failed = vec![FailedPart { what: "read the tags".into(), error }];
                return Err(UpsertError::Partial { outcome, id, done: Vec::new(), failed });
            }
        }
        Ok(delivered)
    }

    /// Returns Intercom's id of each tag; `None` for one that is to be made.
    ///
    /// # Errors
    /// As [`ApiError`](crate::intercom::ApiError).
    pub fn tag_ids(
        &self,
        names: &[String],
        trace: &mut Trace,
    ) -> Result<Vec<Option<String>>, crate::intercom::ApiError> {
        let map = self.tag_map_once(trace)?;
        Ok(names.iter().map(|name| map.id(name)).collect())
    }
}
