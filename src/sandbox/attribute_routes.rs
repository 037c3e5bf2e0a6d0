//! The routes of data attributes.
//!
//! The list holds every attribute at once: there are no pages [S]. An attribute's type never changes, and it can be
//! archived but not deleted [S].

use serde::Deserialize;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use axum::http::StatusCode;

use super::attributes::Attribute;
use super::attributes::Attributes;
use super::attributes::DataType;
use super::attributes::MAX_ACTIVE;
use super::attributes::Model;
use super::behaviours::Behaviour;
use super::behaviours::it;
use super::errors::Refusal;
use super::reply::Answer;
use super::routes::Ask;
use super::routes::Endpoint;
use super::segments::SEGMENTS;
use super::standard_attributes::STANDARD;
use super::standard_attributes::STANDARD_OF_COMPANIES;
use super::standard_attributes::Standard;
use super::unknowns::NewAttribute;

/// What can be asked of data attributes.
pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::reads("GET", "/data_attributes", list),
    Endpoint::writes("POST", "/data_attributes", create),
    Endpoint::writes("PUT", "/data_attributes/{id}", update),
];

/// What the routes of attributes do.
pub(super) const BEHAVIOURS: &[Behaviour] = &[
    it(
        "GET /data_attributes",
        "S R",
        "All at once, the built-in ones too; api_writable marks what a contact's write can hold.",
    ),
    it("GET /data_attributes", "X", "When it shows a new attribute is the switch new-attribute."),
    it("GET /data_attributes", "S", "Any other model than contact and company is 422; its text is X."),
    it(
        "POST /data_attributes",
        "S",
        "The documented refusals with their texts; 250 active ones at most [D], whose refusal is X.",
    ),
    it(
        "PUT /data_attributes/{id}",
        "S",
        "Archives, describes, sets options; the type never changes; 404 field_not_found.",
    ),
];

/// The query of the list.
#[derive(Debug, Default, Deserialize)]
struct ListQuery {
    model: Option<String>,
    include_archived: Option<String>,
}

/// `GET /data_attributes`.
fn list(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let query: ListQuery = ask.query();
    let model = match query.model.as_deref() {
        None => None,
        Some(text) => Some(model(Some(text)).map_err(|_| bad_list_model(text))?),
    };
    let archived_too = query.include_archived.as_deref() == Some("true");
    let asked = |attribute: &&Attribute| {
        model.is_none_or(|model| attribute.model == model) && (archived_too || !attribute.archived)
    };
    let store = ask.world.store();
    let trails = store.unknowns.new_attribute == NewAttribute::Trails && !store.index.is_prompt();
    let listed = |attribute: &&Attribute| !trails || store.attributes.is_settled(attribute, ask.now);
    let standard = [Model::Contact, Model::Company]
        .into_iter()
        .filter(|of| model.is_none_or(|model| model == *of))
        .flat_map(|of| standard(of).iter().map(move |attribute| attribute.json(of)));
    let custom = store.attributes.all().filter(asked).filter(listed).map(shown);
    let data: Vec<Value> = standard.chain(custom).collect();
    Ok(Answer::json(&json!({ "type": "list", "data": data })))
}

/// `POST /data_attributes`.
fn create(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let keys = object(ask.body)?;
    let text = |name: &str| keys.get(name).and_then(Value::as_str);
    let mut store = ask.world.store();
    let model = model(text("model"))?;
    let name = text("name").unwrap_or_default();
    check_name(name, model, &store.attributes)?;
    let data_type = data_type(text("data_type"))?;
    let options = match text("data_type") {
        Some("options") => options(keys.get("options"))?,
        _ => Vec::new(),
    };
    let attribute = Attribute {
        id: store.attributes.new_id(),
        name: name.to_owned(),
        model,
        data_type,
        options,
        description: text("description").unwrap_or_default().to_owned(),
        messenger_writable: keys.get("messenger_writable").and_then(Value::as_bool).unwrap_or(false),
        archived: false,
        created_at: ask.now.seconds(),
        updated_at: ask.now.seconds(),
    };
    let answer = Answer::json(&shown(&attribute));
    store.save_attribute(attribute)?;
    Ok(answer)
}

/// `PUT /data_attributes/{id}`.
fn update(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let keys = object(ask.body)?;
    let mut store = ask.world.store();
    let known = ask.id().parse().ok().and_then(|id| store.attributes.with_id(id));
    let mut attribute = known.cloned().ok_or_else(unknown_attribute)?;
    if let Some(archived) = keys.get("archived").and_then(Value::as_bool) {
        if attribute.archived && !archived {
            check_room(&store.attributes)?;
        }
        if archived && has_dependents(&attribute) {
            return Err(dependent_object());
        }
        attribute.archived = archived;
    }
    if let Some(description) = keys.get("description").and_then(Value::as_str) {
        description.clone_into(&mut attribute.description);
    }
    if let Some(messenger_writable) = keys.get("messenger_writable").and_then(Value::as_bool) {
        attribute.messenger_writable = messenger_writable;
    }
    if keys.contains_key("options") {
        attribute.options = options(keys.get("options"))?;
    }
    attribute.updated_at = ask.now.seconds();
    let answer = Answer::json(&shown(&attribute));
    store.save_attribute(attribute)?;
    Ok(answer)
}

fn object(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    serde_json::from_slice(body).map_err(|_| Refusal::malformed_json())
}

fn shown(attribute: &Attribute) -> Value {
    let mut shown = json!({
        "id": attribute.id,
        "type": "data_attribute",
        "name": attribute.name,
        "full_name": format!("custom_attributes.{}", attribute.name),
        "label": attribute.name,
        "description": attribute.description,
        "data_type": attribute.data_type.name(),
        "api_writable": true,
        "ui_writable": false,
        "messenger_writable": attribute.messenger_writable,
        "custom": true,
        "archived": attribute.archived,
        "admin_id": "814860",
        "created_at": attribute.created_at,
        "updated_at": attribute.updated_at,
        "model": attribute.model,
    });
    if !attribute.options.is_empty() {
        shown["options"] = json!(attribute.options);
    }
    shown
}

fn model(text: Option<&str>) -> Result<Model, Refusal> {
    match text {
        Some("contact") => Ok(Model::Contact),
        Some("company") => Ok(Model::Company),
        _ => Err(Refusal::parameter_invalid(
            "The Data Attribute model field must be either contact or company",
        )),
    }
}

/// 422 for conversations [S 2.16]; that any other model is told so is [X].
fn bad_list_model(model: &str) -> Refusal {
    let message = match model {
        "conversation" => {
            "model=conversation is no longer supported. Use GET /conversations/attributes instead"
        }
        _ => "The model must be either contact or company",
    };
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "parameter_invalid", message)
}

/// Returns the standard attributes of a model.
fn standard(model: Model) -> &'static [Standard] {
    match model {
        Model::Contact => &STANDARD,
        Model::Company => &STANDARD_OF_COMPANIES,
    }
}

/// Lists are strings with options, and `datetime` is a date [S].
fn data_type(text: Option<&str>) -> Result<DataType, Refusal> {
    match text {
        Some("string" | "options") => Ok(DataType::String),
        Some("integer") => Ok(DataType::Integer),
        Some("float") => Ok(DataType::Float),
        Some("boolean") => Ok(DataType::Boolean),
        Some("date" | "datetime") => Ok(DataType::Date),
        _ => Err(Refusal::parameter_invalid("Data Type isn't an option")),
    }
}

/// The documented refusals of a name, with their texts [S 2.14-2.16].
fn check_name(name: &str, model: Model, attributes: &Attributes) -> Result<(), Refusal> {
    // Letters and digits of any script, and what the specification's own names hold: spaces and hyphens. That the
    // underscore is allowed is clear from every recorded name [R].
    let allowed =
        |letter: char| letter.is_alphanumeric() || " -_".contains(letter) || is_currency_symbol(letter);
    if name.trim().is_empty() || !name.chars().all(allowed) {
        return Err(Refusal::parameter_invalid(
            "Your name for this attribute must only contain alphanumeric characters, currency symbols, and hyphens",
        ));
    }
    if standard(model).iter().any(|standard| standard.name == name) {
        let data = data_of(model);
        let message = format!(
            "'{name}' is one of our standard attributes. To save this as new {data} data, use a different name."
        );
        return Err(Refusal::parameter_invalid(message));
    }
    if let Some(other) = attributes.all().find(|attribute| attribute.name == name) {
        let (other, asked) = (data_of(other.model), data_of(model));
        let message = format!(
            "You already have '{name}' in your {other} data. To save this as new {asked} data, use a different name."
        );
        return Err(Refusal::parameter_invalid(message));
    }
    check_room(attributes)
}

fn is_currency_symbol(letter: char) -> bool {
    letter == '$' || ('\u{a2}'..='\u{a5}').contains(&letter) || ('\u{20a0}'..='\u{20cf}').contains(&letter)
}

fn data_of(model: Model) -> &'static str {
    match model {
        Model::Contact => "people",
        Model::Company => "company",
    }
}

/// 250 active attributes; archiving makes room [D help/179]. The code is in the Ruby client's map [C]; status and text
/// are [X].
pub(super) fn check_room(attributes: &Attributes) -> Result<(), Refusal> {
    let active = attributes.all().filter(|attribute| !attribute.archived).count();
    if active < MAX_ACTIVE {
        return Ok(());
    }
    let message = format!("You have reached the limit of {MAX_ACTIVE} custom attributes");
    Err(Refusal::new(StatusCode::BAD_REQUEST, "custom_data_limit_reached", message))
}

/// At least two options, each `{"value":…}` [S].
fn options(value: Option<&Value>) -> Result<Vec<String>, Refusal> {
    let Some(Value::Array(options)) = value else {
        return Err(Refusal::parameter_invalid("Options isn't an array"));
    };
    let text = |option: &Value| option.get("value").and_then(Value::as_str).map(str::to_owned);
    match options.iter().map(text).collect::<Option<Vec<_>>>() {
        Some(values) if 2 <= values.len() => Ok(values),
        _ => Err(Refusal::parameter_invalid("The Data Attribute must have at least two options")),
    }
}

/// A segment may ask for an attribute of contacts.
fn has_dependents(attribute: &Attribute) -> bool {
    attribute.model == Model::Contact && SEGMENTS.iter().any(|segment| segment.asks_for(&attribute.name))
}

/// 422 [S].
fn dependent_object() -> Refusal {
    let message = "The Data Attribute you are trying to archive has a dependant object";
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "data_invalid", message)
}

/// 404 [S].
fn unknown_attribute() -> Refusal {
    let message = "We couldn't find that data attribute to update";
    Refusal::new(StatusCode::NOT_FOUND, "field_not_found", message)
}
