//! Cases of `plan.rs`.

use std::borrow::Cow;

use super::*;
use crate::mapping::{Attribute, AttributeType, MappingSpec};

fn attributes() -> Vec<Attribute> {
    let attribute = |(name, data_type): (&str, _)| Attribute {
        name: name.into(),
        data_type,
        archived: false,
        options: Vec::new(),
    };
    [
        ("plan", AttributeType::String),
        ("seats", AttributeType::Integer),
        ("score", AttributeType::Float),
        ("vip", AttributeType::Boolean),
        ("bought", AttributeType::Date),
    ]
    .map(attribute)
    .into()
}

/// Applies a mapping to cells of text, or of JSON where they begin with `json:`.
fn apply(spec: &MappingSpec, key: Key, row: &[(&str, &str)]) -> String {
    let columns: Vec<String> = row.iter().map(|(column, _)| (*column).to_owned()).collect();
    let mapping = Mapping::compile(&columns, spec, &attributes(), key).unwrap();
    let jsons: Vec<Option<serde_json::Value>> = row
        .iter()
        .map(|(_, cell)| cell.strip_prefix("json:").map(|json| serde_json::from_str(json).unwrap()))
        .collect();
    let cell = |index: usize| {
        Ok(match (&jsons[index], row[index].1) {
            (Some(json), _) => Cell::Json(json),
            (None, "missing") => Cell::Missing,
            (None, text) => Cell::Text(Cow::Borrowed(text)),
        })
    };
    match mapping.apply_cells(cell) {
        Ok(fields) => serde_json::to_string(&fields).unwrap(),
        Err(faults) => faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    }
}

#[track_caller]
fn check(row: &[(&str, &str)], expected: &str) {
    assert_eq!(expected, apply(&MappingSpec::default(), Key::Auto, row));
}

#[track_caller]
fn check_clear(row: &[(&str, &str)], expected: &str) {
    let spec = MappingSpec { empty: Some(Empty::Clear), ..MappingSpec::default() };
    assert_eq!(expected, apply(&spec, Key::Auto, row));
}

#[test]
fn the_workspace_decides_the_type_of_an_attribute() {
    check(
        &[
            ("User ID", "u-1"),
            ("plan", "00123"),
            ("seats", "42"),
            ("score", "4"),
            ("vip", "yes"),
            ("bought", "0"),
        ],
        r#"{"external_id":"u-1","custom_attributes":{"plan":"00123","seats":42,"score":4.0,"vip":true,"bought":0}}"#,
    );
}

#[test]
fn an_empty_cell_leaves_the_field_alone() {
    check(
        &[("email", "a@x.test"), ("name", ""), ("phone", "  "), ("plan", "missing")],
        r#"{"email":"a@x.test"}"#,
    );
    check(&[("email", "a@x.test"), ("name", "json:null"), ("plan", "json:\"\"")], r#"{"email":"a@x.test"}"#);
}

#[test]
fn an_empty_cell_clears_the_field_if_asked_to() {
    check_clear(
        &[("email", "a@x.test"), ("name", ""), ("phone", "json:null"), ("plan", "missing"), ("seats", " ")],
        r#"{"email":"a@x.test","name":null,"phone":null,"custom_attributes":{"seats":null}}"#,
    );
}

#[test]
fn an_empty_cell_never_clears_what_rows_are_told_apart_by() {
    check_clear(&[("external_id", "u-1"), ("email", ""), ("role", "")], r#"{"external_id":"u-1"}"#);
    check_clear(&[("external_id", ""), ("email", "a@x.test")], r#"{"email":"a@x.test"}"#);
}

#[test]
fn backslash_n_clears_one_cell() {
    check(
        &[("external_id", "u-1"), ("email", r"\N"), ("name", r" \N "), ("plan", r#"json:"\\N""#)],
        r#"{"external_id":"u-1","email":null,"name":null,"custom_attributes":{"plan":null}}"#,
    );
    check(
        &[("external_id", r"\N"), ("email", "a@x.test"), ("role", r"\N")],
        "column `external_id`: Intercom does not clear this field\ncolumn `role`: Intercom does not clear this field",
    );
}

#[test]
fn a_list_of_nothing_is_an_empty_cell() {
    let spec =
        MappingSpec { rules: vec!["plan=custom.plan:list".parse().unwrap()], ..MappingSpec::default() };
    let row = |plan| [("email", "a@x.test"), ("plan", plan)];
    assert_eq!(apply(&spec, Key::Auto, &row("; ;")), r#"{"email":"a@x.test"}"#);
    assert_eq!(apply(&spec, Key::Auto, &row("json:[]")), r#"{"email":"a@x.test"}"#);
    let cleared = MappingSpec { empty: Some(Empty::Clear), ..spec };
    let null = r#"{"email":"a@x.test","custom_attributes":{"plan":null}}"#;
    assert_eq!(apply(&cleared, Key::Auto, &row(";")), null);
}

#[test]
fn all_faults_of_a_row_are_found_in_the_order_of_its_columns() {
    check(
        &[("seats", "many"), ("Signed up", "31/02/2024"), ("vip", "json:{}"), ("email", "bob")],
        "column `seats`: `many` is not a whole number\ncolumn `Signed up`: `31/02/2024` is not a date\n\
             column `vip`: `{}` is not one value\ncolumn `email`: `bob` is not an email address",
    );
}

#[test]
fn a_row_without_a_key_is_a_fault_of_the_row() {
    let message = "no `external_id` and no `email`, so there is nothing to match on";
    check(&[("email", ""), ("User ID", " "), ("name", "Ann")], message);
    check(&[("email", r"\N")], message);
    check(&[("email", ""), ("seats", "x")], &format!("column `seats`: `x` is not a whole number\n{message}"));
    let by_id = apply(&MappingSpec::default(), Key::ExternalId, &[("email", "a@x.test"), ("User ID", "")]);
    assert_eq!(by_id, "no `external_id`, so there is nothing to match on");
}

#[test]
fn the_id_matches_and_is_not_written() {
    assert_eq!(
        apply(&MappingSpec::default(), Key::Id, &[("id", " 6064 "), ("name", "Ann")]),
        r#"{"name":"Ann"}"#
    );
    let message = "no `id`, so there is nothing to match on";
    assert_eq!(apply(&MappingSpec::default(), Key::Id, &[("id", ""), ("email", "a@x.test")]), message);
}

#[test]
fn typed_cells_of_json_are_taken_as_they_are() {
    check(
        &[("external_id", "json:42"), ("seats", "json:3"), ("vip", "json:true"), ("score", "json:1.5")],
        r#"{"external_id":"42","custom_attributes":{"seats":3,"vip":true,"score":1.5}}"#,
    );
}

#[test]
fn bytes_that_are_not_text_are_a_fault_with_their_column() {
    let columns = ["email".to_owned(), "name".to_owned()];
    let mapping = Mapping::compile(&columns, &MappingSpec::default(), &[], Key::Auto).unwrap();
    let faults = mapping
        .apply_cells(|index| match index {
            0 => Ok(Cell::Text("a@x.test".into())),
            _ => Err(CellError::Undecodable { byte: 0xe9, offset: 2, encoding: "UTF-8" }),
        })
        .unwrap_err();
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].to_string(), "column `name`: byte 0xe9 at offset 2 of the cell is not UTF-8");
    assert_eq!(faults[0].code(), "not_text");
}
