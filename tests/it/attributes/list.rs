//! `attributes list`.

use insta::assert_snapshot;
use serde_json::Value;

use super::{archive, define, with_tiers};
use crate::support::TestEnv;

#[test]
fn people_see_a_table_with_what_they_made_first() {
    let env = with_tiers();
    archive(&env, "mrr");
    assert_snapshot!(env.run(["attributes", "list"]), @"
    exit 0
    ---- stdout
    NAME                      TYPE     MADE BY   WRITABLE  ARCHIVED  OPTIONS
    plan                      string   people    yes       no
    company_size              integer  people    yes       no
    is_beta                   boolean  people    yes       no
    trial_ends_at             date     people    yes       no
    account_number            string   people    yes       no
    tier                      string   people    yes       no        Basic | Gold
    role                      string   Intercom  yes       no
    name                      string   Intercom  yes       no
    owner_id                  integer  Intercom  yes       no
    email                     string   Intercom  yes       no
    phone                     string   Intercom  yes       no
    external_id               string   Intercom  yes       no
    signed_up_at              date     Intercom  yes       no
    last_seen_at              date     Intercom  yes       no
    unsubscribed_from_emails  boolean  Intercom  yes       no
    avatar                    string   Intercom  yes       no
    id                        string   Intercom  no        no
    created_at                date     Intercom  no        no
    updated_at                date     Intercom  no        no
    last_contacted_at         date     Intercom  no        no
    last_replied_at           date     Intercom  no        no
    has_hard_bounced          boolean  Intercom  no        no
    marked_email_as_spam      boolean  Intercom  no        no
    language_override         string   Intercom  no        no
    browser                   string   Intercom  no        no
    browser_version           string   Intercom  no        no
    os                        string   Intercom  no        no
    location.country          string   Intercom  no        no
    location.region           string   Intercom  no        no
    location.city             string   Intercom  no        no
    ---- stderr
    6 custom in use; a workspace has room for 250, contacts and companies together
    ");
}

#[test]
fn archived_ones_are_listed_if_asked_for() {
    let env = TestEnv::prompt();
    archive(&env, "mrr");
    let shown = env.run(["attributes", "list", "--archived"]);
    let mrr = shown.stdout.lines().find(|line| line.starts_with("mrr ")).unwrap();
    assert_eq!(["mrr", "float", "people", "yes", "yes"], *mrr.split_whitespace().collect::<Vec<_>>());
    assert!(shown.stderr.starts_with("5 custom in use, 1 archived;"), "{shown}");
}

#[test]
fn programs_get_the_answer_of_the_api() {
    let env = with_tiers();
    let run = env.run(["attributes", "list", "--json"]);
    assert_eq!((0, ""), (run.code, run.stderr.as_str()));
    let asked = env.ask("GET", "/data_attributes?model=contact&include_archived=false", "");
    assert_eq!(asked + "\n", run.stdout);
}

#[test]
fn the_attributes_of_companies_are_others() {
    let env = TestEnv::prompt();
    define(&env, r#"{"name":"fleet","data_type":"integer"}"#);
    env.ask("POST", "/data_attributes", r#"{"name":"seats","model":"company","data_type":"integer"}"#);
    let run = env.run(["attributes", "list", "--model", "company", "--json"]);
    let listing: Value = serde_json::from_str(&run.stdout).unwrap();
    let names: Vec<_> = listing["data"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert!(names.contains(&"seats".into()) && !names.contains(&"fleet".into()), "{names:?}");
    assert_snapshot!(env.run(["attributes", "list", "--model", "deal"]), @"
    exit 2
    ---- stderr
    error: invalid value 'deal' for '--model <MODEL>'
      [possible values: contact, company]

    For more information, try '--help'.
    ");
}

#[test]
fn a_list_without_a_token_is_refused() {
    let env = TestEnv::prompt();
    let mut command = env.command(&["attributes", "list", "--json"]);
    let run = env.finish(command.env_remove("INTERCOM_ACCESS_TOKEN").spawn().unwrap());
    assert_snapshot!(run, @"
    exit 2
    ---- stderr
    error: there is no access token
      hint: set INTERCOM_ACCESS_TOKEN, or try it without Intercom: --sandbox
    ");
}
