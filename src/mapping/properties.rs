//! What holds for every cell and every rule, tried on many.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::{Key, Mapping, MappingSpec, Rule};
use crate::intercom::Field;
use crate::intercom::Value;
use crate::rows::{Cell, CellError};

/// What a column may be written to.
fn targets() -> Vec<String> {
    let kinds = [
        "text",
        "integer",
        "float",
        "boolean",
        "date",
        "date(ms)",
        "date(%d/%m/%Y)",
        "date(%s)",
        "list",
        "list(,)",
        "now",
    ];
    let custom = kinds.iter().map(|kind| format!("custom.a:{kind}"));
    let standard = Field::STANDARD.iter().filter(|field| **field != Field::Id).map(ToString::to_string);
    custom.chain(standard).collect()
}

fn compiled(target: &str) -> Option<Mapping> {
    let rule = format!("cell={target}").parse().unwrap();
    let spec = MappingSpec { rules: vec![rule], ..MappingSpec::default() };
    Mapping::compile(&["id".to_owned(), "cell".to_owned()], &spec, &[], Key::Id).ok()
}

static MAPPINGS: LazyLock<Vec<(String, Mapping)>> = LazyLock::new(|| {
    let compiled = |target: String| compiled(&target).map(|mapping| (target, mapping));
    targets().into_iter().filter_map(compiled).collect()
});

/// Applies every mapping to a cell. What it takes can be sent; what it refuses, it tells of.
#[track_caller]
fn check(cell: &Result<Cell<'_>, CellError>) {
    for (target, mapping) in MAPPINGS.iter() {
        let id = Cell::Text("6064d5c43910cc082d903f6c".into());
        match mapping.apply_cells(|column| if column == 0 { Ok(id.clone()) } else { cell.clone() }) {
            Ok(fields) => {
                for (_, value) in fields.iter() {
                    assert!(!matches!(value, Value::Float(number) if !number.is_finite()), "{target}");
                    serde_json::to_string(value).unwrap();
                }
            }
            Err(faults) => assert!(faults.iter().all(|fault| !fault.message().is_empty()), "{target}"),
        }
    }
}

/// Text of all sorts, and text that is nearly a value.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[-+0-9.,eE'_ ]{0,20}",
        "[-0-9:TZ+/. ]{0,30}",
        "[a@.<> ,;\u{200b}é]{0,12}",
        "[\\[\\]{}\",;ab\\\\N]{0,12}",
        "https?://[a-z é/]{0,8}",
    ]
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let scalar = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        text().prop_map(Into::into),
    ];
    scalar.prop_recursive(2, 8, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::btree_map("[ab]", inner, 0..3)
                .prop_map(|object| serde_json::Value::Object(object.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_text_is_taken_or_told_of(text in text()) {
        check(&Ok(Cell::Text(text.as_str().into())));
    }

    #[test]
    fn any_json_is_taken_or_told_of(json in json()) {
        check(&Ok(Cell::Json(&json)));
    }

    #[test]
    fn a_rule_is_the_same_when_it_is_written_and_read_again(
        column in "[a-z= é:(]{1,6}",
        target in prop::sample::select(targets()),
        separator in "[^=\0]{1,3}",
    ) {
        for target in [target, format!("custom.a:list({separator})")] {
            let Ok(rule) = format!("{column}={target}").parse::<Rule>() else { continue };
            let again = rule.to_string().parse::<Rule>().map_err(|error| error.to_string());
            prop_assert_eq!(Ok(rule), again);
        }
    }
}
