//! The same verbs through the users of 1.x.

use intercom_bulk::sandbox::{Config, Lag, UnknownSetting};
use serde_json::json;

use super::{answer, requests_after, talk};
use crate::support::TestEnv;

#[test]
fn a_user_is_written_with_its_companies_in_one_request_and_found_by_each_key() {
    // Whether Intercom keeps them is not known: n8n sends them, and nobody complained.
    let unknowns = ["sent-utm=stored".parse::<UnknownSetting>().unwrap()].into_iter().collect();
    let env = TestEnv::with(Config { unknowns, lag: Lag::NONE, quota_per_minute: 0, ..Config::default() });
    let run = env.run([
        "upsert",
        "--engine",
        "users",
        "external_id=7",
        "email=Ann@example.com",
        "utm_source=ads",
        "session_count=3",
        "update_last_request_at=yes",
        "companies=c1;c2",
        "companies=c3",
        "avatar=https://example.com/a.png",
    ]);
    assert_eq!("exit 0\n[ID]: created; 1 request\n", talk(&run));
    assert_eq!(["POST /users"], *requests_after(&env, 0));
    let user = answer(&run);
    assert_eq!(
        (&json!("user"), &json!("7"), &json!("ads")),
        (&user["type"], &user["user_id"], &user["utm_source"])
    );
    assert_eq!(json!(3), user["session_count"]);
    assert_eq!(3, user["companies"]["companies"].as_array().unwrap().len());
    let id = user["id"].as_str().unwrap();
    for by in [["--id", id], ["--user-id", "7"], ["--email", "ann@example.com"]] {
        let run = env.run(["find", "--engine", "users", by[0], by[1]]);
        assert_eq!((0, "7"), (run.code, answer(&run)["user_id"].as_str().unwrap()), "{run}");
    }
    assert_eq!(9, env.run(["find", "--engine", "users", "--user-id", "8"]).code);
}

#[test]
fn an_update_reads_first_because_the_server_would_create() {
    let env = TestEnv::prompt();
    let missing = env.run(["update", "--engine", "users", "--by", "user_id", "--value", "7", "name=Ann"]);
    assert_eq!((9, 0), (missing.code, env.contacts().len()), "{missing}");
    env.create(r#"{"role":"user","external_id":"7","email":"ann@example.com"}"#);
    let run = env.run([
        "update",
        "--engine",
        "users",
        "--by",
        "email",
        "--value",
        "ann@example.com",
        "email=lee@example.com",
        "tags=vip",
    ]);
    assert_eq!((0, "lee@example.com"), (run.code, answer(&run)["email"].as_str().unwrap()), "{run}");
    assert_eq!("vip", answer(&run)["tags"]["tags"][0]["name"]);
    assert_eq!(1, env.contacts().len());
}

#[test]
fn pages_are_numbered_and_everybody_is_scrolled_over() {
    let env = TestEnv::prompt();
    for n in 1..=3 {
        env.create(&format!(r#"{{"role":"user","email":"{n}@example.com"}}"#));
    }
    env.create(r#"{"role":"lead","email":"lead@example.com"}"#);
    let list = |more: &[&str]| env.run_all(&[&["list", "--engine", "users"], more].concat());
    let first = answer(&list(&["--page-size", "2"]));
    let second = answer(&list(&["--page-size", "2", "--starting-after", "2"]));
    let count = |page: &serde_json::Value| page["users"].as_array().unwrap().len();
    assert_eq!((2, 1), (count(&first), count(&second)));
    let all = list(&["--all"]);
    assert_eq!((3, "exit 0\n3 contacts; 2 requests\n"), (all.stdout.lines().count(), talk(&all).as_str()));
    assert_eq!("lead@example.com", answer(&list(&["--all", "--role", "lead"]))["email"]);
    assert_eq!(2, list(&["--role", "any"]).code);
}

#[test]
fn what_intercom_takes_and_does_not_keep_is_told() {
    let run = TestEnv::prompt().run(["upsert", "--engine", "users", "email=a@example.com", "utm_source=ads"]);
    let told =
        "exit 0\nnote: Intercom took the request, and does not show `utm_source`\n[ID]: created; 1 request\n";
    assert_eq!(told, talk(&run));
}

#[test]
fn values_have_the_types_of_the_workspaces_attributes() {
    let env = TestEnv::prompt();
    let run = env.run(["upsert", "--engine", "users", "user_id=7", "company_size=42", "is_beta=yes"]);
    let attributes = &answer(&run)["custom_attributes"];
    assert_eq!((&json!(42), &json!(true)), (&attributes["company_size"], &attributes["is_beta"]));
    let wrong = env.run(["upsert", "--engine", "users", "user_id=7", "company_sise=42"]);
    let told = "exit 2\nerror: there is no field `company_sise`\n  hint: write custom.company_size=VALUE, if that is meant, \
                or leave `company_sise` out\n";
    assert_eq!(told, talk(&wrong));
}
