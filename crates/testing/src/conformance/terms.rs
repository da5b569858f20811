//! Terms documents.
use super::Shared;
use super::world::{after, first, world};
use crate::rows::{self, NOW};
use user_pools::ports::StoreError;
use user_pools::terms::Terms;

pub async fn a_client_has_one_document_of_each_name(store: Shared) {
    let world = world(&store).await;
    let other = rows::client(&world.pool.id, "other");
    store.insert_client(NOW, other.clone()).await.unwrap();
    store.insert_terms(NOW, rows::terms(&world.client, "a", "terms-of-use")).await.unwrap();
    let second = store.insert_terms(NOW, rows::terms(&world.client, "b", "terms-of-use")).await;
    assert!(matches!(second, Err(StoreError::Exists(_))), "{second:?}");
    store.insert_terms(NOW, rows::terms(&world.client, "b", "privacy-policy")).await.unwrap();
    store.insert_terms(NOW, rows::terms(&other, "c", "terms-of-use")).await.unwrap();
    let mut renamed = rows::terms(&world.client, "b", "privacy-policy");
    "terms-of-use".clone_into(&mut renamed.name);
    let taken = store.replace_terms(NOW, renamed).await;
    assert!(matches!(taken, Err(StoreError::Exists(_))), "{taken:?}");
    let held = store.terms_of_client(world.pool.id, world.client.id).await.unwrap();
    assert_eq!(held.iter().map(|terms| terms.id.as_str()).collect::<String>(), "ba");
}

pub async fn documents_are_guarded_by_their_versions_and_listed_in_pages(store: Shared) {
    let world = world(&store).await;
    let pool = &world.pool.id;
    for (id, name) in [("a", "terms-of-use"), ("b", "privacy-policy")] {
        store.insert_terms(NOW, rows::terms(&world.client, id, name)).await.unwrap();
    }
    let read = store.terms(pool.clone(), "a".to_owned()).await.unwrap();
    assert_eq!(store.replace_terms(NOW, Terms { modified: NOW + 1, ..read.clone() }).await.unwrap(), 2);
    assert_eq!(store.replace_terms(NOW, read).await.unwrap_err(), StoreError::Conflict);
    let ids = |rows: Vec<Terms>| rows.into_iter().map(|terms| terms.id).collect::<String>();
    assert_eq!(ids(store.list_terms(pool.clone(), first(1)).await.unwrap()), "a");
    assert_eq!(ids(store.list_terms(pool.clone(), after("a", 9)).await.unwrap()), "b");
    store.delete_terms(NOW, pool.clone(), "a".to_owned()).await.unwrap();
    assert_eq!(store.delete_terms(NOW, pool.clone(), "a".to_owned()).await.unwrap_err(), StoreError::NotFound);
    assert_eq!(store.terms(rows::pool_id("none"), "b".to_owned()).await.unwrap_err(), StoreError::NotFound);
    store.delete_client(NOW, pool.clone(), world.client.id).await.unwrap();
    assert!(store.list_terms(pool.clone(), first(9)).await.unwrap().is_empty(), "they go with their client");
}
