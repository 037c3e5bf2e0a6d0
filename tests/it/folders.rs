//! The folders that runs keep their files in: nobody else may write into them.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use insta::assert_snapshot;

use crate::support::{Run, TestEnv};

/// Imports a user with these flags after somebody opened a folder to others.
fn import_with(env: &TestEnv, folder: &str, mode: u32, flags: &[&str]) -> Run {
    fs::create_dir_all(env.path(folder)).unwrap();
    fs::set_permissions(env.path(folder), Permissions::from_mode(mode)).unwrap();
    env.write("users.csv", "external_id\nu-1\n");
    env.run_all(&[&["import", "users.csv"], flags].concat())
}

#[test]
fn a_state_folder_that_others_can_write_into_is_refused() {
    let env = TestEnv::prompt();
    assert_snapshot!(import_with(&env, "state", 0o770, &["--state-dir", "state"]), @"
    exit 2
    ---- stderr
    error: `state` can be written by others, so that nothing in it can be believed
      hint: chmod go-w state
    ");
    assert_eq!(0, fs::read_dir(env.path("state")).unwrap().count());
    assert!(env.contacts().is_empty());
}

#[test]
fn a_workspace_folder_that_others_can_write_into_is_refused() {
    let env = TestEnv::prompt();
    let run = import_with(&env, "state/sandbox1", 0o702, &["--state-dir", "state"]);
    assert_eq!(2, run.code, "{run}");
    assert!(run.stderr.contains("hint: chmod go-w state/sandbox1\n"), "{run}");
    assert_eq!(0, fs::read_dir(env.path("state/sandbox1")).unwrap().count());
    assert_eq!(2, env.run(["export", "all.csv", "--state-dir", "state"]).code);
    assert_eq!(2, env.run(["upsert", "email=a@example.com", "--role", "lead", "--state-dir", "state"]).code);
    assert!(env.contacts().is_empty());
}

#[test]
fn a_run_folder_that_others_can_write_into_is_refused() {
    let env = TestEnv::prompt();
    let run = import_with(&env, "to night", 0o720, &["--run-dir", "to night"]);
    assert_eq!(2, run.code, "{run}");
    assert!(run.stderr.contains("hint: chmod go-w 'to night'\n"), "{run}");
    assert_eq!(0, fs::read_dir(env.path("to night")).unwrap().count());
    assert!(env.contacts().is_empty());
}

#[test]
fn a_folder_where_all_have_folders_of_their_own_holds_the_state_too() {
    let env = TestEnv::prompt();
    let run = import_with(&env, "tmp", 0o1777, &["--state-dir", "tmp"]);
    assert_eq!(0, run.code, "{run}");
}
