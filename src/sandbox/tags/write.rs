//! `POST /tags`: creates a tag, renames one, or puts one on many users or companies or takes it off them [S].

use std::sync::Arc;

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::id_text;
use super::known;
use super::shown;
use crate::sandbox::company::Company;
use crate::sandbox::contact::Contact;
use crate::sandbox::errors::Refusal;
use crate::sandbox::legacy;
use crate::sandbox::reply::Answer;
use crate::sandbox::routes::Ask;
use crate::sandbox::store::Store;
use crate::sandbox::tag::Tag;
use crate::sandbox::unknowns::TakenTagName;
use crate::sandbox::versions::Version;

/// What is asked for, read.
struct Order {
    name: String,
    /// The id of a tag that gets the name.
    renamed: Option<String>,
    users: Vec<Target>,
    companies: Vec<Target>,
}

/// One user or company, and whether it gets the tag.
struct Target {
    keys: Map<String, Value>,
    tagged: bool,
}

/// What a target turned out to be.
struct Found<T> {
    object: Arc<T>,
    tagged: bool,
}

/// `POST /tags`.
pub(super) fn write(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let order = Order::read(ask.body)?;
    let mut store = ask.world.store();
    let users = found(&order.users, ask.version, |keys| user(keys, &mut store, ask))?;
    let companies = found(&order.companies, ask.version, |keys| company(keys, &store))?;
    let tag = named(&order, &mut store)?;
    for Found { object, tagged } in &users {
        match tagged {
            true => store.tag_contact(object.id, &tag, ask.now)?,
            false => store.untag_contact(object.id, &tag, ask.now)?,
        };
    }
    for Found { object, tagged } in &companies {
        match tagged {
            true => store.tag_company(object.id, &tag, ask.now)?,
            false => store.untag_company(object.id, &tag, ask.now)?,
        };
    }
    let mut answer = shown(&tag);
    if Version::V2_16 <= ask.version {
        let change = |id: &dyn ToString, tagged: bool| json!({ "id": id.to_string(), "tagged": tagged });
        answer["users"] = users.iter().map(|user| change(&user.object.id, user.tagged)).collect();
        answer["companies"] =
            companies.iter().map(|company| change(&company.object.id, company.tagged)).collect();
    }
    let answer = Answer::json(&answer);
    Ok(if users.is_empty() { answer } else { answer.with_recent_write() })
}

impl Order {
    fn read(body: &[u8]) -> Result<Order, Refusal> {
        let body: Value = serde_json::from_slice(body).map_err(|_| Refusal::malformed_json())?;
        let name = body.get("name").and_then(Value::as_str).map(str::trim);
        let name = name.filter(|name| !name.is_empty()).ok_or_else(invalid)?;
        Ok(Order {
            name: name.to_owned(),
            renamed: body.get("id").filter(|id| !id.is_null()).map(id_text),
            users: targets(body.get("users"))?,
            companies: targets(body.get("companies"))?,
        })
    }
}

fn targets(list: Option<&Value>) -> Result<Vec<Target>, Refusal> {
    let target = |entry: &Value| {
        let keys = entry.as_object().ok_or_else(invalid)?.clone();
        let tagged = keys.get("untag").and_then(Value::as_bool) != Some(true);
        Ok(Target { keys, tagged })
    };
    match list {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(entries)) => entries.iter().map(target).collect(),
        Some(_) => Err(invalid()),
    }
}

/// Looks all targets up before anything is written. Since 2.16 those that are missing are skipped [S 2.16]; before, one
/// of them refuses the whole order.
fn found<T>(
    targets: &[Target],
    version: Version,
    mut look: impl FnMut(&Map<String, Value>) -> Result<Arc<T>, Refusal>,
) -> Result<Vec<Found<T>>, Refusal> {
    let mut all = Vec::with_capacity(targets.len());
    for target in targets {
        match look(&target.keys) {
            Ok(object) => all.push(Found { object, tagged: target.tagged }),
            Err(_) if Version::V2_16 <= version => {}
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(all)
}

/// A user is named by Intercom's id only [S]; on 1.x by its other keys too [D 1.4].
fn user(keys: &Map<String, Value>, store: &mut Store, ask: &Ask<'_>) -> Result<Arc<Contact>, Refusal> {
    if ask.version < Version::V2_0 && !keys.contains_key("id") {
        return legacy::named_user(keys, store, ask.now);
    }
    store.live(keys.get("id").and_then(Value::as_str).unwrap_or_default()).cloned()
}

/// A company is named by either id [S].
fn company(keys: &Map<String, Value>, store: &Store) -> Result<Arc<Company>, Refusal> {
    let text = |name: &str| keys.get(name).and_then(Value::as_str);
    match (text("id"), text("company_id")) {
        (Some(id), _) => store.company(id).cloned(),
        (None, Some(company_id)) => {
            store.companies.with_own_id(company_id).cloned().ok_or_else(Refusal::company_not_found)
        }
        (None, None) => Err(Refusal::company_not_found()),
    }
}

/// Finds the tag, creates it, or renames it.
fn named(order: &Order, store: &mut Store) -> Result<Tag, Refusal> {
    let Some(id) = &order.renamed else { return store.tag_named(&order.name) };
    let tag = known(store, id)?.clone();
    let other = store.tags.named(&order.name).filter(|other| other.id != tag.id);
    match other {
        Some(_) if store.unknowns.taken_tag_name == TakenTagName::Refused => Err(invalid()),
        _ => store.save_tag(Tag { name: order.name.clone(), ..tag }),
    }
}

/// 400 [S].
fn invalid() -> Refusal {
    Refusal::parameter_invalid("invalid tag parameters")
}
