//! Any text as a mapping file. One that is read has rules that can be written; one that is not says where.
#![no_main]

use intercom_bulk::mapping::MappingSpec;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match MappingSpec::from_toml(text) {
        Ok(spec) => spec.rules.iter().for_each(|rule| drop(rule.to_string())),
        Err(error) => {
            let line = error.line().expect("an error of a file has a line");
            assert!((1..=text.lines().count() + 1).contains(&line), "{line}");
            let _ = (error.to_string(), error.hint());
        }
    }
});
