//! A walk by scroll when answers are lost, or somebody else scrolls; on a clock of its own, for a wait is a minute long.

use std::time::Duration;

use intercom_bulk::intercom::{Client, Connection, Dialect, Engine, Step};
use intercom_bulk::pace::{Allowance, Clock, Halt, Limiter};

use crate::support::TestEnv;

/// Three users, and a client of 1.x whose waits take no time.
fn scrolling() -> (TestEnv, Client) {
    let env = TestEnv::prompt();
    for n in 1..=3 {
        env.create(&format!(r#"{{"role":"user","email":"{n}@example.com"}}"#));
    }
    let dialect = Dialect::new(Some(Engine::Users), None).unwrap();
    let connection = Connection { dialect, ..Connection::to(&env.url(), "token").unwrap() };
    let clock = Clock::fake(Duration::from_secs(1_700_000_000));
    (env, Client::new(connection, Limiter::new(Allowance::UNLIMITED, clock, Halt::default())).unwrap())
}

/// Returns what happened, step by step.
fn story(client: &Client) -> Vec<String> {
    let steps = client.walk(None).map(|step| match step {
        Ok(Step::Page(page)) => format!("{} users", page.contacts.len()),
        Ok(Step::Restart(_)) => "again".into(),
        Ok(Step::Wait(time)) => format!("wait {} s", time.as_secs()),
        Err(error) => error.refusal().map_or(error.to_string(), |refusal| refusal.code.clone()),
    });
    steps.collect()
}

#[test]
fn a_scroll_shows_everybody() {
    let (_env, client) = scrolling();
    assert_eq!(["3 users", "0 users"], *story(&client));
}

#[test]
fn a_scroll_that_ended_with_an_error_begins_again_and_shows_nobody_twice() {
    let (env, client) = scrolling();
    env.faults(r#"{"rules":[{"path":"/users/scroll","request":2,"fault":"scroll_500"}]}"#);
    assert_eq!(["3 users", "again", "0 users", "0 users"], *story(&client));
}

#[test]
fn a_lost_answer_is_a_lost_page_and_the_scroll_that_is_still_open_is_waited_for() {
    let (env, client) = scrolling();
    env.faults(r#"{"rules":[{"path":"/users/scroll","request":1,"fault":"empty_500","committed":true},{"path":"/users/scroll","request":3,"advance":"62s"}]}"#);
    assert_eq!(["again", "wait 61 s", "3 users", "0 users"], *story(&client));
}

#[test]
fn a_scroll_of_somebody_else_is_waited_for_once() {
    let (env, client) = scrolling();
    let open = client.walk(None).next();
    assert!(matches!(open, Some(Ok(Step::Page(_)))));
    assert_eq!(["wait 61 s", "scroll_exists"], *story(&client));
    env.ask("POST", "/__sandbox/clock", r#"{"advance_seconds":61}"#);
    assert_eq!(["3 users", "0 users"], *story(&client));
}
