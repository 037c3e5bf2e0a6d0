//! The index trails the store; the store does not.

use std::time::Duration;

use intercom_bulk::sandbox::Config;
use intercom_bulk::sandbox::Lag;

use super::Api;
use super::prompt;

fn lagging(lag: &str) -> Api {
    Api::with(Config { lag: lag.parse().unwrap(), ..prompt() })
}

/// How many contacts a search by email finds.
fn hits(api: &Api, email: &str) -> u64 {
    let body = format!(r#"{{"query":{{"field":"email","operator":"=","value":"{email}"}}}}"#);
    api.post("/contacts/search", &body).ok().at("/total_count").as_u64().unwrap()
}

#[test]
fn a_new_contact_reaches_lists_and_searches_after_its_lag() {
    let api = lagging("5s");
    api.create(r#"{"email":"a@example.com"}"#);
    assert_eq!((api.listed().len(), hits(&api, "a@example.com")), (0, 0));
    assert_eq!(api.post("/contacts", r#"{"email":"a@example.com"}"#).status, 409);
    api.clock.advance(Duration::from_millis(4999));
    assert_eq!((api.listed().len(), hits(&api, "a@example.com")), (0, 0));
    api.clock.advance(Duration::from_millis(1));
    assert_eq!((api.listed().len(), hits(&api, "a@example.com")), (1, 1));
}

#[test]
fn the_old_version_is_shown_until_the_lag_has_passed() {
    let api = lagging("5s");
    let path = api.create(r#"{"email":"old@example.com"}"#);
    api.control("settle", "");
    api.put(&path, r#"{"email":"new@example.com"}"#).ok();
    assert_eq!(api.get(&path).str("/email"), "new@example.com");
    assert_eq!(api.listed(), [r#""old@example.com""#]);
    assert_eq!((hits(&api, "old@example.com"), hits(&api, "new@example.com")), (1, 0));
    api.clock.advance(Duration::from_secs(5));
    assert_eq!((hits(&api, "old@example.com"), hits(&api, "new@example.com")), (0, 1));
}

#[test]
fn an_archived_contact_stays_listed_until_the_lag_has_passed() {
    let api = lagging("5s");
    let path = api.create(r#"{"email":"a@example.com"}"#);
    api.control("settle", "");
    api.post(&format!("{path}/archive"), "{}").ok();
    assert_eq!((api.get(&path).status, api.listed().len()), (404, 1));
    api.clock.advance(Duration::from_secs(5));
    assert_eq!(api.listed().len(), 0);
}

#[test]
fn each_change_has_a_lag_of_its_own() {
    let api = lagging("3s..120s");
    for n in 0..40 {
        api.create(&format!(r#"{{"email":"{n}@example.com"}}"#));
    }
    let mut shown = vec![api.listed().len()];
    for _ in 0..4 {
        api.clock.advance(Duration::from_secs(30));
        shown.push(api.listed().len());
    }
    assert!(shown.is_sorted() && shown[0] == 0 && shown[4] == 40, "{shown:?}");
    assert!(0 < shown[1] && shown[1] < shown[2] && shown[2] < 40, "{shown:?}");
}

#[test]
fn a_later_change_never_loses_to_an_earlier_one() {
    let api = lagging("0s..60s");
    let path = api.create(r#"{"email":"a@example.com"}"#);
    for n in 0..30 {
        api.put(&path, &format!(r#"{{"email":"{n}@example.com"}}"#)).ok();
    }
    api.clock.advance(Duration::from_secs(60));
    assert_eq!(api.listed(), [r#""29@example.com""#]);
}

#[test]
fn what_was_there_at_the_start_is_listed_at_once() {
    let api = Api::with(Config { users: 5, lag: "60s".parse().unwrap(), ..prompt() });
    assert_eq!(api.listed().len(), 5);
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let actual = match text.parse::<Lag>() {
        Ok(lag) => lag.to_string(),
        Err(error) => format!("error: {error}"),
    };
    assert_eq!(actual, expected);
}

#[test]
fn a_lag_is_written_as_it_is_read() {
    check("0", "0");
    check("0s", "0");
    check("5s", "5s");
    check("0.5s", "0.5s");
    check("3s..120s", "3s..120s");
    check("0..5s", "0s..5s");
    check("5", "error: `5` is not a lag: use `0`, `5s`, or a range such as `3s..120s`");
    check("9s..3s", "error: `9s..3s` is not a lag: use `0`, `5s`, or a range such as `3s..120s`");
    check("-1s", "error: `-1s` is not a lag: use `0`, `5s`, or a range such as `3s..120s`");
    check("", "error: `` is not a lag: use `0`, `5s`, or a range such as `3s..120s`");
}
