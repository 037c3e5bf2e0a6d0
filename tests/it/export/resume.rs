//! An export that ends before its end, in whatever way: run again, it goes on from its last page.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Child;

use insta::assert_snapshot;
use intercom_bulk::sandbox::{Config, Lag};
use serde_json::Value;

use crate::support::{FakeServer, Run, TestEnv, signal, wait_until};

/// A workspace of four pages, and the file that an undisturbed export makes of it.
fn four_pages() -> TestEnv {
    let env = TestEnv::with(Config { users: 600, quota_per_minute: 0, lag: Lag::NONE, ..Config::default() });
    assert_eq!(0, env.run(["export", "whole.csv"]).code);
    env
}

/// Returns where the pages of unfinished exports are.
fn spools(env: &TestEnv) -> Vec<PathBuf> {
    let runs = env.path(".local/state/intercom-bulk/sandbox1/runs");
    let folders = fs::read_dir(runs).into_iter().flatten().flatten();
    let folders = folders.map(|folder| folder.path()).chain([env.path("run")]);
    folders.map(|folder| folder.join("pages.db")).filter(|path| path.exists()).collect()
}

/// Returns the only ones.
pub(super) fn spool(env: &TestEnv) -> PathBuf {
    let mut spools = spools(env);
    assert_eq!(1, spools.len(), "{spools:?}");
    spools.remove(0)
}

/// Opens a copy of pages that somebody may be writing.
fn copy_of(spool: &Path) -> (tempfile::TempDir, rusqlite::Connection) {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("pages.db");
    fs::copy(spool, &copy).unwrap();
    // What was committed last is in the log.
    let log = |path: &Path| PathBuf::from(format!("{}-wal", path.display()));
    let _ = fs::copy(log(spool), log(&copy));
    let connection = rusqlite::Connection::open(&copy).unwrap();
    (folder, connection)
}

fn pages_in(spool: &Path) -> usize {
    let (_folder, pages) = copy_of(spool);
    // There are no tables in the first moment.
    let n_contacts = pages.query_row("SELECT count(*) FROM contacts", [], |row| row.get::<_, u32>(0));
    n_contacts.unwrap_or_default().div_ceil(150) as usize
}

/// Changes what a dead run has left.
pub(super) fn change(spool: &Path, sql: &str) {
    rusqlite::Connection::open(spool).unwrap().execute_batch(sql).unwrap();
}

/// Starts an export, and returns when it has so many pages on the disk and waits for an answer that never comes.
fn held_after<const N: usize>(env: &TestEnv, path: &str, n_pages: usize, arguments: [&str; N]) -> Child {
    let n = n_pages + 1 - spools(env).first().map_or(0, |spool| pages_in(spool));
    env.faults(&format!(r#"{{"rules":[{{"path":"{path}","request":{n},"fault":"stall"}}]}}"#));
    let n_stalled = || env.requests().iter().filter(|request| request["fault"] == "stall").count();
    let before = n_stalled();
    let child = env.start(arguments);
    wait_until(|| n_stalled() > before && spools(env).iter().any(|spool| pages_in(spool) >= n_pages));
    child
}

/// Exports `users.csv`, and kills it when so many pages are on the disk.
fn killed_with(env: &TestEnv, n_pages: usize) {
    let mut child = held_after(env, "/contacts", n_pages, ["export", "users.csv"]);
    child.kill().unwrap();
    assert_eq!(-1, env.finish(child).code);
    assert_eq!(n_pages, pages_in(&spool(env)));
}

/// Starts an export with three cursors, and kills it when this many searches were made.
pub(super) fn killed_in_parts<const N: usize>(env: &TestEnv, n_searches: usize, arguments: [&str; N]) {
    env.faults(&format!(
        r#"{{"rules":[{{"path":"/contacts/search","from":{n_searches},"times":3,"fault":"stall"}}]}}"#
    ));
    let n_stalled = || env.requests().iter().filter(|request| request["fault"] == "stall").count();
    let mut child = env.start(arguments);
    wait_until(|| n_stalled() == 3 && spools(env).iter().any(|spool| pages_in(spool) > 0));
    child.kill().unwrap();
    env.finish(child);
}

/// Runs the export to its end: it is whole, nothing of the way there is left, and it took so many pages.
#[track_caller]
fn finish(env: &TestEnv, n_pages: usize) -> Run {
    let before = env.count("GET", "/contacts?");
    let run = env.run(["export", "users.csv", "--json"]);
    assert_eq!(0, run.code, "{run}");
    assert!(env.read("whole.csv") == env.read("users.csv"), "the files differ");
    assert_eq!(n_pages, env.count("GET", "/contacts?") - before, "{run}");
    assert_eq!(Vec::<PathBuf>::new(), spools(env));
    run
}

fn report(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn a_killed_export_goes_on_from_its_last_page() {
    let env = four_pages();
    env.write("users.csv", "the old file\n");
    killed_with(&env, 2);
    assert_eq!("the old file\n", env.read("users.csv"));
    assert!(!env.path("users.csv.partial").exists());
    assert_eq!(0o600, fs::metadata(spool(&env)).unwrap().permissions().mode() & 0o777);
    let begun_by = spool(&env).parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
    let run = finish(&env, 2);
    assert_snapshot!(run.stderr.lines().next().unwrap().replace(&begun_by, "[RUN]"), @"resumed: 300 contacts of run [RUN] are here already");
    let report = report(&run);
    assert_eq!(
        (600, &Value::from(begun_by)),
        (report["rows"]["written"].as_u64().unwrap(), &report["resumed_from"])
    );
}

#[test]
fn an_export_that_is_killed_again_and_again_ends_whole() {
    let env = four_pages();
    for n_pages in 1..=3 {
        killed_with(&env, n_pages);
    }
    finish(&env, 1);
}

#[test]
fn a_page_that_the_death_tore_is_asked_for_again() {
    let env = four_pages();
    killed_with(&env, 2);
    let log = PathBuf::from(format!("{}-wal", spool(&env).display()));
    let file = File::options().write(true).open(log).unwrap();
    file.set_len(file.metadata().unwrap().len() - 10).unwrap();
    assert!(finish(&env, 3).stderr.starts_with("resumed: 150 contacts"));
}

#[test]
fn when_all_pages_are_here_no_page_is_asked_for_again() {
    let env = four_pages();
    fs::create_dir(env.path("out")).unwrap();
    let (folder, mut n_pages) = (env.path("out"), 0);
    let server = FakeServer::before(env.url(), move |request| {
        if request.starts_with("GET /contacts?") {
            n_pages += 1;
            let _ = (n_pages == 4).then(|| fs::remove_dir(&folder));
        }
    });
    let export = ["export", "out/users.csv", "--base-url", server.url()];
    assert_snapshot!(env.run(export), @"
    exit 12
    ---- stderr
    error: the folder `out` does not exist
      hint: make it: `mkdir -p out`
    out/users.csv was not written; a file of that name is as it was
    report: [STATE]/sandbox1/runs/[TIME]-export/report.json
    next: run `intercom-bulk export out/users.csv --base-url http://[HOST]` again: within the hour it goes on from here
    ");
    assert_eq!(4, pages_in(&spool(&env)));
    fs::create_dir(env.path("out")).unwrap();
    let before = env.count("GET", "/contacts?");
    assert_eq!(0, env.run(export).code);
    assert!(env.read("whole.csv") == env.read("out/users.csv"), "the files differ");
    assert_eq!(before, env.count("GET", "/contacts?"));
    assert_eq!(Vec::<PathBuf>::new(), spools(&env));
}

#[test]
fn a_cursor_that_the_server_no_longer_takes_begins_the_listing_anew() {
    let env = four_pages();
    killed_with(&env, 2);
    change(&spool(&env), "UPDATE parts SET value = json_set(value, '$.ahead.page', 'stale')");
    let run = finish(&env, 5);
    assert_eq!(0, report(&run)["rows"]["duplicates_dropped"], "the listing has shown nobody twice");
    assert_eq!(1, report(&run)["http"]["by_status"]["400"]);
}

#[test]
fn an_export_of_other_columns_begins_anew() {
    let env = four_pages();
    killed_with(&env, 2);
    env.ask("POST", "/data_attributes", r#"{"name":"seats","model":"contact","data_type":"string"}"#);
    let before = env.count("GET", "/contacts?");
    let run = env.run(["export", "users.csv"]);
    assert!(!run.stderr.contains("resumed"), "{run}");
    assert!(env.read("users.csv").lines().next().unwrap().contains(",custom.seats"));
    assert_eq!(4, env.count("GET", "/contacts?") - before);
    assert_eq!(Vec::<PathBuf>::new(), spools(&env));
}

#[test]
fn an_export_of_another_file_leaves_the_pages_alone() {
    let env = four_pages();
    killed_with(&env, 2);
    let run = env.run(["export", "others.csv"]);
    assert!(!run.stderr.contains("resumed"), "{run}");
    finish(&env, 2);
}

#[test]
fn pages_of_an_hour_ago_are_not_gone_on_with() {
    let env = four_pages();
    killed_with(&env, 2);
    let an_hour_ago = "json_set(value, '$.kept_at.secs', value ->> '$.kept_at.secs' - 3660)";
    change(&spool(&env), &format!("UPDATE notes SET value = {an_hour_ago} WHERE name = 'job'"));
    finish(&env, 4);
}

#[test]
fn ctrl_c_keeps_the_pages_for_the_next_run() {
    let env = four_pages();
    env.write("users.csv", "the old file\n");
    env.faults(r#"{"rules":[{"path":"/contacts","request":3,"delay":"1s"}]}"#);
    let child = env.start(["export", "users.csv"]);
    wait_until(|| spools(&env).iter().any(|spool| pages_in(spool) == 2));
    signal(&child, "INT");
    assert_eq!(130, env.finish(child).code);
    assert_eq!("the old file\n", env.read("users.csv"));
    let n_pages = pages_in(&spool(&env));
    assert!((2..=3).contains(&n_pages), "the page in flight is kept, and no other is asked for");
    finish(&env, 4 - n_pages);
}

#[test]
fn a_server_that_says_no_in_the_middle_costs_no_page() {
    let env = four_pages();
    env.write("users.csv", "the old file\n");
    env.faults(r#"{"rules":[{"method":"GET","path":"/contacts","request":3,"fault":"revoked_401"}]}"#);
    assert_snapshot!(env.run(["export", "users.csv"]), @"
    exit 5
    ---- stderr
    error: page 3: Intercom does not let this token in: Access Token Revoked (token_revoked, HTTP 401, request [ID])
      hint: check INTERCOM_ACCESS_TOKEN and --region: a token belongs to one region and is copied from the Developer Hub, Your app, Authentication
    users.csv was not written; a file of that name is as it was
    report: [STATE]/sandbox1/runs/[TIME]-export/report.json
    next: run `intercom-bulk export users.csv` again: within the hour it goes on from here
    ");
    assert_eq!("the old file\n", env.read("users.csv"));
    assert!(!env.path("users.csv.partial").exists());
    finish(&env, 2);
}

#[test]
fn two_exports_do_not_share_their_pages() {
    let env = four_pages();
    let mut first =
        held_after(&env, "/contacts", 2, ["export", "users.csv", "--run-dir", "run", "--state-dir", "a"]);
    assert_snapshot!(env.run(["export", "users.csv", "--run-dir", "run", "--state-dir", "b"]), @"
    exit 8
    ---- stderr
    error: `run/pages.db` is in use by another run
      hint: wait until the other run has ended, or choose another folder: --run-dir DIR
    ");
    first.kill().unwrap();
    env.finish(first);
    let run = env.run(["export", "users.csv", "--run-dir", "run"]);
    assert!(run.stderr.starts_with("resumed: 300 contacts of run "), "{run}");
    assert!(env.read("whole.csv") == env.read("users.csv"), "the files differ");
    assert!(!env.path("run/pages.db").exists());
}

#[test]
fn a_scroll_cannot_be_gone_on_with_and_writes_nobody_twice() {
    let env = TestEnv::with(Config { users: 250, quota_per_minute: 0, lag: Lag::NONE, ..Config::default() });
    assert_eq!(0, env.run(["export", "whole.csv", "--engine", "users"]).code);
    let mut child = held_after(&env, "/users/scroll", 1, ["export", "users.csv", "--engine", "users"]);
    child.kill().unwrap();
    env.finish(child);
    // The scroll that the dead run left open ends a minute after its last page.
    env.ask("POST", "/__sandbox/clock", r#"{"advance_seconds":61}"#);
    let run = env.run(["export", "users.csv", "--engine", "users"]);
    assert!(run.stderr.starts_with("resumed: 100 contacts of run "), "{run}");
    assert!(env.read("whole.csv") == env.read("users.csv"), "the files differ");
}

#[test]
fn a_file_that_had_its_name_when_the_run_died_is_not_written_from_old_pages() {
    let env = four_pages();
    killed_with(&env, 2);
    // As if the run had died after it gave the file its name, and before it removed the pages.
    fs::copy(env.path("whole.csv"), env.path("users.csv")).unwrap();
    let before = env.count("GET", "/contacts?");
    let run = env.run(["export", "users.csv"]);
    assert!(!run.stderr.contains("resumed"), "{run}");
    assert_eq!(before + 4, env.count("GET", "/contacts?"));
    assert!(spools(&env).is_empty());
}
