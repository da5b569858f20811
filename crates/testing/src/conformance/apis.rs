//! HTTP APIs.
use super::world::{at_once, count};
use crate::rows::{self, NOW};
use http_apis::ports::{ApiCursor, ApiKey, ApiStore, StoreError};
use http_apis::{Api, Scope};
use std::sync::Arc;

type Shared = Arc<dyn ApiStore>;

const ONE: &str = "000000000000";
const TWO: &str = "111111111111";

fn key(account: &str, id: &str) -> ApiKey {
    ApiKey { scope: scope(account), id: id.to_owned() }
}

fn scope(account: &str) -> Scope {
    Scope { account: account.to_owned(), region: "us-east-1".to_owned() }
}

fn ids(apis: &[Api]) -> Vec<&str> {
    apis.iter().map(|api| api.api_id.as_str()).collect()
}

pub async fn an_api_reads_back_as_it_was_stored(store: Shared) {
    let api = rows::api(ONE, "a", NOW);
    store.insert_api(api.clone(), NOW).await.unwrap();
    assert_eq!(store.api(key(ONE, "a")).await.unwrap(), api);
    assert_eq!(store.api(key(ONE, "b")).await.unwrap_err(), StoreError::NotFound);
    assert_eq!(store.insert_api(api, NOW).await.unwrap_err(), StoreError::Exists);
}

pub async fn an_api_replacement_needs_the_version_that_was_read(store: Shared) {
    let mut api = rows::api(ONE, "a", NOW);
    assert_eq!(store.replace_api(api.clone(), NOW).await.unwrap_err(), StoreError::NotFound);
    store.insert_api(api.clone(), NOW).await.unwrap();
    api.name = "new".to_owned();
    let answers = at_once(32, |_| {
        let (store, api) = (store.clone(), api.clone());
        async move { store.replace_api(api, NOW).await }
    })
    .await;
    assert_eq!(count(&answers, |answer| *answer == Ok(2)), 1);
    assert_eq!(count(&answers, |answer| *answer == Err(StoreError::Conflict)), 31);
    let stored = store.api(key(ONE, "a")).await.unwrap();
    assert_eq!((stored.name.as_str(), stored.version), ("new", 2));
}

pub async fn apis_are_keyed_by_account_region_and_id(store: Shared) {
    store.insert_api(rows::api(ONE, "a", NOW), NOW).await.unwrap();
    store.insert_api(rows::api(TWO, "a", NOW), NOW).await.unwrap();
    store.delete_api(key(ONE, "a"), NOW).await.unwrap();
    assert_eq!(store.delete_api(key(ONE, "a"), NOW).await.unwrap_err(), StoreError::NotFound);
    store.api(key(TWO, "a")).await.unwrap();
    assert!(store.list_apis(scope(ONE), None, 9).await.unwrap().is_empty());
}

pub async fn apis_are_listed_in_creation_order_in_pages(store: Shared) {
    for (id, age) in [("a", 1), ("b", 3), ("d", 2), ("c", 2)] {
        store.insert_api(rows::api(ONE, id, NOW - age), NOW).await.unwrap();
    }
    store.insert_api(rows::api(TWO, "x", NOW - 9), NOW).await.unwrap();
    let page = store.list_apis(scope(ONE), None, 2).await.unwrap();
    assert_eq!(ids(&page), ["b", "c"]);
    let after = ApiCursor { created_at: NOW - 2, id: "c".to_owned() };
    assert_eq!(ids(&store.list_apis(scope(ONE), Some(after), 9).await.unwrap()), ["d", "a"]);
}

pub async fn all_apis_come_in_key_order(store: Shared) {
    for (account, id) in [(TWO, "a"), (ONE, "b"), (ONE, "a"), (TWO, "b")] {
        store.insert_api(rows::api(account, id, NOW), NOW).await.unwrap();
    }
    let page = store.all_apis(None, 3).await.unwrap();
    assert_eq!(ids(&page), ["a", "b", "a"]);
    let rest = store.all_apis(Some(key(TWO, "a")), 3).await.unwrap();
    assert_eq!((ids(&rest), rest[0].scope.account.as_str()), (vec!["b"], TWO));
}

pub async fn every_api_write_appends_one_change_to_the_common_sequence(store: Shared) {
    assert_eq!(store.changes_head().await.unwrap(), 0);
    let api = rows::api(ONE, "a", NOW);
    store.insert_api(api.clone(), NOW).await.unwrap();
    store.insert_api(api.clone(), NOW).await.unwrap_err();
    let first = store.changes_head().await.unwrap();
    store.replace_api(api.clone(), NOW).await.unwrap();
    store.replace_api(api, NOW).await.unwrap_err();
    store.delete_api(key(ONE, "a"), NOW).await.unwrap();
    let changes = store.apis_changed_since(0, 9).await.unwrap();
    assert_eq!(changes.len(), 3);
    assert!(changes.iter().all(|change| change.key == key(ONE, "a")));
    assert!(changes.is_sorted_by(|a, b| a.seq < b.seq));
    assert_eq!(changes[2].seq, store.changes_head().await.unwrap());
    assert_eq!(store.apis_changed_since(first, 1).await.unwrap(), changes[1..2]);
}
