//! One page of a list or a search as JSON [R].
//!
//! `pages.next` is an object, and its key is absent on the last page: not null [R].

use std::sync::Arc;

use serde_json::json;

use super::cursor::Cursor;
use crate::sandbox::contact::Contact;
use crate::sandbox::contact_json;
use crate::sandbox::contact_json::View;
use crate::sandbox::errors::Refusal;
use crate::sandbox::reply::Answer;
use crate::sandbox::routes::Ask;
use crate::sandbox::unknowns::PerPageAboveMaximum;
use crate::sandbox::unknowns::Unknowns;

/// The largest page [S#639][R].
pub(super) const MAX_PER_PAGE: usize = 150;
/// About what a contact takes, so that a page is not copied while it grows.
const BYTES_PER_CONTACT: usize = 2048;

/// What a page shows.
pub(super) struct Page {
    pub(super) contacts: Vec<Arc<Contact>>,
    pub(super) total_count: usize,
    /// From 1.
    pub(super) number: u64,
    pub(super) per_page: usize,
    /// Where the next page starts; `None` on the last page.
    pub(super) next: Option<Cursor>,
}

impl Page {
    /// Writes the page.
    pub(super) fn answer(&self, ask: &Ask<'_>) -> Answer {
        let view = View::asked(ask);
        let mut body = Vec::with_capacity(self.contacts.len() * BYTES_PER_CONTACT + 256);
        body.extend_from_slice(br#"{"type":"list","data":["#);
        for (place, contact) in self.contacts.iter().enumerate() {
            if 0 < place {
                body.push(b',');
            }
            contact_json::write(contact, view, &mut body);
        }
        let end = format!(r#"],"total_count":{},"pages":{}}}"#, self.total_count, self.pages());
        body.extend_from_slice(end.as_bytes());
        Answer::ok(body)
    }

    fn pages(&self) -> serde_json::Value {
        let total_pages = self.total_count.div_ceil(self.per_page);
        let mut pages = json!({
            "type": "pages", "page": self.number, "per_page": self.per_page, "total_pages": total_pages,
        });
        if let Some(cursor) = &self.next {
            pages["next"] = json!({ "page": cursor.page, "starting_after": cursor.to_text() });
        }
        pages
    }
}

/// Checks the size of a page: above the maximum, and below one, is [X].
pub(super) fn per_page(asked: u64, unknowns: &Unknowns) -> Result<usize, Refusal> {
    let asked = usize::try_from(asked).unwrap_or(usize::MAX);
    match unknowns.per_page_above_maximum {
        _ if asked == 0 => Err(bad_per_page()),
        PerPageAboveMaximum::Refused if MAX_PER_PAGE < asked => Err(bad_per_page()),
        _ => Ok(asked.min(MAX_PER_PAGE)),
    }
}

/// 400 for a size of page that is none; its text is [X].
pub(super) fn bad_per_page() -> Refusal {
    Refusal::parameter_invalid("per_page must be between 1 and 150")
}
