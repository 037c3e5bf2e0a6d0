//! Jobs that take their time.

use std::sync::atomic::{AtomicUsize, Ordering};

use intercom_bulk::sandbox::Config;

use super::{arguments, import, pass_a_minute, with};
use crate::support::{FakeServer, TestEnv, client, users, wait_until};

fn of_seconds() -> TestEnv {
    with(Config::default(), &["bulk-speed=seconds"])
}

#[test]
fn a_job_is_watched_until_it_is_done() {
    let env = of_seconds();
    env.write("users.csv", users(30));
    let child = env.command(&arguments(&[])).spawn().unwrap();
    wait_until(|| env.count("POST", "/contacts/bulk") == 1);
    assert_eq!(0, env.contacts().len());
    pass_a_minute(&env);
    let run = env.finish(child);
    assert!(run.stderr.contains("30 created, 0 updated, 0 unchanged"), "{run}");
    assert!((1..=2).contains(&env.count("GET", "/contacts/bulk/")), "{run}");
}

#[test]
fn requests_go_to_the_open_job_and_to_a_new_one_when_that_is_closed() {
    let env = of_seconds();
    let (url, n_requests) = (env.url(), AtomicUsize::new(0));
    let server = FakeServer::before(env.url(), move |request| {
        // Four jobs are open by then.
        if request == "POST /contacts/bulk" && n_requests.fetch_add(1, Ordering::SeqCst) == 6 {
            let clock = client().post(format!("{url}/__sandbox/clock"));
            clock.body(r#"{"advance_seconds":60}"#).send().unwrap();
        }
    });
    env.write("users.csv", users(800));
    let child = env.command(&arguments(&["--base-url", server.url(), "--concurrency", "2"])).spawn().unwrap();
    wait_until(|| env.count("POST", "/contacts/bulk") >= 9);
    pass_a_minute(&env);
    let run = env.finish(child);
    assert!(run.stderr.contains("800 created, 0 updated, 0 unchanged"), "{run}");
    let refused = env.requests().iter().filter(|request| request["status"] == 403).count();
    assert!((1..=4).contains(&refused), "{refused} requests went to a closed job");
    assert_eq!(8 + refused, env.count("POST", "/contacts/bulk"));
}

#[test]
fn a_job_that_nobody_knows_any_more_is_settled_by_its_users() {
    let env = of_seconds();
    env.write("users.csv", users(30));
    let server = FakeServer::without(env.url(), "/contacts/bulk/");
    let run = import(&env, &users(30), &["--base-url", server.url()]);
    assert!(run.stderr.contains("30 created, 0 updated, 0 unchanged"), "{run}");
    pass_a_minute(&env);
    assert_eq!(30, env.contacts().len());
}
