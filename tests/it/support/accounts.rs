//! The union of outcomes is the input: every row that was read is in one place, and in no other.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::TestEnv;

/// Asserts that the only import of a file made by [`users`](super::users) has told the truth about every row of it.
///
/// A row is either held by the sandbox as the file has it, or among the rejects and, byte for byte, in the file to retry;
/// what counts as pending was not written, and nobody is there twice.
#[track_caller]
pub fn assert_accounted(env: &TestEnv, file: &str) {
    let rows = env.report("import")["rows"].clone();
    let count = |class: &str| usize::try_from(rows[class].as_u64().unwrap()).unwrap();
    let lines: BTreeMap<&str, &str> =
        file.split_inclusive('\n').skip(1).take(count("read")).map(|line| (key(line), line)).collect();
    let rejects = rejects(env);
    for class in ["invalid", "rejected", "unknown", "pending"] {
        let told = rejects.values().filter(|told| *told == class).count();
        assert_eq!(count(class), told, "{class}: {rows}");
    }
    let header = file.split_inclusive('\n').next().unwrap();
    let retry: Vec<String> = reject_file(env, "retry.csv").split_inclusive('\n').map(Into::into).collect();
    let retried: BTreeSet<&str> = retry.iter().skip(1).map(|line| key(line)).collect();
    assert!(retry.first().is_none_or(|line| line == header), "{retry:?}");
    assert!(retry.iter().skip(1).all(|line| lines.get(key(line)) == Some(&line.as_str())), "{retry:?}");
    assert_eq!((rejects.len(), rejects.len()), (retried.len(), retry.len().saturating_sub(1)));
    assert!(rejects.keys().all(|key| retried.contains(key.as_str())));
    let held = held(env);
    for (key, line) in &lines {
        match rejects.get(*key).map(String::as_str) {
            None => assert_eq!(Some(*line), held.get(*key).map(String::as_str), "{key} was delivered"),
            Some("unknown") => {}
            Some(class) => assert!(!held.contains_key(*key), "{key} is {class}, and held"),
        }
    }
    assert!(held.keys().all(|key| lines.contains_key(key.as_str())), "somebody is held who was not read");
}

fn key(line: &str) -> &str {
    line.split(',').next().unwrap()
}

/// Returns the class of every reject.
fn rejects(env: &TestEnv) -> BTreeMap<String, String> {
    let text = reject_file(env, "rejects.csv");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let place = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let class = |row: &csv::StringRecord| {
        let key = row[place("key")].strip_prefix("external_id ").unwrap().to_owned();
        (key, row[place("class")].to_owned())
    };
    let classes: BTreeMap<_, _> = rows.iter().map(class).collect();
    assert_eq!(rows.len(), classes.len(), "a row was rejected twice");
    classes
}

/// Returns a file of rejects; it is there only if there are any.
fn reject_file(env: &TestEnv, name: &str) -> String {
    std::fs::read_to_string(env.run_folder("import").join(name)).unwrap_or_default()
}

/// Returns the lines of the users that the sandbox holds.
fn held(env: &TestEnv) -> BTreeMap<String, String> {
    let contacts = env.contacts();
    let text = |contact: &Value, name: &str| contact[name].as_str().unwrap().to_owned();
    let line = |contact: &Value| {
        let key = text(contact, "external_id");
        (key.clone(), format!("{key},{},{}\n", text(contact, "email"), text(contact, "name")))
    };
    let held: BTreeMap<_, _> = contacts.iter().map(line).collect();
    assert_eq!(contacts.len(), held.len(), "somebody is held twice");
    held
}
