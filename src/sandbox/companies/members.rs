//! Which contacts belong to which companies. Both are named by Intercom's ids [S].

use axum::http::StatusCode;
use serde_json::Value;
use serde_json::json;

use super::json::shown;
use crate::sandbox::errors::Refusal;
use crate::sandbox::pages::Pages;
use crate::sandbox::reply::Answer;
use crate::sandbox::routes::Ask;

/// The default size of a page, and the largest one [S example].
const PER_PAGE: usize = 50;

/// `POST /contacts/{id}/companies`: a company that is attached already is 200 again [D].
pub(super) fn attach(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let body: Value = serde_json::from_slice(ask.body).unwrap_or_default();
    let mut store = ask.world.store();
    let contact = store.live(ask.id())?.clone();
    let id = body.get("id").and_then(Value::as_str).ok_or_else(not_specified)?;
    let company = store.company(id)?.clone();
    store.attach_company(contact.id, company.id, ask.now)?;
    Ok(Answer::json(&shown(&company, &store)))
}

/// `DELETE /contacts/{id}/companies/{company_id}`: a company that is not attached is not found.
pub(super) fn detach(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let mut store = ask.world.store();
    let contact = store.live(ask.id())?.clone();
    let company = store.company(ask.second_id())?.clone();
    if !contact.links.companies.contains(&company.id) {
        return Err(Refusal::company_not_found());
    }
    store.detach_company(contact.id, company.id, ask.now)?;
    Ok(Answer::json(&shown(&company, &store)))
}

/// `GET /contacts/{id}/companies`, with numbered pages [S].
pub(super) fn of_contact(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let store = ask.world.store();
    let ids = &store.live(ask.id())?.links.companies;
    let pages = Pages::read(ask, PER_PAGE, PER_PAGE)?;
    let companies = pages.cut(ids).iter().filter_map(|id| store.companies.get(*id));
    let data: Vec<Value> = companies.map(|company| shown(company, &store)).collect();
    let (total_count, pages) = (ids.len(), pages.json(ask, ids.len()));
    Ok(Answer::json(&json!({ "type": "list", "data": data, "pages": pages, "total_count": total_count })))
}

/// 400 [S].
fn not_specified() -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "parameter_not_found", "company not specified")
}
