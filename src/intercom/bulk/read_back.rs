//! Reading many contacts at a time, as the lagging index shows them.

use std::sync::atomic::Ordering;

use serde_json::json;

use crate::intercom::{ApiError, Client, Contact, Field, Raw, Role, Trace};

/// The shortest list that a search is asked for: the only length that is known to be taken (the API's limit of filters
/// in a group).
const SHORTEST_LIST: usize = 15;

impl Client {
    /// Returns the users among those with the given values of a key, `Id` or `Email` in lower case, that the index
    /// shows. A list that the server refuses is halved, now and from then on.
    ///
    /// # Errors
    /// As [`ApiError`].
    pub fn find_among(
        &self,
        key: &Field,
        values: &[String],
        trace: &mut Trace,
    ) -> Result<Vec<Raw<Contact>>, ApiError> {
        let (mut found, mut rest) = (Vec::with_capacity(values.len()), values);
        while !rest.is_empty() {
            let longest = self.bulk.longest_list.load(Ordering::Relaxed);
            let (list, others) = rest.split_at(rest.len().min(longest));
            match self.find_listed(key, list, trace) {
                Ok(contacts) => {
                    found.extend(contacts);
                    rest = others;
                }
                Err(ApiError::Refused(_)) if SHORTEST_LIST < list.len() => {
                    let shorter = (list.len() / 2).max(SHORTEST_LIST);
                    self.bulk.longest_list.fetch_min(shorter, Ordering::Relaxed);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    fn find_listed(
        &self,
        key: &Field,
        values: &[String],
        trace: &mut Trace,
    ) -> Result<Vec<Raw<Contact>>, ApiError> {
        let is_listed = json!({ "field": key.api_name(), "operator": "IN", "value": values });
        let is_user = json!({ "field": "role", "operator": "=", "value": Role::User.name() });
        let query = json!({ "operator": "AND", "value": [is_listed, is_user] });
        let per_page = u32::try_from(values.len()).unwrap_or(Self::PAGE_SIZE).min(Self::PAGE_SIZE);
        Ok(self.search(&query, per_page, None, trace)?.items)
    }
}
