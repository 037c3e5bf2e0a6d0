//! One page of a listing, as it was understood and as the server wrote it: contacts of 2.x, users and leads of 1.x.

use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::json;

use super::call::Effect;
use super::contact::AsWritten;
use super::user::AsContact;
use super::{ApiError, Client, Contact, Cursor, Engine, Page, Raw, Role, Trace};

/// The most users that one page of 1.x holds (the 1.4 reference of Users).
const USERS_PER_PAGE: u32 = 60;

/// Some of the contacts of a workspace, and where to go on.
#[derive(Debug, Clone)]
pub struct Listing {
    /// The contacts.
    pub contacts: Vec<Raw<Contact>>,
    /// Where to go on; `None` at the end.
    pub next: Option<Cursor>,
    /// How many there are in all, where the server tells.
    pub total_count: Option<u64>,
    /// The whole page as the server wrote it.
    pub json: AsWritten,
}

/// One page of users or leads, or one step of a scroll over them.
#[derive(Deserialize)]
pub(super) struct UserList {
    #[serde(alias = "contacts")]
    pub(super) users: Vec<AsContact>,
    #[serde(default)]
    total_count: Option<u64>,
    #[serde(default)]
    pub(super) scroll_param: Option<String>,
    #[serde(default)]
    pages: Option<Pages>,
}

#[derive(Deserialize)]
struct Pages {
    next: Option<String>,
}

impl Client {
    /// Returns one page of all contacts, or of those with a role, as the lagging index shows them.
    ///
    /// In 1.x users and leads are lists of their own, of which only the first 10,000 can be seen in pages; a cursor is
    /// the number of a page.
    ///
    /// # Errors
    /// As [`ApiError`]; a stale cursor is refused with `client_error`.
    pub fn listing(
        &self,
        role: Option<Role>,
        per_page: u32,
        starting_after: Option<&Cursor>,
        trace: &mut Trace,
    ) -> Result<Listing, ApiError> {
        match (self.engine(), role) {
            (Engine::Users, role) => {
                let page = starting_after.map_or("1", Cursor::as_str);
                self.user_page(role.unwrap_or_default(), per_page, page, trace)
            }
            (Engine::Contacts | Engine::Bulk, None) => {
                let page = &per_page.to_string();
                let mut call = self.call(Method::GET, Effect::Reads, &["contacts"]).query("per_page", page);
                if let Some(cursor) = starting_after {
                    call = call.query("starting_after", cursor.as_str());
                }
                self.send_raw::<Page<Raw<Contact>>>(&call, trace).map(Listing::of_page)
            }
            (Engine::Contacts | Engine::Bulk, Some(role)) => {
                // The list knows no roles; the search does, and has the same shape.
                let query = json!({"field": "role", "operator": "=", "value": role.name()});
                let call = self.search_call(&query, per_page, starting_after);
                self.send_raw::<Page<Raw<Contact>>>(&call, trace).map(Listing::of_page)
            }
        }
    }

    /// Returns how many contacts one page holds at most.
    #[must_use]
    pub fn page_size(&self) -> u32 {
        match self.engine() {
            Engine::Contacts | Engine::Bulk => Self::PAGE_SIZE,
            Engine::Users => USERS_PER_PAGE,
        }
    }

    fn user_page(
        &self,
        role: Role,
        per_page: u32,
        page: &str,
        trace: &mut Trace,
    ) -> Result<Listing, ApiError> {
        let call = self
            .call(Method::GET, Effect::Reads, &[role.resource_1_x()])
            .query("page", page)
            .query("per_page", &per_page.to_string());
        let Raw { value, json } = self.send_raw::<UserList>(&call, trace)?;
        let next = value.pages.as_ref().and_then(|pages| pages.next.as_deref()).and_then(page_of);
        Ok(Listing::of_users(value, next, json))
    }
}

impl Listing {
    fn of_page(Raw { value, json }: Raw<Page<Raw<Contact>>>) -> Self {
        Self { contacts: value.items, next: value.next, total_count: Some(value.total_count), json }
    }

    pub(super) fn of_users(list: UserList, next: Option<Cursor>, json: AsWritten) -> Self {
        let contacts = list.users.into_iter().map(|user| user.0).collect();
        Self { contacts, next, total_count: list.total_count, json }
    }
}

/// Returns the number of the next page, from its address.
fn page_of(url: &str) -> Option<Cursor> {
    let url = Url::parse(url).ok()?;
    let (_, page) = url.query_pairs().find(|(name, _)| name == "page")?;
    page.parse::<u32>().ok().map(|page| Cursor::new(page.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_stands_in_an_address() {
        let page = |url| page_of(url).map(|cursor| cursor.as_str().to_owned());
        assert_eq!(Some("2".into()), page("https://api.intercom.io/users?per_page=50&page=2"));
        assert_eq!(None, page("https://api.intercom.io/users"));
        assert_eq!(None, page("2"));
    }
}
