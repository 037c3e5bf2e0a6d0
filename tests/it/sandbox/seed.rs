//! Seeded users, and all other chance.

use std::collections::HashSet;

use intercom_bulk::sandbox::Config;
use serde_json::Value;

use super::Api;
use super::NOW;
use super::prompt;

fn seeded(users: u64, seed: u64) -> Vec<Value> {
    Api::with(Config { users, seed, ..prompt() }).stored()
}

#[test]
fn the_same_seed_gives_the_same_users() {
    assert_eq!(seeded(50, 1), seeded(50, 1));
    assert_ne!(seeded(50, 1), seeded(50, 2));
}

#[test]
fn seeded_users_have_identities_and_attributes_and_were_created_in_two_years() {
    let users = seeded(100, 1);
    let emails: HashSet<&str> = users.iter().map(|user| user["email"].as_str().unwrap()).collect();
    assert!(emails.len() == 100 && emails.contains("user1@example.com"));
    let external_ids: HashSet<&str> =
        users.iter().map(|user| user["external_id"].as_str().unwrap()).collect();
    assert_eq!(external_ids.len(), 100);
    assert!(users.iter().all(|user| user["custom_attributes"].as_object().unwrap().len() == 6));
    let created: Vec<u64> = users.iter().map(|user| user["created_at"].as_u64().unwrap()).collect();
    let two_years = 2 * 365 * 86_400;
    assert!(created.is_sorted() && *created.last().unwrap() < NOW);
    assert!(NOW - two_years - 86_400 <= created[0] && created[0] < NOW - two_years + 86_400);
}

#[test]
fn a_user_created_after_the_seed_is_the_last_one() {
    let api = Api::with(Config { users: 20, ..prompt() });
    let path = api.create(r#"{"email":"last@example.com"}"#);
    let stored = api.stored();
    assert_eq!(path, format!("/contacts/{}", stored[20]["id"].as_str().unwrap()));
}
