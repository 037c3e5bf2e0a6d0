use super::*;
use crate::ledger::{ContactId, Fingerprint, KeyKind, Note, PastRun, RunEnd, RunStart, UserKey};
use std::time::Duration;

const NOW: Duration = Duration::ZERO;

fn open(folder: &Path) -> Ledger {
    let opened = Ledger::open(folder, "w1").unwrap();
    assert!(opened.set_aside.is_none(), "{:?}", opened.set_aside);
    opened.ledger
}

fn key(name: &str) -> UserKey {
    UserKey::new(KeyKind::ExternalId, name)
}

fn begin_run(ledger: &mut Ledger) {
    let run = RunStart { name: "r1", job: "j", folder: Path::new("runs/r1"), started_at: 1_000 };
    ledger.writer.begin_run(&run).unwrap();
}

fn end_run(ledger: &mut Ledger, exit_code: u8, rows: Option<u64>) {
    ledger.writer.end_run(&RunEnd { ended_at: 1_001, exit_code, rows }).unwrap();
}

/// Says of each name what the ledger says: an id, `id*` if it has the fingerprint of `values`, or nothing.
fn shown(ledger: &mut Ledger, names: &[&str]) -> String {
    let keys: Vec<UserKey> = names.iter().map(|name| key(name)).collect();
    let show = |known: Option<crate::ledger::Delivery>| match known {
        Some(known) if known.fingerprint == Some(Fingerprint::of(b"values")) => format!("{}*", known.id),
        Some(known) => known.id.to_string(),
        None => "-".into(),
    };
    ledger.reader.look_up(&keys).unwrap().into_iter().map(show).collect::<Vec<_>>().join(" ")
}

fn delivered(name: &str, id: &str) -> Note {
    Note::Delivered { key: key(name), id: ContactId::new(id), fingerprint: Fingerprint::of(b"values") }
}

#[test]
fn what_was_noted_is_known_to_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = open(folder.path());
    begin_run(&mut ledger);
    ledger.writer.note(&delivered("c", "6064d5c43910cc082d903f6c"), NOW).unwrap();
    ledger.writer.note(&delivered("a", "one"), NOW).unwrap();
    assert_eq!("- -", shown(&mut ledger, &["a", "c"]));
    ledger.writer.commit().unwrap();
    drop(ledger);
    assert_eq!("one* - 6064d5c43910cc082d903f6c*", shown(&mut open(folder.path()), &["a", "b", "c"]));
}

#[test]
fn notes_wait_for_a_second_at_most() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = open(folder.path());
    let second = Duration::from_secs(1);
    ledger.writer.note(&delivered("a", "one"), second).unwrap();
    ledger.writer.commit_if_due(second + second / 2).unwrap();
    assert_eq!("-", shown(&mut ledger, &["a"]));
    ledger.writer.commit_if_due(second * 2).unwrap();
    assert_eq!("one*", shown(&mut ledger, &["a"]));
}

#[test]
fn what_is_not_known_for_sure_has_no_fingerprint() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = open(folder.path());
    let id = ContactId::new("two");
    for note in [
        delivered("doubt", "one"),
        Note::InDoubt { key: key("doubt") },
        delivered("partial", "one"),
        Note::Known { key: key("partial"), id: ContactId::new("one") },
        delivered("gone", "one"),
        Note::Gone { key: key("gone") },
        delivered("same", "two"),
        Note::Seen { key: key("same"), id: id.clone() },
        delivered("moved", "one"),
        Note::Seen { key: key("moved"), id: id.clone() },
        Note::Seen { key: key("new"), id },
    ] {
        ledger.writer.note(&note, NOW).unwrap();
    }
    ledger.writer.commit().unwrap();
    let names = ["doubt", "partial", "gone", "same", "moved", "new"];
    assert_eq!("one one - two* two two", shown(&mut ledger, &names));
}

#[test]
fn a_user_that_a_dead_run_was_writing_is_in_doubt_unless_the_run_noted_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = open(folder.path());
    begin_run(&mut ledger);
    for name in ["still", "sent", "answered"] {
        ledger.writer.note(&delivered(name, "one"), NOW).unwrap();
    }
    end_run(&mut ledger, 0, Some(3));
    begin_run(&mut ledger);
    ledger.doubts.add(&key("sent")).unwrap();
    ledger.doubts.add(&key("answered")).unwrap();
    ledger.writer.note(&delivered("answered", "one"), NOW).unwrap();
    ledger.writer.commit().unwrap();
    drop(ledger);
    assert_eq!("one* one one*", shown(&mut open(folder.path()), &["still", "sent", "answered"]));
}

#[test]
fn a_doubt_that_a_death_tore_does_not_hide_those_of_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = open(folder.path());
    begin_run(&mut ledger);
    ledger.writer.note(&delivered("sent", "one"), NOW).unwrap();
    end_run(&mut ledger, 0, Some(1));
    drop(ledger);
    fs::write(folder.path().join("in-flight"), b"\x06xt").unwrap();
    let mut ledger = open(folder.path());
    begin_run(&mut ledger);
    ledger.doubts.add(&key("sent")).unwrap();
    drop(ledger);
    assert_eq!("one", shown(&mut open(folder.path()), &["sent"]));
}

#[test]
fn the_run_before_of_the_same_job_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = open(folder.path());
    begin_run(&mut ledger);
    assert_eq!((None, None), ledger.writer.past_runs("j").unwrap());
    end_run(&mut ledger, 3, Some(7));
    let past = |number, rows| Some(PastRun { number, name: "r1".into(), folder: "runs/r1".into(), rows });
    assert_eq!((None, None), ledger.writer.past_runs("j").unwrap());
    begin_run(&mut ledger);
    assert_eq!((past(1, Some(7)), past(1, Some(7))), ledger.writer.past_runs("j").unwrap());
    end_run(&mut ledger, 7, None);
    begin_run(&mut ledger);
    assert_eq!((past(2, None), past(1, Some(7))), ledger.writer.past_runs("j").unwrap());
    assert_eq!((None, None), ledger.writer.past_runs("another").unwrap());
}

#[test]
fn unsettled_are_the_last_run_that_came_to_its_end_and_those_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = open(folder.path());
    let unsettled = |ledger: &Ledger| -> Vec<i64> {
        ledger.writer.unsettled_runs("j").unwrap().iter().map(|run| run.number).collect()
    };
    assert!(unsettled(&ledger).is_empty());
    for rows in [None, Some(7), Some(7), None, None] {
        begin_run(&mut ledger);
        end_run(&mut ledger, 0, rows);
    }
    begin_run(&mut ledger);
    assert_eq!([3, 4, 5], *unsettled(&ledger));
    end_run(&mut ledger, 0, Some(0));
    begin_run(&mut ledger);
    assert_eq!([6], *unsettled(&ledger));
    assert!(ledger.writer.unsettled_runs("another").unwrap().is_empty());
}

#[test]
fn a_damaged_ledger_is_set_aside_and_a_new_one_begun() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(Ledger::FILE);
    fs::write(&path, "not a database, but long enough to have the head of one ".repeat(100)).unwrap();
    let opened = Ledger::open(folder.path(), "w1").unwrap();
    let (aside, _) = opened.set_aside.unwrap();
    assert!(fs::read_to_string(aside).unwrap().starts_with("not a database"));
    drop(opened.ledger);
    open(folder.path());
}

#[test]
fn a_ledger_of_another_workspace_or_a_later_program_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    let error = Ledger::open(folder.path(), "w2").unwrap_err();
    assert!(matches!(&error, LedgerError::OtherWorkspace { found, .. } if found == "w1"), "{error}");
    let connection = Connection::open(folder.path().join(Ledger::FILE)).unwrap();
    connection.pragma_update(None, "user_version", SCHEMA + 1).unwrap();
    drop(connection);
    let error = Ledger::open(folder.path(), "w1").unwrap_err();
    assert!(matches!(error, LedgerError::Newer { .. }), "{error}");
}

#[test]
fn an_entry_takes_less_than_a_hundred_bytes_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = open(folder.path());
    begin_run(&mut ledger);
    let users = 50_000_u64;
    for n in 0..users {
        // In no order, and longer than a key that is kept whole: the worst there is.
        let name = format!("{:016x}-and-what-follows", n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        ledger.writer.note(&delivered(&name, &format!("{n:024x}")), NOW).unwrap();
    }
    ledger.writer.commit().unwrap();
    drop(ledger);
    let size = fs::metadata(folder.path().join(Ledger::FILE)).unwrap().len();
    assert!(size < users * 100, "{} bytes a key", size / users);
}
