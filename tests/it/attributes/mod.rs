//! The workspace's attributes against a file: what is listed, what would be rejected, what is created.

mod check;
mod create;
mod list;
mod mapping;

use serde_json::Value;

use crate::support::TestEnv;

/// A workspace with a list of two options, besides what every workspace has.
fn with_tiers() -> TestEnv {
    let env = TestEnv::prompt();
    define(&env, r#"{"name":"tier","data_type":"options","options":[{"value":"Basic"},{"value":"Gold"}]}"#);
    env
}

/// Creates an attribute of contacts behind the program's back.
#[track_caller]
fn define(env: &TestEnv, attribute: &str) {
    let body = attribute.replacen('{', r#"{"model":"contact","#, 1);
    let told = env.ask("POST", "/data_attributes", &body);
    assert!(told.contains("\"data_attribute\""), "{told}");
}

/// Archives an attribute of contacts behind the program's back.
fn archive(env: &TestEnv, name: &str) {
    let listing: Value = serde_json::from_str(&env.ask("GET", "/data_attributes?model=contact", "")).unwrap();
    let attributes = listing["data"].as_array().unwrap();
    let id = &attributes.iter().find(|attribute| attribute["name"] == name).unwrap()["id"];
    env.ask("PUT", &format!("/data_attributes/{id}"), r#"{"archived":true}"#);
}

/// Returns the custom attributes of contacts with their types, as the workspace lists them.
fn custom(env: &TestEnv) -> Vec<String> {
    let listing: Value = serde_json::from_str(&env.ask("GET", "/data_attributes?model=contact", "")).unwrap();
    let attributes = listing["data"].as_array().unwrap().iter();
    let custom = attributes.filter(|attribute| attribute["custom"] == true);
    custom
        .map(|attribute| {
            format!("{} {}", attribute["name"].as_str().unwrap(), attribute["data_type"].as_str().unwrap())
        })
        .collect()
}

/// Fills the workspace until it has room for so many attributes; half of them belong to companies.
fn leave_room_for(env: &TestEnv, room: usize) {
    for n in 0..250 - custom(env).len() - room {
        let model = if n % 2 == 0 { "contact" } else { "company" };
        let body = format!(r#"{{"name":"filler {n}","model":"{model}","data_type":"string"}}"#);
        env.ask("POST", "/data_attributes", &body);
    }
}
