//! From a typed cell of an NDJSON row to a typed value.
//!
//! Text is read as the text of a CSV cell would be; a number, a boolean or an array is taken as it is where it fits.

use serde_json::Number;
use serde_json::Value as Json;

use super::FaultKind;
use super::date;
use super::value::{Converter, list};
use crate::intercom::Value;

/// Returns whether a cell says nothing. `null` does: it clears a field only where an empty cell would.
pub(super) fn is_empty(json: &Json) -> bool {
    match json {
        Json::Null => true,
        Json::Array(items) => items.is_empty(),
        _ => false,
    }
}

impl Converter {
    /// Turns a cell that is neither empty nor text into a value.
    pub(super) fn convert_json(&self, json: &Json) -> Result<Value, FaultKind> {
        match (self, json) {
            (Self::List(_) | Self::Names(_) | Self::Any, Json::Array(items)) => array(items),
            (_, Json::Array(_) | Json::Object(_)) => Err(FaultKind::NotOneValue),
            (Self::Boolean | Self::Any, Json::Bool(boolean)) => Ok(Value::Boolean(*boolean)),
            (Self::Integer, Json::Number(number)) => whole(number).map(Value::Integer),
            (Self::Date(None), Json::Number(number)) => whole(number)
                .map_err(|_| FaultKind::NotADate { format: None })
                .and_then(date::seconds_since_1970)
                .map(Value::Integer),
            (Self::Float, Json::Number(number)) => finite(number),
            (Self::Any, Json::Number(number)) => {
                whole(number).map(Value::Integer).or_else(|_| finite(number))
            }
            (_, scalar) => {
                let text = scalar.to_string();
                self.convert(&text, &text)
            }
        }
    }
}

/// Takes a number for a whole one, if it is; `3.0` is, because many programs know no other numbers.
fn whole(number: &Number) -> Result<i64, FaultKind> {
    // Above 2^53 a float no longer tells whole numbers apart.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if let Some(integer) = number.as_i64() {
        return Ok(integer);
    }
    match number.as_f64() {
        Some(float) if float.fract() == 0.0 && float.abs() < EXACT =>
        {
            #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
            Ok(float as i64)
        }
        _ if number.is_u64() => Err(FaultKind::TooLarge),
        _ => Err(FaultKind::NotAnInteger),
    }
}

fn finite(number: &Number) -> Result<Value, FaultKind> {
    number.as_f64().filter(|float| float.is_finite()).map(Value::Float).ok_or(FaultKind::NotANumber)
}

fn array(items: &[Json]) -> Result<Value, FaultKind> {
    let texts: Vec<String> = items.iter().map(item).collect::<Result<_, _>>()?;
    list(texts.iter().map(String::as_str))
}

fn item(json: &Json) -> Result<String, FaultKind> {
    match json {
        Json::String(text) => Ok(text.clone()),
        Json::Null => Ok(String::new()),
        Json::Array(_) | Json::Object(_) => Err(FaultKind::NotOneValue),
        scalar => Ok(scalar.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::Kind;

    #[track_caller]
    fn check(kind: &str, json: &str, expected: &str) {
        let converter = match kind {
            "any" => Converter::Any,
            "email" => Converter::Email,
            kind => Converter::of_kind(&kind.parse::<Kind>().unwrap()),
        };
        let json: Json = serde_json::from_str(json).unwrap();
        let actual = match converter.convert_json(&json) {
            Ok(value) => serde_json::to_string(&value).unwrap(),
            Err(kind) => kind.code().to_owned(),
        };
        assert_eq!(expected, actual);
    }

    #[test]
    fn typed_values_are_taken_where_they_fit() {
        check("integer", "42", "42");
        check("integer", "42.0", "42");
        check("integer", "4.2", "not_an_integer");
        check("integer", "18446744073709551615", "too_large");
        check("integer", "true", "not_an_integer");
        check("float", "42", "42.0");
        check("float", "1.5", "1.5");
        check("boolean", "true", "true");
        check("boolean", "0", "false");
        check("boolean", "2", "not_a_boolean");
        check("text", "42", r#""42""#);
        check("text", "true", r#""true""#);
        check("email", "42", "not_an_email");
    }

    #[test]
    fn numbers_are_dates_in_seconds() {
        check("date", "1706659200", "1706659200");
        check("date", "1706659200000", "milliseconds");
        check("date", "20240131", "ambiguous_date");
        check("date", "1.5", "not_a_date");
        check("date(ms)", "1706659200000", "1706659200");
        check("date", "true", "not_a_date");
    }

    #[test]
    fn arrays_are_lists_and_objects_are_nothing() {
        check("list", r#"["a"," b ","",null,3,true]"#, r#"["a","b","3","true"]"#);
        check("list", r#"[["a"]]"#, "not_one_value");
        check("text", r#"["a"]"#, "not_one_value");
        check("text", r#"{"a":1}"#, "not_one_value");
        check("list", r#"{"a":1}"#, "not_one_value");
    }

    #[test]
    fn without_a_type_json_keeps_its_own() {
        check("any", "42", "42");
        check("any", "1.5", "1.5");
        check("any", "false", "false");
        check("any", r#"["a"]"#, r#"["a"]"#);
        check("any", r#"{"a":1}"#, "not_one_value");
    }
}
