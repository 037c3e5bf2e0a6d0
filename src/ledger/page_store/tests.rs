use super::*;

fn row<'a>(created_at: i64, id: &'a str, updated_at: i64, row: &'a str) -> StoredRow<'a> {
    StoredRow { created_at, id, updated_at, kind: 0, row: Some(row.as_bytes()) }
}

fn rows(store: &PageStore) -> String {
    let mut text = Vec::new();
    store
        .each(|row| {
            text.extend_from_slice(row);
            Ok(())
        })
        .unwrap();
    String::from_utf8(text).unwrap()
}

fn store() -> (tempfile::TempDir, PathBuf, PageStore) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pages.db");
    let store = PageStore::create(&path).unwrap();
    (folder, path, store)
}

#[test]
fn rows_come_in_the_order_of_creation_and_the_newest_counts() {
    let (_folder, _, mut store) = store();
    assert_eq!(Put::New, store.put(&row(2, "a", 2, "third "), 1).unwrap());
    assert_eq!(Put::New, store.put(&row(1, "b", 5, "second "), 1).unwrap());
    assert_eq!(Put::New, store.put(&row(1, "a", 5, "old "), 1).unwrap());
    assert_eq!(Put::Repeated, store.put(&row(1, "b", 5, "same "), 1).unwrap());
    assert_eq!(Put::Known, store.put(&row(1, "b", 4, "older "), 2).unwrap());
    assert_eq!(Put::Replaced { kind: 0, is_newer: true }, store.put(&row(1, "a", 6, "first "), 2).unwrap());
    assert_eq!(Some(Put::Known), store.see(2, "a", 2).unwrap());
    assert_eq!(Some(Put::Repeated), store.see(2, "a", 2).unwrap());
    assert_eq!(None, store.see(2, "z", 2).unwrap());
    assert_eq!("first second third ", rows(&store));
}

#[test]
fn what_was_committed_is_there_after_a_death_and_nothing_else() {
    let (folder, path, mut store) = store();
    store.put(&row(1, "a", 1, "kept"), 1).unwrap();
    store.set_part(0, "far").unwrap();
    store.set_note("job", "this one").unwrap();
    store.commit().unwrap();
    store.put(&row(2, "b", 1, "lost"), 1).unwrap();
    // As if the process had died here.
    let copy = folder.path().join("copy.db");
    fs::copy(&path, &copy).unwrap();
    fs::copy(folder.path().join("pages.db-wal"), folder.path().join("copy.db-wal")).unwrap();
    let copy = PageStore::open(&copy).unwrap().unwrap();
    assert_eq!("kept", rows(&copy));
    assert_eq!(
        (vec!["far".to_owned()], Some("this one".to_owned())),
        (copy.parts().unwrap(), copy.note("job").unwrap())
    );
    assert_eq!(None, copy.note("nothing").unwrap());
}

#[test]
fn two_processes_do_not_share_a_file() {
    let (_folder, path, store) = store();
    assert_eq!(io::ErrorKind::ResourceBusy, PageStore::open(&path).unwrap_err().kind());
    assert_eq!(io::ErrorKind::ResourceBusy, PageStore::create(&path).unwrap_err().kind());
    drop(store);
    assert!(PageStore::open(&path).unwrap().is_some());
}

#[test]
fn a_file_that_is_none_is_removed() {
    let (_folder, path, store) = store();
    store.remove();
    assert!(!path.exists() && PageStore::open(&path).unwrap().is_none());
    fs::write(&path, "no database at all, but long enough to be looked at").unwrap();
    assert!(PageStore::open(&path).unwrap().is_none());
    assert!(!path.exists());
    fs::write(&path, "").unwrap();
    assert!(PageStore::open(&path).unwrap().is_none());
}
