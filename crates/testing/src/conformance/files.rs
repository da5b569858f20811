//! The dashboard's metadata.
use crate::rows::{self, HOUR, NOW};
use dashboard::ports::{FileRecord, FileStatus, MetadataStore, Position, StoreError};
use std::sync::Arc;

type Shared = Arc<dyn MetadataStore>;

fn keys(files: &[FileRecord]) -> Vec<&str> {
    files.iter().map(|file| file.key.as_str()).collect()
}

pub async fn a_pending_file_ends_and_a_complete_one_stays(store: Shared) {
    for key in ["a", "b"] {
        store.insert_pending(NOW, rows::file("alice", key, NOW)).await.unwrap();
    }
    assert_eq!(store.insert_pending(NOW, rows::file("eve", "a", NOW)).await.unwrap_err(), StoreError::Exists);
    let done = store.complete(NOW + 3, "a".to_owned(), 5, "abc".to_owned()).await.unwrap();
    assert_eq!((done.status, done.version, done.completed_at), (FileStatus::Complete, 2, Some(NOW + 3)));
    assert_eq!(store.get(NOW + HOUR, "a".to_owned()).await.unwrap(), done);
    assert_eq!(store.get(NOW + HOUR, "b".to_owned()).await.unwrap_err(), StoreError::NotFound);
    let late = store.complete(NOW + HOUR, "b".to_owned(), 5, "abc".to_owned()).await;
    assert_eq!(late.unwrap_err(), StoreError::NotFound);
}

pub async fn completing_twice_is_one_completion(store: Shared) {
    store.insert_pending(NOW, rows::file("alice", "a", NOW)).await.unwrap();
    let first = store.complete(NOW, "a".to_owned(), 5, "abc".to_owned()).await.unwrap();
    let second = store.complete(NOW + 9, "a".to_owned(), 5, "abc".to_owned()).await.unwrap();
    assert_eq!(first, second);
}

pub async fn bytes_that_differ_from_the_announcement_conflict(store: Shared) {
    store.insert_pending(NOW, rows::file("alice", "a", NOW)).await.unwrap();
    let complete = |size, checksum: &str| store.complete(NOW, "a".to_owned(), size, checksum.to_owned());
    assert_eq!(complete(6, "abc").await.unwrap_err(), StoreError::Conflict);
    assert_eq!(store.get(NOW, "a".to_owned()).await.unwrap().status, FileStatus::Pending);
    complete(5, "abc").await.unwrap();
    assert_eq!(complete(5, "abd").await.unwrap_err(), StoreError::Conflict);
}

pub async fn files_are_listed_newest_first_in_pages(store: Shared) {
    for (owner, key, age) in [("alice", "a", 3), ("alice", "b", 1), ("eve", "c", 1), ("alice", "d", 1)] {
        store.insert_pending(NOW, rows::file(owner, key, NOW - age)).await.unwrap();
    }
    let list = |owner: Option<&str>, after, limit| store.list(NOW, owner.map(str::to_owned), after, limit);
    let after = |age, key: &str| Some(Position { created_at: NOW - age, key: key.to_owned() });
    assert_eq!(keys(&list(None, None, 9).await.unwrap()), ["d", "c", "b", "a"]);
    assert_eq!(keys(&list(None, after(1, "d"), 2).await.unwrap()), ["c", "b"]);
    assert_eq!(keys(&list(Some("alice"), None, 2).await.unwrap()), ["d", "b"]);
    assert_eq!(keys(&list(Some("alice"), after(1, "b"), 2).await.unwrap()), ["a"]);
    assert!(store.list(NOW + HOUR, None, None, 9).await.unwrap().is_empty());
}

pub async fn an_expired_file_is_absent_until_it_is_deleted(store: Shared) {
    for key in ["a", "b"] {
        store.insert_pending(NOW, rows::file("alice", key, NOW)).await.unwrap();
    }
    store.complete(NOW, "a".to_owned(), 5, "abc".to_owned()).await.unwrap();
    store.expire(NOW + 1, "a".to_owned()).await.unwrap();
    assert_eq!(store.expire(NOW + 1, "a".to_owned()).await.unwrap_err(), StoreError::NotFound);
    assert_eq!(store.get(NOW + 1, "a".to_owned()).await.unwrap_err(), StoreError::NotFound);
    assert_eq!(keys(&store.list_expired(NOW + 1, 9).await.unwrap()), ["a"]);
    assert_eq!(keys(&store.list_expired(NOW + HOUR, 9).await.unwrap()), ["a", "b"]);
    store.delete(NOW + 1, "a".to_owned()).await.unwrap();
    store.delete(NOW + 1, "b".to_owned()).await.unwrap();
    assert_eq!(store.delete(NOW + 1, "b".to_owned()).await.unwrap_err(), StoreError::NotFound);
    assert!(store.list_expired(NOW + HOUR, 9).await.unwrap().is_empty());
}
