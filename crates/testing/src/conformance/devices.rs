//! Remembered devices.
use super::Shared;
use super::world::{after, at_once, count, first, hash, user, world};
use crate::rows::{self, NOW};
use user_pools::devices::DeviceChange;
use user_pools::ports::{StoreError, Taken};

pub async fn a_device_is_stored_once_and_reads_back(store: Shared) {
    let world = world(&store).await;
    let (pool, sub) = (world.pool.id.clone(), world.alice.sub.clone());
    let answers = at_once(8, |_| {
        let (store, device) = (store.clone(), rows::device(&world.alice, "key"));
        async move { store.insert_device(NOW, device, hash(1)).await }
    })
    .await;
    assert_eq!(count(&answers, Result::is_ok), 1);
    assert_eq!(count(&answers, |answer| *answer == Err(StoreError::Exists(Taken::Key))), 7);
    let stored = store.device(pool.clone(), sub, "key".to_owned()).await.unwrap();
    assert_eq!((stored.key.as_str(), stored.sealed.as_slice()), ("key", &[1, 2, 3][..]));
    let bob = user(&store, &world.pool, "bob").await;
    assert_eq!(store.device(pool, bob.sub, "key".to_owned()).await.unwrap_err(), StoreError::NotFound);
}

pub async fn a_device_changes_in_its_own_row_only(store: Shared) {
    let world = world(&store).await;
    let (pool, sub) = (world.pool.id.clone(), world.alice.sub.clone());
    for key in ["a", "b"] {
        store.insert_device(NOW, rows::device(&world.alice, key), hash(1)).await.unwrap();
    }
    let change = |key: &str, change| store.change_device(NOW + 5, pool.clone(), sub.clone(), key.to_owned(), change);
    change("a", DeviceChange::Remembered(false)).await.unwrap();
    change("a", DeviceChange::Authenticated("192.0.2.1".to_owned())).await.unwrap();
    assert_eq!(change("c", DeviceChange::Remembered(true)).await.unwrap_err(), StoreError::NotFound);
    let get = |key: &str| store.device(pool.clone(), sub.clone(), key.to_owned());
    let (a, b) = (get("a").await.unwrap(), get("b").await.unwrap());
    assert_eq!((a.remembered, a.modified, a.authenticated, a.last_ip.as_str()), (false, NOW + 5, NOW + 5, "192.0.2.1"));
    assert_eq!((b.remembered, b.modified), (true, NOW));
}

pub async fn devices_are_listed_in_pages_and_go_with_their_user(store: Shared) {
    let world = world(&store).await;
    let (pool, sub) = (world.pool.id.clone(), world.alice.sub.clone());
    for key in ["c", "a", "b"] {
        store.insert_device(NOW, rows::device(&world.alice, key), hash(1)).await.unwrap();
    }
    let keys = |rows: Vec<user_pools::devices::Device>| rows.into_iter().map(|row| row.key).collect::<Vec<_>>();
    let list = |page| store.list_devices(pool.clone(), sub.clone(), page);
    assert_eq!(keys(list(first(2)).await.unwrap()), ["a", "b"]);
    assert_eq!(keys(list(after("b", 2)).await.unwrap()), ["c"]);
    store.delete_device(pool.clone(), sub.clone(), "b".to_owned(), (hash(2), NOW)).await.unwrap();
    let again = store.delete_device(pool.clone(), sub.clone(), "b".to_owned(), (hash(2), NOW)).await;
    assert_eq!(again.unwrap_err(), StoreError::NotFound);
    store.delete_user(NOW, pool.clone(), sub.clone()).await.unwrap();
    assert!(list(first(9)).await.unwrap().is_empty());
    let late = store.insert_device(NOW, rows::device(&world.alice, "d"), hash(1)).await;
    assert_eq!(late.unwrap_err(), StoreError::NotFound);
}

pub async fn a_device_that_was_removed_is_not_stored_again_while_its_mark_lasts(store: Shared) {
    let world = world(&store).await;
    let (pool, sub) = (world.pool.id.clone(), world.alice.sub.clone());
    let insert = |now, mark| store.insert_device(now, rows::device(&world.alice, "a"), mark);
    let delete = |mark| store.delete_device(pool.clone(), sub.clone(), "a".to_owned(), mark);
    assert_eq!(delete((hash(1), NOW + 10)).await.unwrap_err(), StoreError::NotFound);
    insert(NOW, hash(1)).await.unwrap();
    delete((hash(1), NOW + 10)).await.unwrap();
    assert_eq!(insert(NOW + 9, hash(1)).await.unwrap_err(), StoreError::Conflict);
    assert!(insert(NOW + 10, hash(1)).await.is_ok());
}
