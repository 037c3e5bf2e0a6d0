//! Any cell under any rule: the first line is the rule's target, as in `custom.a:date(%d/%m/%Y)`, the rest is the cell, as
//! text and, if it is JSON, as that.
#![no_main]

use intercom_bulk::intercom::Value;
use intercom_bulk::mapping::{Key, Mapping, MappingSpec, Rule, TypeGuess};
use intercom_bulk::rows::Cell;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Some((target, text)) = text.split_once('\n') else { return };
    let Ok(rule) = format!("cell={target}").parse::<Rule>() else { return };
    let spec = MappingSpec { rules: vec![rule], ..MappingSpec::default() };
    let columns = ["id".to_owned(), "cell".to_owned()];
    let Ok(mapping) = Mapping::compile(&columns, &spec, &[], Key::Id) else { return };
    apply(&mapping, &Cell::Text(text.into()));
    if let Ok(json) = serde_json::from_str(text) {
        apply(&mapping, &Cell::Json(&json));
    }
});

fn apply(mapping: &Mapping, cell: &Cell<'_>) {
    let mut guess = TypeGuess::default();
    guess.observe(cell);
    let _ = guess.finish();
    let id = Cell::Text("6064d5c43910cc082d903f6c".into());
    match mapping.apply_cells(|column| Ok(if column == 0 { id.clone() } else { cell.clone() })) {
        Ok(fields) => {
            for (_, value) in fields.iter() {
                assert!(!matches!(value, Value::Float(number) if !number.is_finite()));
            }
        }
        Err(faults) => {
            assert!(!faults.is_empty());
            faults.iter().for_each(|fault| drop((fault.code(), fault.message(), fault.hint())));
        }
    }
}
