//! Headers that cannot be true: whatever they say, every row arrives, and nobody waits for ever.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::support::{FakeServer, Said, TestEnv, users};

/// What an answer says: the limit, what remains, and how many seconds from now the reset is.
type Claim = (u32, u32, i64);

/// Imports rows through a server that makes these claims in turn. Returns how long it took.
#[track_caller]
fn import_told(claims: &'static [Claim]) -> Duration {
    let env = TestEnv::prompt();
    env.write("users.csv", users(30));
    let mut claims = claims.iter().cycle();
    let server = FakeServer::lying(env.url(), move |_, said| {
        let (limit, remaining, resets_in) = *claims.next().unwrap();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let reset = now.saturating_add_signed(resets_in);
        let claim = format!(
            "x-ratelimit-limit: {limit}\r\nx-ratelimit-remaining: {remaining}\r\nx-ratelimit-reset: {reset}"
        );
        Said { head: format!("{}\r\n{claim}", said.head), ..said }
    });
    let begun = Instant::now();
    let arguments = ["import", "users.csv", "--base-url", server.url(), "--json", "--progress", "none"];
    let run = env.run(arguments);
    assert_eq!(0, run.code, "{run}");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(30, report["rows"]["created"].as_u64().unwrap(), "{run}");
    begun.elapsed()
}

#[test]
fn a_reset_in_the_past_is_no_window_and_nobody_waits_for_it() {
    assert!(import_told(&[(100, 0, -60)]) < Duration::from_secs(5));
}

#[test]
fn a_reset_years_ahead_is_no_window_and_nobody_waits_for_it() {
    assert!(import_told(&[(100, 0, 1_000_000_000)]) < Duration::from_secs(5));
}

#[test]
fn more_that_remains_than_there_ever_was_is_all_that_there_is() {
    import_told(&[(1_000, 1_000_000, 7)]);
}

#[test]
fn headers_that_contradict_each_other_from_answer_to_answer_let_every_row_through() {
    import_told(&[(1_000, 900, 7), (1_000, 300, 9), (1_000, 1_000, 3), (500, 499, 7), (1_000, 600, -1)]);
}

#[test]
fn a_limit_that_rises_and_falls_is_followed() {
    import_told(&[(1_000, 900, 7), (1_000, 890, 7), (200, 150, 7), (200, 140, 7), (2_000, 1_900, 7)]);
}
