//! `POST /bulk/users` and its jobs: up to 100 upserts and archivals in one request, done later [D][C intercom-ruby].
//!
//! Each item spends quota as a request would [I ruby#332, node#71]. Unlike Preview's jobs, these tell of each item that
//! failed.

use axum::http::StatusCode;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::removal;
use super::upsert;
use crate::sandbox::clock::Moment;
use crate::sandbox::errors::Refusal;
use crate::sandbox::jobs::Family;
use crate::sandbox::jobs::Item;
use crate::sandbox::jobs::Job;
use crate::sandbox::jobs::NotTaken;
use crate::sandbox::jobs::Target;
use crate::sandbox::jobs::Task;
use crate::sandbox::jobs::When;
use crate::sandbox::reply::Answer;
use crate::sandbox::routes::Ask;
use crate::sandbox::store::Store;
use crate::sandbox::versions::Version;

/// How many items a request may have; 50 in early documentation [I node#71].
const MAX_ITEMS: usize = 100;

/// `POST /bulk/users`.
pub(super) fn submit(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let mut keys = ask.object()?;
    let items = items(keys.remove("items"), ask.version)?;
    ask.spend_items(items.len())?;
    let job_id = keys.get("job").and_then(|job| job.get("id")).and_then(Value::as_str);
    let target = job_id.map_or(Target::New, Target::Open);
    let mut store = ask.world.store();
    let when = When { now: ask.now, speed: store.unknowns.bulk_speed };
    let app_id = store.workspace.clone();
    let job = store.jobs.submit(Family::Users, target, items, when).map_err(refusal)?;
    Ok(Answer::accepted(&shown(job, &app_id, ask)))
}

/// `GET /jobs/{id}`.
pub(super) fn read(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let store = ask.world.store();
    let job = store.jobs.find(Family::Users, ask.id()).ok_or_else(not_found)?;
    Ok(Answer::json(&shown(job, &store.workspace, ask)))
}

/// `GET /jobs/{id}/error`: the items that failed [C intercom-ruby job_spec]; what one looks like is [X].
pub(super) fn errors(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let store = ask.world.store();
    let job = store.jobs.find(Family::Users, ask.id()).ok_or_else(not_found)?;
    let failures = job.tasks.iter().flat_map(|task| &task.failures);
    let items = failures.map(|failure| {
        let mut item = failure.item.clone();
        item["error"] = json!({ "code": failure.refusal.code, "message": failure.refusal.message });
        item
    });
    let items: Vec<Value> = items.collect();
    Ok(Answer::json(&json!({ "app_id": store.workspace, "job_id": job.id(), "pages": {}, "items": items })))
}

/// Reads `items`; the texts of the refusals are [X].
fn items(items: Option<Value>, version: Version) -> Result<Vec<Item>, Refusal> {
    let Some(Value::Array(items)) = items else { return Err(Refusal::bad_parameter("items")) };
    if MAX_ITEMS < items.len() {
        return Err(Refusal::parameter_invalid(format!(
            "maximum number of items per request is {MAX_ITEMS}"
        )));
    }
    items.into_iter().map(|item| read_item(item, version)).collect()
}

fn read_item(item: Value, version: Version) -> Result<Item, Refusal> {
    let text = |key: &str| item.get(key).and_then(Value::as_str);
    if text("data_type") != Some("user") || !item.get("data").is_some_and(Value::is_object) {
        return Err(Refusal::bad_parameter("items"));
    }
    let carry_out = match text("method") {
        Some("post") => upsert_item,
        Some("delete") => delete_item,
        _ => return Err(Refusal::bad_parameter("items")),
    };
    Ok(Item { data: item, version, carry_out })
}

fn upsert_item(store: &mut Store, item: &Item, now: Moment) -> Result<(), Refusal> {
    upsert::write(store, data(item), item.version, now).map(drop)
}

fn delete_item(store: &mut Store, item: &Item, now: Moment) -> Result<(), Refusal> {
    removal::archive_named(store, &data(item), now)
}

fn data(item: &Item) -> Map<String, Value> {
    item.data["data"].as_object().cloned().unwrap_or_default()
}

fn shown(job: &Job, app_id: &str, ask: &Ask<'_>) -> Value {
    let (id, now) = (job.id(), ask.now);
    let tasks: Vec<Value> = job.tasks.iter().map(|task| shown_task(task, now)).collect();
    json!({
        "app_id": app_id,
        "id": id,
        "created_at": job.created_at.seconds(),
        "updated_at": job.updated_at(now).seconds(),
        "completed_at": job.completed_at(now).map(Moment::seconds),
        "closing_at": job.closing_at().seconds(),
        "name": "api_bulk_job",
        "state": job.state(now),
        "links": { "error": ask.url(&format!("/jobs/{id}/error")), "self": ask.url(&format!("/jobs/{id}")) },
        "tasks": tasks,
    })
}

fn shown_task(task: &Task, now: Moment) -> Value {
    json!({
        "id": format!("task_{:016x}", task.number),
        "item_count": task.item_count,
        "created_at": task.created_at.seconds(),
        "started_at": task.started_at(now).map(Moment::seconds),
        "completed_at": task.completed_at(now).map(Moment::seconds),
        "state": task.state(now),
    })
}

fn refusal(why: NotTaken) -> Refusal {
    match why {
        NotTaken::Unknown => not_found(),
        // The code [C intercom-ruby]; status and text are [X].
        NotTaken::Closed => Refusal::new(StatusCode::BAD_REQUEST, "job_closed", "The job is closed"),
    }
}

/// 404; the text is [X].
fn not_found() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "not_found", "Resource Not Found")
}
