//! Any bytes as a file that a run left behind: the pages of an export, or intents.
#![no_main]

use std::fs;
use std::path::Path;
use std::time::Duration;

use intercom_bulk::ledger::Intents;
use intercom_bulk::transfer::Spool;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &[u8]| {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    pages(&folder.path().join("pages.db"), content);
    intents(&folder.path().join("intents.ndjson"), content);
});

fn pages(path: &Path, content: &[u8]) {
    fs::write(path, content).unwrap();
    // What cannot be read is told; what can is no reason to panic.
    let Ok(Some(spool)) = Spool::open(path) else { return };
    let _ = (spool.n_contacts(), spool.run_id(), spool.pour(b"", 0, &mut Vec::new()));
}

fn intents(path: &Path, content: &[u8]) {
    fs::write(path, content).unwrap();
    let day = Duration::from_secs(24 * 60 * 60);
    let Ok(intents) = Intents::open(path, 20_000 * day.as_secs(), day.as_secs()) else { return };
    intents.begin("a key", 20_000 * day.as_secs()).unwrap();
    drop(intents);
    let intents = Intents::open(path, 20_000 * day.as_secs(), day.as_secs()).unwrap();
    assert!(intents.known("a key").is_some(), "what is noted behind anything is read again");
}
