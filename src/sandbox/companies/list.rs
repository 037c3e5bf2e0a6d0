//! Lists of companies: those with users, the last seen first [S]. They trail the store.

use std::cmp::Reverse;

use serde::Deserialize;
use serde_json::Value;
use serde_json::json;

use super::json::list_names;
use super::json::shown;
use crate::sandbox::company::Company;
use crate::sandbox::errors::Refusal;
use crate::sandbox::pages::Pages;
use crate::sandbox::reply::Answer;
use crate::sandbox::routes::Ask;
use crate::sandbox::store::Store;

/// The default size of a page [S]; another sentence of the description says 20.
const DEFAULT_PER_PAGE: usize = 15;
/// The largest page [C].
const MAX_PER_PAGE: usize = 60;
/// How deep a list can be paged; a scroll goes on [S].
const MAX_DEPTH: usize = 10_000;

/// The query of `GET /companies`.
#[derive(Debug, Default, Deserialize)]
struct FindQuery {
    company_id: Option<String>,
    name: Option<String>,
    tag_id: Option<String>,
    segment_id: Option<String>,
}

/// The query of `POST /companies/list`.
#[derive(Debug, Default, Deserialize)]
struct ListQuery {
    order: Option<String>,
}

/// `GET /companies`: one by its owner's id or its name, listed or not; else a list [S].
pub(super) fn find(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let query: FindQuery = ask.query();
    let mut store = ask.world.store();
    let single = match &query {
        FindQuery { company_id: Some(company_id), .. } => Some(store.companies.with_own_id(company_id)),
        FindQuery { name: Some(name), .. } => {
            Some(store.companies.all().find(|company| company.name.as_deref() == Some(name)))
        }
        _ => None,
    };
    if let Some(found) = single {
        let company = found.ok_or_else(Refusal::company_not_found)?;
        return Ok(Answer::json(&shown(company, &store)));
    }
    let tag = query.tag_id.as_deref().map(|id| store.tags.with_id(id).map(|tag| tag.id));
    page(ask, &mut store, Order::NewestFirst, |company| {
        let tagged = tag.is_none_or(|tag| company.tags.iter().any(|applied| Some(applied.id) == tag));
        // No segment holds companies.
        tagged && query.segment_id.is_none()
    })
}

/// `POST /companies/list`, whose parameters are in the query [S].
pub(super) fn list(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let query: ListQuery = ask.query();
    let order = match query.order.as_deref() {
        None | Some("desc") => Order::NewestFirst,
        Some("asc") => Order::OldestFirst,
        Some(_) => return Err(Refusal::bad_parameter("order")),
    };
    page(ask, &mut ask.world.store(), order, |_| true)
}

/// By the time of the last request; those without one are sorted by their creation [X].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    NewestFirst,
    OldestFirst,
}

fn page(
    ask: &Ask<'_>,
    store: &mut Store,
    order: Order,
    is_asked_for: impl Fn(&Company) -> bool,
) -> Result<Answer, Refusal> {
    let pages = Pages::read(ask, DEFAULT_PER_PAGE, MAX_PER_PAGE)?;
    if MAX_DEPTH < pages.page.saturating_mul(pages.per_page) {
        return Err(Refusal::parameter_invalid("page limit reached, please use scroll API"));
    }
    store.company_index.catch_up(ask.now);
    let listed = store.company_index.shown().map(|listed| &*listed.company);
    let mut companies: Vec<&Company> = listed.filter(|company| is_asked_for(company)).collect();
    let key = |company: &&Company| (company.last_request_at, company.created_at, company.id);
    match order {
        Order::NewestFirst => companies.sort_unstable_by_key(|company| Reverse(key(company))),
        Order::OldestFirst => companies.sort_unstable_by_key(key),
    }
    let data: Vec<Value> = pages.cut(&companies).iter().map(|company| shown(company, store)).collect();
    let (total_count, pages) = (companies.len(), pages.json(ask, companies.len()));
    let (kind, key) = list_names(ask.version);
    Ok(Answer::json(&json!({ "type": kind, key: data, "pages": pages, "total_count": total_count })))
}
