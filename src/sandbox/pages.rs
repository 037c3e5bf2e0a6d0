//! Numbered pages, whose `next` is an address or null [S].
//!
//! Contacts do not have them: theirs is a cursor, and its key is absent at the end.

use serde::Deserialize;
use serde_json::Value;
use serde_json::json;

use super::errors::Refusal;
use super::routes::Ask;
use super::unknowns::PerPageAboveMaximum;

/// Which page is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pages {
    /// From 1.
    pub(super) page: usize,
    pub(super) per_page: usize,
}

/// The query of a list.
#[derive(Debug, Default, Deserialize)]
struct Query {
    page: Option<String>,
    per_page: Option<String>,
}

impl Pages {
    /// Reads the query.
    pub(super) fn read(ask: &Ask<'_>, default: usize, maximum: usize) -> Result<Pages, Refusal> {
        let query: Query = ask.query();
        let asked = number(query.per_page.as_deref(), "per_page")?.unwrap_or(default);
        let clamps = ask.world.unknowns().per_page_above_maximum == PerPageAboveMaximum::Clamped;
        let per_page = if clamps { asked.min(maximum) } else { asked };
        if maximum < per_page {
            return Err(Refusal::parameter_invalid(format!("per_page must be between 1 and {maximum}")));
        }
        let page = number(query.page.as_deref(), "page")?.unwrap_or(1);
        Ok(Pages { page, per_page })
    }

    /// Returns the part of a list that is on the page.
    pub(super) fn cut<'a, T>(&self, all: &'a [T]) -> &'a [T] {
        let start = (self.page - 1).saturating_mul(self.per_page).min(all.len());
        &all[start..(start + self.per_page).min(all.len())]
    }

    /// Returns the `pages` of an answer.
    pub(super) fn json(&self, ask: &Ask<'_>, total_count: usize) -> Value {
        let total_pages = total_count.div_ceil(self.per_page);
        json!({
            "type": "pages",
            "next": (self.page < total_pages).then(|| self.next(ask)),
            "page": self.page,
            "per_page": self.per_page,
            "total_pages": total_pages,
        })
    }

    /// Returns the address of the next page: that of this one, with another number.
    fn next(&self, ask: &Ask<'_>) -> String {
        let (path, query) = (ask.uri.path(), ask.uri.query().unwrap_or_default());
        let other =
            |pair: &&str| !["", "page", "per_page"].contains(&pair.split('=').next().unwrap_or_default());
        let own = format!("{path}?per_page={}&page={}", self.per_page, self.page + 1);
        let others = query.split('&').filter(other).flat_map(|pair| ["&", pair]);
        ask.url(&std::iter::once(own.as_str()).chain(others).collect::<String>())
    }
}

/// Reads a number from 1; what another text is told is [X].
fn number(text: Option<&str>, name: &str) -> Result<Option<usize>, Refusal> {
    let Some(text) = text else { return Ok(None) };
    let number = text.parse().ok().filter(|number| 0 < *number);
    number.map(Some).ok_or_else(|| Refusal::bad_parameter(name))
}
