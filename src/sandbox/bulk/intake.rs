//! Taking contacts into a job, and showing how far it is. Statuses, codes and texts are the description's [S0].

use axum::http::StatusCode;
use serde_json::Value;
use serde_json::json;

use super::items;
use crate::sandbox::clock::Moment;
use crate::sandbox::errors::Refusal;
use crate::sandbox::jobs;
use crate::sandbox::jobs::CarryOut;
use crate::sandbox::jobs::Family;
use crate::sandbox::jobs::Item;
use crate::sandbox::jobs::Job;
use crate::sandbox::jobs::NotTaken;
use crate::sandbox::jobs::Target;
use crate::sandbox::jobs::Task;
use crate::sandbox::jobs::When;
use crate::sandbox::reply::Answer;
use crate::sandbox::routes::Ask;
use crate::sandbox::unknowns::BulkCost;

/// How many contacts a request may have [S0].
const MAX_CONTACTS: usize = 100;

/// Whether each contact must say which one it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Identified {
    Needed,
    NotNeeded,
}

/// `POST /contacts/bulk`: a strict create of each.
pub(super) fn create(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    submit(ask, Identified::NotNeeded, items::create)
}

/// `PUT /contacts/bulk`: an update of each, by Intercom's id.
pub(super) fn update(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    submit(ask, Identified::Needed, items::update)
}

/// `POST /contacts/bulk/delete`: a permanent deletion of each.
pub(super) fn delete(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    submit(ask, Identified::Needed, items::delete)
}

/// `GET /contacts/bulk/{id}`.
pub(super) fn read(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let store = ask.world.store();
    let job = store.jobs.find(Family::Contacts, ask.id()).ok_or_else(|| not_found(ask.id()))?;
    Ok(Answer::json(&shown(job, ask)))
}

fn submit(ask: &Ask<'_>, identified: Identified, carry_out: CarryOut) -> Result<Answer, Refusal> {
    let mut keys = ask.object()?;
    let contacts = contacts(keys.remove("contacts"), identified)?;
    if ask.world.unknowns().bulk_cost == BulkCost::PerItem {
        ask.spend_items(contacts.len())?;
    }
    let item = |data| Item { data, version: ask.version, carry_out };
    let items = contacts.into_iter().map(item).collect();
    let job_id = keys.get("job").and_then(|job| job.get("id")).and_then(Value::as_str);
    let target = job_id.map_or(Target::New, Target::Open);
    let mut store = ask.world.store();
    let when = When { now: ask.now, speed: store.unknowns.bulk_speed };
    let job = store.jobs.submit(Family::Contacts, target, items, when);
    let id = job.map_err(|why| refusal(why, job_id.unwrap_or_default()))?.id();
    // A task that takes no time is done before its answer.
    jobs::catch_up(&mut store, ask.now);
    let job = store.jobs.find(Family::Contacts, &id).expect("it was made or found just now");
    Ok(Answer::accepted(&shown(job, ask)))
}

fn contacts(contacts: Option<Value>, identified: Identified) -> Result<Vec<Value>, Refusal> {
    let contacts = match contacts {
        None | Some(Value::Null) => return Err(missing("contacts field must be supplied")),
        Some(Value::Array(contacts)) => contacts,
        Some(_) => return Err(mismatch("contacts must be an array")),
    };
    // What no contact at all is told is [X].
    if contacts.is_empty() {
        return Err(missing("contacts field must be supplied"));
    }
    if MAX_CONTACTS < contacts.len() {
        let message = "maximum number of contacts per request is 100";
        return Err(unprocessable("parameter_invalid", message));
    }
    if !contacts.iter().all(Value::is_object) {
        return Err(mismatch("each contact must be an object"));
    }
    let named = |contact: &Value| contact.get("id").and_then(Value::as_str).is_some_and(|id| !id.is_empty());
    if identified == Identified::Needed && !contacts.iter().all(named) {
        return Err(missing("contacts must be identified by id"));
    }
    Ok(contacts)
}

fn missing(message: &str) -> Refusal {
    unprocessable("field_not_found", message)
}

fn mismatch(message: &str) -> Refusal {
    unprocessable("type_mismatch", message)
}

fn unprocessable(code: &'static str, message: &str) -> Refusal {
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, code, message)
}

fn refusal(why: NotTaken, id: &str) -> Refusal {
    match why {
        NotTaken::Unknown => not_found(id),
        NotTaken::Closed => {
            let message = format!("job {id} is closed for new task updates");
            Refusal::new(StatusCode::FORBIDDEN, "forbidden", message)
        }
    }
}

fn not_found(id: &str) -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "job_not_found", format!("job {id} not found"))
}

fn shown(job: &Job, ask: &Ask<'_>) -> Value {
    let (id, now) = (job.id(), ask.now);
    let tasks: Vec<Value> = job.tasks.iter().map(|task| shown_task(task, now)).collect();
    json!({
        "id": id,
        "type": "contacts.bulk.job",
        "state": job.state(now),
        "created_at": job.created_at.seconds(),
        "updated_at": job.updated_at(now).seconds(),
        "completed_at": job.completed_at(now).map(Moment::seconds),
        "tasks": tasks,
        "url": ask.url(&format!("/contacts/bulk/{id}")),
    })
}

fn shown_task(task: &Task, now: Moment) -> Value {
    json!({
        "id": format!("task_v2_{}", task.number),
        "item_count": task.item_count,
        "state": task.state(now),
        "created_at": task.created_at.seconds(),
        "started_at": task.started_at(now).map(Moment::seconds),
        "completed_at": task.completed_at(now).map(Moment::seconds),
    })
}
