//! `update`: one user that exists, by each key; the outcomes success, unsuccessful, and in between.

use insta::assert_snapshot;
use serde_json::json;

use super::{answer, id, requests_after, talk, with_ann};

#[test]
fn a_user_is_updated_by_each_key_with_the_fewest_requests() {
    let env = with_ann();
    let by_id = env.run(["update", "--by", "id", "--value", &id(&env), "name=A"]);
    assert_eq!(["PUT /contacts/{id}"], *requests_after(&env, 1));
    let by_own_id = env.run(["update", "--by", "external_id", "--value", "1", "name=B"]);
    let asked = ["GET /contacts/find_by_external_id/1", "PUT /contacts/{id}"];
    assert_eq!(asked, *requests_after(&env, 2));
    let by_email = env.run(["update", "--by", "email", "--value", "ANN@example.com", "name=C"]);
    // What the index shows may be old: it is read before it is compared.
    let asked = ["POST /contacts/search", "GET /contacts/{id}", "PUT /contacts/{id}"];
    assert_eq!(asked, *requests_after(&env, 4));
    for (run, name) in [(by_id, "A"), (by_own_id, "B"), (by_email, "C")] {
        assert_eq!((0, name), (run.code, answer(&run)["name"].as_str().unwrap()), "{run}");
    }
}

#[test]
fn a_user_found_by_email_gets_another_one() {
    let env = with_ann();
    let run = env.run([
        "update",
        "--by",
        "email",
        "--value",
        "ann@example.com",
        "email=lee@example.com",
        "user_id=7",
    ]);
    assert_eq!("lee@example.com", answer(&run)["email"]);
    assert_eq!(
        (json!("lee@example.com"), json!("7")),
        (env.contacts()[0]["email"].clone(), env.contacts()[0]["external_id"].clone())
    );
}

#[test]
fn all_inputs_of_the_automation_action_are_fields() {
    let env = with_ann();
    let run = env.run([
        "update",
        "--by",
        "external_id",
        "--value",
        "1",
        "avatar=https://example.com/a.png",
        "company_id=c1",
        "company_id=c2",
        "company_id=c3",
        "email=new@example.com",
        "name=Ann Lee",
        "phone=+442071838750",
        "unsubscribed_from_emails=true",
        "custom.plan=pro",
        "custom.company_size=3",
        "last_seen_at=now",
    ]);
    assert_eq!(0, run.code, "{run}");
    let contact = answer(&run);
    assert_eq!(json!(3), contact["companies"]["total_count"]);
    assert_eq!(json!("https://example.com/a.png"), contact["avatar"]["image_url"]);
    assert!(contact["last_seen_at"].as_i64().unwrap() >= contact["created_at"].as_i64().unwrap() - 5);
    assert_eq!(
        (&json!("pro"), &json!(3)),
        (&contact["custom_attributes"]["plan"], &contact["custom_attributes"]["company_size"])
    );
}

#[test]
fn nobody_is_created() {
    let env = with_ann();
    let run = env.run(["update", "--by", "external_id", "--value", "9", "name=Bo", "--json"]);
    assert_snapshot!(run, @r#"
    exit 9
    ---- stdout
    {"type":"error.list","request_id":null,"errors":[{"code":"not_found","message":"there is no user with external_id `9`"}]}
    ---- stderr
    error: there is no user with external_id `9`
      hint: archived and deleted ones are not found either; to create the user, use `upsert`
    "#);
    assert_eq!(9, env.run(["update", "--by", "id", "--value", "6064d5c43910cc082d903f6c", "name=Bo"]).code);
    assert_snapshot!(env.run(["update", "--by", "email", "--value", "bo@example.com", "name=Bo"]), @"
    exit 9
    ---- stderr
    error: there is no user with email `bo@example.com`
      hint: the search trails writes by seconds to 10 minutes: if it was written just now, try again in 10 minutes; to create it, use `upsert`
    ");
    assert_eq!(1, env.contacts().len());
}

#[test]
fn several_with_one_email_are_not_chosen_from() {
    let env = with_ann();
    for _ in 0..2 {
        env.create(r#"{"role":"lead","email":"bo@example.com"}"#);
    }
    let run = env.run(["update", "--by", "email", "--value", "bo@example.com", "--role", "lead", "name=Bo"]);
    assert_snapshot!(run, @"
    exit 3
    ---- stderr
    error: 2 contacts have the email `bo@example.com`: nothing was written
      hint: say which one is meant: `find --email` lists them, and --by id names one
    ");
    assert_eq!(0, env.count("PUT", "/contacts"));
}

#[test]
fn the_servers_no_is_an_outcome_with_intercoms_error_list() {
    let env = with_ann();
    let run = env.run(["update", "--by", "external_id", "--value", "1", "owner_id=424242", "--json"]);
    let list = answer(&run);
    assert_eq!((3, "error.list"), (run.code, list["type"].as_str().unwrap()), "{run}");
    assert!(list["request_id"].is_string() && list["errors"][0]["code"].is_string(), "{run}");
    let first = env.run(["update", "--json", "owner_id=424242", "--by", "external_id", "--value", "1"]);
    let before = env.run(["update", "owner_id=424242", "--json", "--by", "external_id", "--value", "1"]);
    assert_eq!((3, 3), (first.code, before.code), "{first}{before}");
    let quiet = env.run(["update", "--by", "external_id", "--value", "1", "owner_id=424242"]);
    assert_eq!((3, ""), (quiet.code, quiet.stdout.as_str()));
}

#[test]
fn a_contact_that_is_written_without_its_second_company_is_an_outcome_of_its_own() {
    let env = with_ann();
    env.faults(
        r#"{"rules":[{"method":"POST","path":"/companies","request":2,"fault":"json_503","times":9}]}"#,
    );
    let arguments = [
        "update",
        "--by",
        "external_id",
        "--value",
        "1",
        "name=Lee",
        "companies=c1;c2",
        "tags=vip",
        "--json",
    ];
    let run = env.run(arguments);
    let list = answer(&run);
    assert_eq!((3, "partial"), (run.code, list["outcome"].as_str().unwrap()), "{run}");
    assert_eq!(
        (&json!(["attach company `c1`", "apply tag `vip`"]), &json!(["attach company `c2`"])),
        (&list["done"], &list["not_done"])
    );
    assert_eq!(
        (&json!("Lee"), &json!(1)),
        (&list["contact"]["name"], &list["contact"]["companies"]["total_count"])
    );
    assert!(
        run.stderr.contains(
            "was updated, attach company `c1`: done, apply tag `vip`: done; not done: attach company `c2`: "
        ),
        "{run}"
    );
}

#[test]
fn what_cannot_be_written_stops_before_anything_is_sent() {
    let env = with_ann();
    let by_own_id = |field| env.run(["update", "--by", "external_id", "--value", "1", field]);
    assert_snapshot!(by_own_id("avatar=http://example.com/a.png"), @"
    exit 2
    ---- stderr
    error: field `avatar`: `http://example.com/a.png` is not an https URL
      hint: give an address that begins with https://
    ");
    assert_snapshot!(by_own_id("id=6064"), @"
    exit 2
    ---- stderr
    error: `id` cannot be written: Intercom assigns it
      hint: to find the user by it, write --by id --value ID
    ");
    assert_snapshot!(by_own_id("name="), @r"
    exit 2
    ---- stderr
    error: there is nothing to write: no field has a value
      hint: give a field a value; the value \N clears it
    ");
    assert_eq!(1, env.requests().len());
    assert_snapshot!(by_own_id("update_last_request_at=true"), @"
    exit 2
    ---- stderr
    error: `update_last_request_at` cannot be written: Intercom dropped it with version 2.0 of the API
      hint: write last_seen_at=now instead, which means another time, or write it with --engine users, or leave `update_last_request_at` out
    ");
    assert_eq!(0, env.count("PUT", "/contacts"));
}

#[test]
fn a_field_is_cleared_by_a_word_of_its_own() {
    let env = with_ann();
    let run = env.run(["update", "--by", "external_id", "--value", "1", r"name=\N"]);
    assert_eq!(json!(null), answer(&run)["name"]);
}

#[test]
fn a_merged_contact_is_written_where_it_lives_on() {
    let env = with_ann();
    let lead = env.create(r#"{"role":"lead","email":"ann@example.com"}"#)["id"].as_str().unwrap().to_owned();
    env.ask("POST", "/contacts/merge", &format!(r#"{{"from":"{lead}","into":"{}"}}"#, id(&env)));
    let run = env.run(["update", "--by", "id", "--value", &lead, "name=Lee"]);
    assert!(
        talk(&run).starts_with("exit 0\nnote: contact [ID] was merged into [ID], which was written\n"),
        "{run}"
    );
    assert_eq!("Lee", answer(&run)["name"]);
}
