//! All that belongs to a user besides its own fields, and the two engines that write it.

mod archived;
mod bad;
mod companies;
mod export;
mod leads;
mod merged;
mod requests;
mod tags;
mod users_1x;

use serde_json::Value;

use crate::support::{Run, TestEnv};

/// Imports `users.csv` with some flags.
fn import(env: &TestEnv, file: &str, flags: &[&str]) -> Run {
    env.write("users.csv", file);
    let arguments: Vec<&str> = ["import", "users.csv"].iter().chain(flags).copied().collect();
    env.run_all(&arguments)
}

/// Returns what the sandbox answers, as anybody would see it.
fn get(env: &TestEnv, path: &str) -> Value {
    serde_json::from_str(&env.ask("GET", path, "")).unwrap()
}

/// Returns the caller's ids of the companies of the contact with an external id, sorted.
fn companies_of(env: &TestEnv, external_id: &str) -> Vec<String> {
    let contact = get(env, &format!("/contacts/find_by_external_id/{external_id}"));
    let path = format!("/contacts/{}/companies?per_page=50", contact["id"].as_str().unwrap());
    let companies = get(env, &path);
    let mut ids: Vec<String> = companies["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|company| company["company_id"].as_str().unwrap().to_owned())
        .collect();
    ids.sort();
    ids
}

/// Returns the names of the tags of a contact, sorted.
fn tags_of(env: &TestEnv, id: &str) -> Vec<String> {
    let tags = get(env, &format!("/contacts/{id}/tags"));
    let mut names: Vec<String> =
        tags["data"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// Returns the id of the only contact with a value under a key.
fn id_of(env: &TestEnv, key: &str, value: &str) -> String {
    let contacts = env.contacts();
    let mut found = contacts.iter().filter(|contact| contact[key] == value);
    let id = found.next().unwrap()["id"].as_str().unwrap().to_owned();
    assert!(found.next().is_none(), "{value} is there twice");
    id
}
