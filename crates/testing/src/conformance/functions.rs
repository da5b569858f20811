//! Lambda functions.
use super::world::{at_once, count};
use crate::rows::{self, NOW};
use functions::ports::{FunctionStore, StoreError};
use functions::{Function, FunctionKey};
use std::sync::Arc;
use user_pools::Scope;

type Shared = Arc<dyn FunctionStore>;

const ONE: &str = "000000000000";
const TWO: &str = "111111111111";

fn scope(account: &str) -> Scope {
    Scope { account: account.to_owned(), region: "us-east-1".to_owned() }
}

fn key(account: &str, name: &str) -> FunctionKey {
    FunctionKey::new(&scope(account), name)
}

fn names(functions: &[Function]) -> Vec<&str> {
    functions.iter().map(|function| function.key.name.as_str()).collect()
}

pub async fn a_function_reads_back_as_it_was_stored(store: Shared) {
    let function = rows::function(ONE, "f", "c0de");
    store.insert_function(NOW, function.clone()).await.unwrap();
    assert_eq!(store.function(key(ONE, "f")).await.unwrap(), function);
    assert_eq!(store.function(key(ONE, "g")).await.unwrap_err(), StoreError::NotFound);
    assert_eq!(store.insert_function(NOW, function).await.unwrap_err(), StoreError::Exists);
}

pub async fn a_function_replacement_needs_the_version_that_was_read(store: Shared) {
    let mut function = rows::function(ONE, "f", "c0de");
    assert_eq!(store.replace_function(NOW, function.clone()).await.unwrap_err(), StoreError::NotFound);
    store.insert_function(NOW, function.clone()).await.unwrap();
    function.settings.description = "new".to_owned();
    let answers = at_once(32, |_| {
        let (store, function) = (store.clone(), function.clone());
        async move { store.replace_function(NOW, function).await }
    })
    .await;
    assert_eq!(count(&answers, |answer| *answer == Ok(2)), 1);
    assert_eq!(count(&answers, |answer| *answer == Err(StoreError::Conflict)), 31);
    let stored = store.function(key(ONE, "f")).await.unwrap();
    assert_eq!((stored.settings.description.as_str(), stored.version), ("new", 2));
}

pub async fn a_name_is_taken_once_even_in_parallel(store: Shared) {
    let answers = at_once(32, |number| {
        let store = store.clone();
        let function = rows::function(ONE, "f", &format!("{number}"));
        async move { store.insert_function(NOW, function).await }
    })
    .await;
    assert_eq!(count(&answers, Result::is_ok), 1);
    assert_eq!(count(&answers, |answer| *answer == Err(StoreError::Exists)), 31);
}

pub async fn functions_are_keyed_by_account_region_and_name(store: Shared) {
    store.insert_function(NOW, rows::function(ONE, "f", "a")).await.unwrap();
    store.insert_function(NOW, rows::function(TWO, "f", "b")).await.unwrap();
    store.delete_function(NOW, key(ONE, "f")).await.unwrap();
    assert_eq!(store.delete_function(NOW, key(ONE, "f")).await.unwrap_err(), StoreError::NotFound);
    store.function(key(TWO, "f")).await.unwrap();
    assert!(store.list_functions(scope(ONE), None, 9).await.unwrap().is_empty());
}

pub async fn functions_are_listed_by_name_in_pages(store: Shared) {
    for name in ["b", "a", "c"] {
        store.insert_function(NOW, rows::function(ONE, name, "x")).await.unwrap();
    }
    assert_eq!(names(&store.list_functions(scope(ONE), None, 2).await.unwrap()), ["a", "b"]);
    assert_eq!(names(&store.list_functions(scope(ONE), Some("b".to_owned()), 2).await.unwrap()), ["c"]);
}

pub async fn code_in_use_follows_every_change(store: Shared) {
    let mut function = rows::function(ONE, "f", "old");
    store.insert_function(NOW, function.clone()).await.unwrap();
    store.insert_function(NOW, rows::function(TWO, "g", "old")).await.unwrap();
    assert_eq!(store.code_in_use().await.unwrap(), ["old"]);
    function.code.sha256 = "new".to_owned();
    store.replace_function(NOW, function).await.unwrap();
    assert_eq!(store.code_in_use().await.unwrap(), ["new", "old"]);
    store.delete_function(NOW, key(TWO, "g")).await.unwrap();
    assert_eq!(store.code_in_use().await.unwrap(), ["new"]);
}
