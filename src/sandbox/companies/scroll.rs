//! `GET /companies/scroll`: every listed company, 100 at a time [S], under the rules of all scrolls.
//!
//! The order, and whether the walk is of one moment, are unspecified; here it walks the live index, oldest first.

use serde_json::Value;
use serde_json::json;

use super::json::list_names;
use super::json::shown;
use crate::sandbox::errors::Refusal;
use crate::sandbox::index::Indexed;
use crate::sandbox::reply::Answer;
use crate::sandbox::routes::Ask;
use crate::sandbox::scroll::PER_PAGE;
use crate::sandbox::scroll::Resource;
use crate::sandbox::scroll::param;

/// Shows the next companies; a page without any is the end, and ends the scroll [S].
pub(super) fn scroll(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let mut store = ask.world.store();
    let param = param(ask, Resource::Companies, &mut store)?;
    let place = store.scrolls.go_on(Resource::Companies, &param, ask.now)?;
    store.company_index.catch_up(ask.now);
    let companies = store.company_index.after(place, PER_PAGE);
    store.scrolls.ended_at(Resource::Companies, companies.last().map(|last| last.place()));
    let data: Vec<Value> = companies.iter().map(|listed| shown(&listed.company, &store)).collect();
    let (kind, key) = list_names(ask.version);
    Ok(Answer::json(&json!({
        "type": kind,
        key: data,
        "pages": null,
        "total_count": null,
        "scroll_param": param,
    })))
}
