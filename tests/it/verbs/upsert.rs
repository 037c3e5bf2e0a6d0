//! `upsert`: one user created or updated, with companies and tags, from fields or from JSON.

use insta::assert_snapshot;
use serde_json::json;

use super::{answer, id, requests_after, talk, with_ann};
use crate::support::{FakeServer, TestEnv};

#[test]
fn a_new_user_costs_one_request_and_is_printed_as_the_server_wrote_it() {
    let env = TestEnv::prompt();
    let run = env.run(["upsert", "external_id=1", "email=Ann@Example.com", "name=Ann"]);
    assert_eq!("exit 0\n[ID]: created; 1 request\n", talk(&run));
    assert_eq!(["POST /contacts"], *requests_after(&env, 0));
    assert_eq!(env.contacts()[0], answer(&run));
}

#[test]
fn a_user_that_is_so_already_is_read_and_not_written() {
    let env = with_ann();
    let run = env.run(["upsert", "external_id=1", "name=Ann"]);
    assert_eq!("exit 0\n[ID]: unchanged; 2 requests\n", talk(&run));
    assert_eq!("Ann", answer(&run)["name"]);
}

#[test]
fn companies_and_tags_are_in_the_contact_that_is_printed() {
    let env = TestEnv::prompt();
    let run = env.run([
        "upsert",
        "email=a@example.com",
        "company_id=c1",
        "company_id=c2",
        "companies=c3",
        "tags=vip;beta",
    ]);
    assert_eq!(0, run.code, "{run}");
    let contact = answer(&run);
    assert_eq!(
        (&json!(3), &json!(2)),
        (&contact["companies"]["total_count"], &contact["tags"]["total_count"])
    );
    let again = env.run(["upsert", "email=a@example.com", "companies=c1", "tags=VIP"]);
    assert!(again.stderr.contains(": unchanged; "), "{again}");
    assert_eq!(0, env.count("PUT", "/contacts"));
}

#[test]
fn values_have_the_types_of_the_workspaces_attributes() {
    let env = TestEnv::prompt();
    let run = env.run(["upsert", "email=a@example.com", "company_size=42", "custom.plan=007", "is_beta=yes"]);
    let attributes = &answer(&run)["custom_attributes"];
    assert_eq!(
        (&json!(42), &json!("007"), &json!(true)),
        (&attributes["company_size"], &attributes["plan"], &attributes["is_beta"])
    );
    let wrong = env.run(["upsert", "email=b@example.com", "company_size=many"]);
    assert_eq!("exit 2\nerror: field `company_size`: `many` is not a whole number\n", talk(&wrong));
    assert_eq!(1, env.contacts().len());
}

#[test]
fn json_comes_as_an_argument_or_from_stdin() {
    let env = TestEnv::prompt();
    let ann =
        r#"{"email":"ann@example.com","custom_attributes":{"plan":"pro"},"companies":[{"company_id":"c1"}]}"#;
    let run = env.run(["upsert", "--json", ann, "name=Ann"]);
    assert_eq!(
        (json!("Ann"), json!("pro")),
        (answer(&run)["name"].clone(), answer(&run)["custom_attributes"]["plan"].clone())
    );
    for arguments in [vec!["upsert", "--json", "-"], vec!["upsert", "-"], vec!["upsert"]] {
        let stdin = format!("{{\n  \"email\": \"{}@example.com\"\n}}\n", arguments.len());
        let run = match arguments.as_slice() {
            [a, b, c] => env.run_with_stdin([a, b, c], stdin.as_bytes()),
            [a, b] => env.run_with_stdin([a, b], stdin.as_bytes()),
            _ => env.run_with_stdin(["upsert"], stdin.as_bytes()),
        };
        assert_eq!(0, run.code, "{run}");
    }
    assert_eq!(4, env.contacts().len());
}

#[test]
fn an_archived_user_is_told_with_its_id_and_brought_back_if_asked() {
    let env = with_ann();
    env.ask("POST", &format!("/contacts/{}/archive", id(&env)), "{}");
    let run = env.run(["upsert", "external_id=1", "name=Lee", "--json"]);
    assert_eq!((3, "conflict"), (run.code, answer(&run)["errors"][0]["code"].as_str().unwrap()));
    assert!(run.stderr.contains("hint: bring it back with --archived unarchive"), "{run}");
    let run = env.run(["upsert", "external_id=1", "name=Lee", "--archived", "unarchive"]);
    assert!(
        talk(&run).starts_with("exit 0\nnote: the contact was archived, and was brought back\n"),
        "{run}"
    );
    assert_eq!("Lee", answer(&run)["name"]);
}

#[test]
fn an_email_of_somebody_else_writes_nothing() {
    let env = with_ann();
    let before = env.contacts();
    let run = env.run(["upsert", "external_id=2", "email=ann@example.com", "--json"]);
    assert_eq!((3, "identity_mismatch"), (run.code, answer(&run)["errors"][0]["code"].as_str().unwrap()));
    assert_eq!(before, env.contacts());
}

#[test]
fn a_lead_is_created_once() {
    let env = TestEnv::prompt();
    for outcome in ["created", "unchanged"] {
        let run = env.run(["upsert", "email=bo@example.com", "--role", "lead"]);
        assert!(run.stderr.contains(&format!(": {outcome}; ")), "{run}");
    }
    assert_eq!("lead", env.contacts()[0]["role"]);
}

#[test]
fn what_is_no_field_stops_before_anything_is_written() {
    let env = TestEnv::prompt();
    assert_snapshot!(env.run(["upsert", "emial=a@example.com", "utm_source=ads", "language_override=de"]), @"
    exit 2
    ---- stderr
    error: there is no field `emial`; `utm_source` cannot be written: Intercom's contacts take no campaign fields
      hint: write email=VALUE, if that is meant, or leave `emial` out
            keep it as custom.utm_source=VALUE, or write it with --engine users, or leave `utm_source` out
    ");
    assert_snapshot!(env.run(["upsert", "name=Ann"]), @"
    exit 2
    ---- stderr
    error: no field is `external_id` or `email`, so there is nobody to create or to update
      hint: write external_id=ID or email=ADDRESS; to match by Intercom's own id, --key id and id=ID
    ");
    assert_snapshot!(env.run(["upsert", "email=a@example.com", "Email=b@example.com"]), @"
    exit 2
    ---- stderr
    error: `email` and `Email` are both `email`
      hint: leave one of them out
    ");
    assert_eq!(0, env.writes().len());
}

#[test]
fn what_is_no_list_of_fields_says_how_one_is_written() {
    let env = TestEnv::prompt();
    let hint = |run: crate::support::Run| talk(&run).lines().skip(1).collect::<Vec<_>>().join("\n");
    assert_eq!(
        "error: `email` is not FIELD=VALUE\n  hint: write email=VALUE, or email= for an empty value",
        hint(env.run(["upsert", "email"]))
    );
    assert!(
        hint(env.run(["upsert", "--json", "{\"email\":"])).starts_with("error: the fields are not JSON: EOF")
    );
    assert!(
        hint(env.run(["upsert", "--json", "[1]"]))
            .starts_with("error: the fields are JSON, but not an object")
    );
    assert!(hint(env.run(["upsert"])).starts_with("error: there are no fields\n"));
    assert!(hint(env.run(["upsert", "email="])).starts_with("error: no `external_id` and no `email`"));
    assert_eq!(0, env.requests().len());
}

#[test]
fn a_token_without_the_scope_ends_with_its_own_exit() {
    let forbidden = r#"{"type":"error.list","request_id":"r2","errors":[{"code":"api_plan_restricted","message":"no write access"}]}"#;
    let server = FakeServer::intercom(("403 Forbidden", forbidden));
    let run = TestEnv::offline().run(["upsert", "email=a@example.com", "--base-url", server.url()]);
    assert_snapshot!(run, @"
    exit 5
    ---- stderr
    error: Intercom does not let this token in: no write access (api_plan_restricted, HTTP 403, request r2)
      hint: the workspace's plan does not include this part of the API, or its subscription has ended
    ");
}

#[test]
fn an_answer_that_was_lost_after_the_commit_is_no_second_user() {
    let env = TestEnv::prompt();
    env.faults(r#"{"next":[{"fault":"reset","committed":true}],"method":"POST"}"#);
    let run = env.run(["upsert", "email=a@example.com"]);
    assert_eq!((0, 1), (run.code, env.contacts().len()), "{run}");
    assert!(run.stderr.contains(": created; "), "{run}");
}

#[test]
fn a_lead_is_remembered_from_one_upsert_to_the_next() {
    let env = TestEnv::new();
    let first = env.run(["upsert", "--role", "lead", "--key", "email", "email=lou@example.com", "name=Lou"]);
    assert_eq!(0, first.code, "{first}");
    // The index does not show the lead yet.
    let second =
        env.run(["upsert", "--role", "lead", "--key", "email", "email=lou@example.com", "name=Lou P"]);
    assert_eq!(0, second.code, "{second}");
    assert_eq!(1, env.contacts().len());
    assert_eq!("Lou P", env.contacts()[0]["name"]);
}
