//! `--data FILE`: what is kept between runs.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use intercom_bulk::sandbox::Config;
use intercom_bulk::sandbox::Sandbox;
use intercom_bulk::sandbox::SandboxError;
use tempfile::TempDir;

use super::Api;
use super::prompt;

fn file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.ndjson");
    (folder, path)
}

fn keeping(path: &Path) -> Config {
    Config { data: Some(path.to_owned()), ..prompt() }
}

#[test]
fn contacts_and_attributes_outlive_the_sandbox() {
    let (_folder, path) = file();
    let api = Api::with(keeping(&path));
    api.post("/data_attributes", r#"{"name":"shoe","model":"contact","data_type":"float"}"#).ok();
    let contact =
        api.create(r#"{"external_id":"1","name":"Ann","custom_attributes":{"shoe":42.0,"mrr":null}}"#);
    api.put(&contact, r#"{"name":"Bea"}"#).ok();
    let archived = api.create(r#"{"external_id":"2"}"#);
    api.post(&format!("{archived}/archive"), "{}").ok();
    let before = api.stored();
    drop(api);

    let api = Api::with(keeping(&path));
    assert_eq!(api.stored(), before);
    assert_eq!(api.listed().len(), 1);
    assert_eq!(api.post("/contacts", r#"{"external_id":"1"}"#).status, 409);
    assert!(contact < api.create(r#"{"external_id":"3","custom_attributes":{"shoe":1}}"#));
}

#[test]
fn a_torn_last_line_is_dropped_and_the_rest_is_kept() {
    let (_folder, path) = file();
    let api = Api::with(keeping(&path));
    api.create(r#"{"external_id":"1"}"#);
    api.create(r#"{"external_id":"2"}"#);
    drop(api);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, &text[..text.len() - 20]).unwrap();
    let api = Api::with(keeping(&path));
    assert_eq!(api.stored().len(), 1);
    api.create(r#"{"external_id":"3"}"#);
    drop(api);
    assert_eq!(Api::with(keeping(&path)).stored().len(), 2);
}

#[test]
fn a_last_line_without_its_end_is_kept_and_not_written_on() {
    let (_folder, path) = file();
    let api = Api::with(keeping(&path));
    api.create(r#"{"external_id":"1"}"#);
    drop(api);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.trim_end()).unwrap();
    let api = Api::with(keeping(&path));
    api.create(r#"{"external_id":"2"}"#);
    drop(api);
    assert_eq!(Api::with(keeping(&path)).stored().len(), 2);
}

#[test]
fn a_tidy_file_is_gone_on_with_as_it_is() {
    let (_folder, path) = file();
    let with_users = || Config { users: 3, ..keeping(&path) };
    drop(Api::with(with_users()));
    let before = fs::read(&path).unwrap();
    let api = Api::with(with_users());
    assert_eq!(fs::read(&path).unwrap(), before);
    api.create(r#"{"external_id":"1"}"#);
    assert!(fs::read(&path).unwrap().starts_with(&before));
}

#[track_caller]
fn check_damage(text: &str, line: u64) {
    let (_folder, path) = file();
    fs::write(&path, text).unwrap();
    let error = Sandbox::start(keeping(&path)).unwrap_err();
    assert!(matches!(&error, SandboxError::DataDamaged { line: found, .. } if *found == line), "{error}");
    assert!(error.to_string().contains(&format!("line {line}: ")), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_file_that_is_no_journal_is_an_error_and_left_alone() {
    check_damage("email,name\na@example.com,Ann\n", 1);
    check_damage("not even a line", 1);
    let header = "{\"sandbox_journal\":{\"format\":1,\"workspace\":\"sandbox1\"}}\n";
    check_damage(&format!("{header}{{\"contact\":\n{header}"), 2);
    check_damage(&format!("{header}{header}"), 2);
    check_damage("{\"sandbox_journal\":{\"format\":99,\"workspace\":\"sandbox1\"}}\n", 1);
}

#[test]
fn the_workspace_is_the_one_of_the_file() {
    let (_folder, path) = file();
    drop(Api::with(keeping(&path)));
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("sandbox1", "acme")).unwrap();
    assert_eq!(Api::with(keeping(&path)).get("/me").str("/app/id_code"), "acme");
}

#[test]
fn outdated_lines_are_dropped_at_the_start() {
    let (_folder, path) = file();
    let api = Api::with(keeping(&path));
    let contact = api.create(r#"{"external_id":"1"}"#);
    for n in 0..10 {
        api.put(&contact, &format!(r#"{{"name":"{n}"}}"#)).ok();
    }
    drop(api);
    let n_lines = || fs::read_to_string(&path).unwrap().lines().count();
    let before = n_lines();
    drop(Api::with(keeping(&path)));
    assert_eq!(n_lines(), before - 10);
}

#[test]
fn a_data_file_serves_one_sandbox_at_a_time() {
    let (_folder, path) = file();
    let _first = Api::with(keeping(&path));
    let error = Sandbox::start(keeping(&path)).unwrap_err();
    assert!(matches!(error, SandboxError::DataInUse { .. }), "{error}");
}

#[test]
fn users_are_seeded_only_into_a_fresh_file() {
    let (_folder, path) = file();
    let with_users = |users| Config { users, ..keeping(&path) };
    assert_eq!(Api::with(with_users(3)).stored().len(), 3);
    assert_eq!(Api::with(with_users(9)).stored().len(), 3);
}

#[test]
fn a_reset_is_kept_too() {
    let (_folder, path) = file();
    let api = Api::with(keeping(&path));
    api.create(r#"{"external_id":"1"}"#);
    api.control("reset", "");
    api.create(r#"{"external_id":"2"}"#);
    drop(api);
    let stored = Api::with(keeping(&path)).stored();
    assert_eq!((stored.len(), stored[0]["external_id"].as_str()), (1, Some("2")));
}

#[test]
fn companies_tags_and_who_has_them_outlive_the_sandbox() {
    let (_folder, path) = file();
    let api = Api::with(keeping(&path));
    let company = super::companies::company(&api, "c1");
    let contact = api.create(r#"{"external_id":"1"}"#);
    let tag = super::tags::tag(&api, "vip");
    api.post(&format!("{contact}/companies"), &format!(r#"{{"id":"{company}"}}"#)).ok();
    api.post(&format!("{contact}/tags"), &format!(r#"{{"id":"{tag}"}}"#)).ok();
    drop(api);

    let api = Api::with(keeping(&path));
    assert_eq!(api.get(&format!("/companies/{company}")).ok().at("/user_count"), 1);
    assert_eq!(api.get(&format!("{contact}/companies")).ok().str("/data/0/company_id"), "c1");
    assert_eq!(api.get(&format!("{contact}/tags")).ok().str("/data/0/name"), "vip");
    assert_eq!(super::companies::company(&api, "c1"), company);
    assert!(company < super::companies::company(&api, "c2"));
    assert_ne!(super::tags::tag(&api, "other"), tag);
}
