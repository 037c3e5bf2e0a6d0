//! Any text as a rule of `--map`. One that is read is the same rule when it is written and read again.
#![no_main]

use intercom_bulk::mapping::{Key, Mapping, MappingSpec, Rule};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match text.parse::<Rule>() {
        Ok(rule) => {
            assert_eq!(Ok(&rule), rule.to_string().parse::<Rule>().as_ref().map_err(ToString::to_string));
            let spec = MappingSpec { rules: vec![rule.clone()], ..MappingSpec::default() };
            let columns = ["id".to_owned(), rule.column];
            if let Err(error) = Mapping::compile(&columns, &spec, &[], Key::Id) {
                let _ = (error.to_string(), error.hint());
            }
        }
        Err(error) => {
            let _ = (error.to_string(), error.hint());
        }
    }
});
