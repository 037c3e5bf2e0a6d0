//! One user at a time, through the built program: find, upsert, update, list, and all of them switched off.

mod disabled;
mod find;
mod list;
mod update;
mod upsert;
mod users_1x;
mod walk;

use regex::Regex;
use serde_json::Value;

use crate::support::{Run, TestEnv};

/// Returns the one JSON object on a run's stdout.
#[track_caller]
fn answer(run: &Run) -> Value {
    assert_eq!(1, run.stdout.lines().count(), "{run}");
    serde_json::from_str(&run.stdout).unwrap()
}

/// Returns the exit and stderr of a run, without ids of Intercom.
fn talk(run: &Run) -> String {
    let ids = Regex::new(r"\b[0-9a-f]{24}\b").unwrap();
    let requests = Regex::new(r"request [0-9a-z]{20}").unwrap();
    let stderr = ids.replace_all(&run.stderr, "[ID]").into_owned();
    format!("exit {}\n{}", run.code, requests.replace_all(&stderr, "request [ID]"))
}

/// Returns the requests since the first ones, which were behind the program's back: the method, and the path with every
/// id of Intercom's as `{id}`.
fn requests_after(env: &TestEnv, behind_the_back: usize) -> Vec<String> {
    let ids = Regex::new(r"/[0-9a-f]{24}").unwrap();
    let line = |request: &Value| {
        let path = ids.replace_all(request["path"].as_str().unwrap(), "/{id}").into_owned();
        format!("{} {path}", request["method"].as_str().unwrap())
    };
    env.requests().iter().skip(behind_the_back).map(line).collect()
}

/// A workspace that has Ann: external id 1, ann@example.com.
fn with_ann() -> TestEnv {
    let env = TestEnv::prompt();
    env.create(r#"{"role":"user","external_id":"1","email":"ann@example.com","name":"Ann"}"#);
    env
}

/// Returns Intercom's id of the first contact.
fn id(env: &TestEnv) -> String {
    env.contacts()[0]["id"].as_str().unwrap().to_owned()
}
