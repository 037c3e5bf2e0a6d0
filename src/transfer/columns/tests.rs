//! What an import takes, an export gives back as an import takes it again.

use proptest::prelude::*;

use super::*;
use crate::intercom::Field;
use crate::intercom::UserFields;
use crate::intercom::Value;
use crate::mapping::Attribute as MappedAttribute;
use crate::mapping::AttributeType;
use crate::mapping::Fault;
use crate::mapping::Key;
use crate::mapping::Mapping;
use crate::mapping::MappingSpec;
use crate::rows::Cell;
use crate::rows::Read;
use crate::rows::ReadOptions;
use crate::rows::Rows;

const TYPES: [AttributeType; 5] = [
    AttributeType::String,
    AttributeType::Integer,
    AttributeType::Float,
    AttributeType::Boolean,
    AttributeType::Date,
];

/// Maps `id`, `tags` and an attribute of a type.
fn mapping(data_type: AttributeType) -> Mapping {
    let attribute = MappedAttribute { name: "a".into(), data_type, archived: false, options: Vec::new() };
    let columns = ["id", "tags", "custom.a"].map(str::to_owned);
    Mapping::compile(&columns, &MappingSpec::default(), &[attribute], Key::Id).unwrap()
}

/// Writes a row of these cells, reads it, and maps it.
fn imported(
    mapping: &Mapping,
    format: Format,
    tags: &[String],
    cell: &OutputCell<'_>,
) -> Result<UserFields, Vec<String>> {
    let columns = ["id", "tags", "custom.a"].map(str::to_owned).to_vec();
    let mut writer = RowWriter::new(format, columns, Vec::new());
    writer.write_row(&[OutputCell::Text("6064".into()), OutputCell::Names(tags), cell.clone()]).unwrap();
    let bytes = io::Cursor::new(writer.finish().unwrap());
    let options = ReadOptions { format: Some(format), ..ReadOptions::default() };
    let mut rows = Rows::from_reader("memory", Box::new(bytes), &options).unwrap();
    let Some(Ok(Read::Row(row))) = rows.next() else { panic!("no row") };
    mapping.apply(&row).map_err(|faults| faults.iter().map(Fault::message).collect())
}

/// Texts of which many are values: numbers, dates, words.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,12}",
        "[-+]?[0-9]{1,12}([.][0-9]{1,6})?(e-?[0-9]{1,2})?",
        "[0-9]{4}-[01][0-9]-[0-3][0-9]([T ][0-2][0-9]:[0-5][0-9](:[0-5][0-9])?(Z|[+-][01][0-9]:00)?)?",
        "true|false|yes|No|on|0|1",
        any::<f64>().prop_map(|number| number.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
    ]
}

proptest! {
    #[test]
    fn a_value_that_is_imported_is_the_same_after_an_export(text in text()) {
        for data_type in TYPES {
            let mapping = mapping(data_type);
            let cell = |column| if column == 0 { Cell::Text("6064".into()) } else { Cell::Text(text.as_str().into()) };
            let fields = mapping.apply_cells(|column| Ok(if column == 1 { Cell::Missing } else { cell(column) }));
            let Ok(fields) = fields else { continue };
            let Some(value) = fields.value(&Field::Custom("a".into())) else { continue };
            if *value == Value::Clear {
                continue;
            }
            let json = serde_json::to_value(value).unwrap();
            for format in [Format::Csv, Format::Ndjson] {
                let cell = custom(Some(&json), data_type == AttributeType::Date);
                let again = imported(&mapping, format, &[], &cell);
                prop_assert_eq!(Ok(&fields), again.as_ref());
            }
        }
    }

    #[test]
    fn names_that_are_exported_are_the_same_after_an_import(
        tags in prop::collection::vec("\\PC{1,6}|[\\[\\]{},;\"\\\\N a]{1,4}", 0..4),
    ) {
        // What Intercom keeps has no spaces around it.
        let tags: Vec<String> = tags.iter().map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect();
        let mut each_once = Vec::new();
        tags.iter().for_each(|tag| if !each_once.contains(tag) { each_once.push(tag.clone()) });
        check_names(&each_once);
    }
}

#[track_caller]
fn check_names(names: &[String]) {
    for format in [Format::Csv, Format::Ndjson] {
        let fields = imported(&mapping(AttributeType::String), format, names, &OutputCell::Empty);
        assert_eq!(Ok(names), fields.as_ref().map(|fields| fields.texts(&Field::Tags)), "{format}");
    }
}

#[test]
fn a_name_that_looks_like_json_or_like_a_cleared_cell_is_a_name() {
    for name in ["{vip}", "{", "[vip", r"\N", "a;b", "a,b"] {
        check_names(&[name.to_owned()]);
        check_names(&["vip".to_owned(), name.to_owned()]);
    }
}
