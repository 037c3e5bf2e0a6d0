//! The walk over everybody, as a library call.

use std::collections::HashSet;
use std::time::Duration;

use intercom_bulk::intercom::{AccessToken, Client, Connection};
use intercom_bulk::pace::{Allowance, Clock, Halt, Limiter};
use intercom_bulk::transfer::{Cursors, WalkAll, walk_all};
use serde_json::json;

use super::parallel::{searches, workspace};
use crate::support::{CANARY, FakeServer, Said, TestEnv};

/// Returns the ids of all whom a walk shows.
fn shown(url: &str, cursors: Cursors) -> HashSet<String> {
    let clock = Clock::system();
    let halt = Halt::at(clock.clone(), Duration::from_secs(60));
    let connection = Connection::new(url.parse().unwrap(), AccessToken::new(CANARY).unwrap());
    let client = Client::new(connection, Limiter::new(Allowance::UNLIMITED, clock, halt.clone())).unwrap();
    let walk = WalkAll { client: &client, cursors, zone: Some("UTC"), halt: &halt };
    let mut ids = HashSet::new();
    walk_all(&walk, |contacts| ids.extend(contacts.into_iter().map(|contact| contact.id))).unwrap();
    ids
}

fn stored(env: &TestEnv) -> HashSet<String> {
    env.contacts().iter().map(|contact| contact["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn everybody_is_shown_with_one_cursor_and_with_many() {
    let env = workspace(500, "UTC");
    assert_eq!(stored(&env), shown(&env.url(), Cursors::UpTo(8)));
    assert_eq!(0, searches(&env), "it is small");
    assert_eq!(stored(&env), shown(&env.url(), Cursors::Exactly(4)));
    assert!(searches(&env) > 10);
}

#[test]
fn whom_the_parts_do_not_show_the_plain_listing_does() {
    let env = workspace(300, "UTC");
    let server = FakeServer::lying(env.url(), |request, Said { head, body }| {
        let mut page: serde_json::Value = serde_json::from_str(&body).unwrap();
        if request.starts_with("POST") && page["data"].as_array().is_some_and(|data| data.len() > 1) {
            page["data"].as_array_mut().unwrap().remove(0);
        }
        Said { head, body: json!(page).to_string() }
    });
    assert_eq!(stored(&env), shown(server.url(), Cursors::Exactly(3)));
}
