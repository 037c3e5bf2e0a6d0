//! The walls between the folders of `src/`: who may name whom.

use std::fs;
use std::path::Path;

/// Which folders each folder may name. `cli` may name all of them; `main.rs` and `lib.rs` hold nothing.
const MAY_USE: &[(&str, &[&str])] = &[
    ("rows", &[]),
    ("pace", &[]),
    ("ledger", &[]),
    ("sandbox", &[]),
    ("intercom", &["pace"]),
    ("mapping", &["rows", "intercom"]),
    ("transfer", &["rows", "mapping", "intercom", "pace", "ledger"]),
    ("report", &["rows", "transfer"]),
    ("verbs", &["rows", "mapping", "intercom", "pace"]),
    ("cli", &["rows", "mapping", "intercom", "pace", "ledger", "transfer", "report", "sandbox", "verbs"]),
];

/// Words that belong to one room, with the rooms.
const ROOMS: &[(&str, &[&str])] = &[
    ("reqwest::", &["intercom/", "cli/connect.rs"]),
    ("rayon::", &["transfer/"]),
    ("governor::", &["pace/"]),
    ("rusqlite::", &["ledger/"]),
    ("indicatif::", &["report/bar.rs"]),
    ("axum::", &["sandbox/"]),
    ("anyhow::", &["cli/"]),
    ("env::var", &["cli/"]),
    ("env::args", &["cli/"]),
    ("thread::sleep", &["pace/clock.rs", "sandbox/clock.rs"]),
    ("Instant::now", &["pace/clock.rs", "sandbox/clock.rs"]),
    ("SystemTime::now", &["pace/clock.rs", "sandbox/clock.rs"]),
    ("process::exit", &["cli/signals.rs"]),
    ("println!", &[]),
    ("stderr()", &["cli/", "report/"]),
    ("stdout()", &["cli/", "report/"]),
];

/// Calls `look` with the path below `src/` and the text, tests left out, of every source file.
fn each_source(look: &mut dyn FnMut(&str, &str)) {
    fn walk(folder: &Path, root: &Path, look: &mut dyn FnMut(&str, &str)) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, root, look);
            } else {
                let text = fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
                let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
                let name = path.strip_prefix(root).unwrap().display().to_string();
                look(&name, &lines.collect::<Vec<_>>().join("\n"));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    walk(&root, &root, look);
}

#[test]
fn each_folder_names_only_what_the_design_lets_it_name() {
    let mut faults = Vec::new();
    let mut files = 0;
    each_source(&mut |name, code| {
        files += 1;
        let Some((folder, _)) = name.split_once('/') else { return };
        let (_, allowed) = MAY_USE.iter().find(|(known, _)| *known == folder).expect("a known folder");
        for (other, _) in MAY_USE.iter().filter(|(other, _)| *other != folder && !allowed.contains(other)) {
            if code.contains(&format!("crate::{other}::")) {
                faults.push(format!("{name} names {other}"));
            }
        }
        if code.contains("crate::{") {
            faults.push(format!("{name} groups its imports, which hides them from this test"));
        }
    });
    assert!(files > 50, "only {files} files were read");
    assert_eq!(Vec::<String>::new(), faults);
}

#[test]
fn what_belongs_to_one_room_is_in_no_other() {
    let mut faults = Vec::new();
    each_source(&mut |name, code| {
        for (word, rooms) in ROOMS {
            if code.contains(word) && !rooms.iter().any(|room| name.starts_with(room)) {
                faults.push(format!("{name} says {word}"));
            }
        }
    });
    assert_eq!(Vec::<String>::new(), faults);
}

#[test]
fn mapping_takes_from_the_client_only_the_fields_and_who_writes_them() {
    each_source(&mut |name, code| {
        for line in
            code.lines().filter(|line| name.starts_with("mapping/") && line.contains("crate::intercom::"))
        {
            let fields = ["Field", "UserFields", "Value", "MAX_COMPANIES"];
            let writers = ["Dialect", "Engine", "Role", "Unwritable"];
            let is_allowed = fields
                .iter()
                .chain(&writers)
                .any(|word| line.trim_end_matches(';').ends_with(&format!("crate::intercom::{word}")));
            assert!(is_allowed, "{name}: {line}");
        }
    });
}

#[test]
fn every_test_that_the_invariants_name_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let lib = fs::read_to_string(root.join("src/lib.rs")).unwrap();
    let named: Vec<(&str, &str)> = lib
        .split('`')
        .filter_map(|quoted| quoted.rsplit_once("::"))
        .filter(|(module, name)| {
            module.chars().all(|c| c.is_lowercase() || matches!(c, '_' | ':')) && name.contains('_')
        })
        .collect();
    assert!(named.len() >= 12, "only {} tests are named", named.len());
    for (module, name) in named {
        let source = fs::read_to_string(root.join(format!("tests/it/{}.rs", module.replace("::", "/"))))
            .unwrap_or_default();
        assert!(source.contains(&format!("fn {name}()")), "there is no test `{module}::{name}`");
    }
}
