//! Custom attributes as 1.x takes them: up to 1.3 a write makes those that do not exist, from 1.4 on it is refused
//! [D 1.4].

use serde_json::Map;
use serde_json::Value;

use crate::sandbox::attribute_routes;
use crate::sandbox::attributes::Attribute;
use crate::sandbox::attributes::DataType;
use crate::sandbox::attributes::Model;
use crate::sandbox::clock::Moment;
use crate::sandbox::contact::AttributeValue;
use crate::sandbox::contact::Role;
use crate::sandbox::errors::Refusal;
use crate::sandbox::store::Store;
use crate::sandbox::versions::Version;

/// The longest name [D].
const MAX_NAME: usize = 190;

/// Checks the custom attributes of a write, and makes the new ones where the version does.
pub(super) fn values(
    store: &mut Store,
    model: Model,
    values: &Map<String, Value>,
    version: Version,
    now: Moment,
) -> Result<Vec<AttributeValue>, Refusal> {
    for (name, value) in values {
        check_name(name)?;
        check_value(value)?;
    }
    if version < Version::V1_4 {
        make_new_ones(store, model, values, now)?;
    }
    store.attributes.check(model, values, &store.unknowns)
}

/// A lead takes no null [I node#215].
pub(super) fn check_nulls(values: &Map<String, Value>, role: Role) -> Result<(), Refusal> {
    match values.values().find(|value| value.is_null()) {
        Some(null) if role == Role::Lead => Err(not_a_scalar(null)),
        _ => Ok(()),
    }
}

/// At most 190 characters, neither `.` nor `$` [D]; the text is [X].
fn check_name(name: &str) -> Result<(), Refusal> {
    if name.chars().count() <= MAX_NAME && !name.contains(['.', '$']) {
        return Ok(());
    }
    let message =
        format!("Custom attribute name '{name}' is longer than 190 characters or contains '.' or '$'");
    Err(Refusal::parameter_invalid(message))
}

/// No nesting, and integers of 32 bits [D].
fn check_value(value: &Value) -> Result<(), Refusal> {
    match value {
        Value::Array(_) | Value::Object(_) => Err(not_a_scalar(value)),
        Value::Number(number) if number.is_f64() || is_int32(value) => Ok(()),
        Value::Number(number) => {
            Err(Refusal::parameter_invalid(format!("Value: {number} does not fit into 32 bits")))
        }
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
    }
}

fn is_int32(value: &Value) -> bool {
    value.as_i64().is_some_and(|integer| i32::try_from(integer).is_ok())
}

/// The text that was seen for null; null itself shows as nothing [I node#215].
fn not_a_scalar(value: &Value) -> Refusal {
    let value = if value.is_null() { String::new() } else { value.to_string() };
    Refusal::parameter_invalid(format!("Value: {value} not of type Numeric, String or Boolean"))
}

fn make_new_ones(
    store: &mut Store,
    model: Model,
    values: &Map<String, Value>,
    now: Moment,
) -> Result<(), Refusal> {
    for (name, value) in values {
        let known = |attribute: &Attribute| attribute.model == model && attribute.name == *name;
        let Some(data_type) = data_type(name, value) else { continue };
        if store.attributes.all().any(known) {
            continue;
        }
        attribute_routes::check_room(&store.attributes)?;
        store.save_attribute(Attribute {
            id: store.attributes.new_id(),
            name: name.clone(),
            model,
            data_type,
            options: Vec::new(),
            description: String::new(),
            messenger_writable: false,
            archived: false,
            created_at: now.seconds(),
            updated_at: now.seconds(),
        })?;
    }
    Ok(())
}

/// Returns the type of a new attribute: a date if its name ends in `_at` [D], else that of its first value; null makes
/// none.
fn data_type(name: &str, value: &Value) -> Option<DataType> {
    match value {
        Value::Null => None,
        _ if name.ends_with("_at") => Some(DataType::Date),
        Value::Bool(_) => Some(DataType::Boolean),
        Value::Number(number) if number.is_f64() => Some(DataType::Float),
        Value::Number(_) => Some(DataType::Integer),
        Value::String(_) | Value::Array(_) | Value::Object(_) => Some(DataType::String),
    }
}
