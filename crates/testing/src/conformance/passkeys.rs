//! Passkeys.
use super::Shared;
use super::world::{at_once, count, user, world};
use crate::rows::{self, NOW};
use user_pools::ports::{StoreError, Taken};

pub async fn a_credential_is_one_users_in_its_pool(store: Shared) {
    let world = world(&store).await;
    let bob = user(&store, &world.pool, "bob").await;
    store.insert_passkey(NOW, rows::passkey(&world.alice, "id"), 20).await.unwrap();
    let taken = store.insert_passkey(NOW, rows::passkey(&bob, "id"), 20).await;
    assert_eq!(taken.unwrap_err(), StoreError::Exists(Taken::Key));
    assert!(store.passkeys_of(bob.pool.clone(), bob.sub.clone()).await.unwrap().is_empty());
    let foreign = store.delete_passkey(bob.pool, bob.sub, "id".to_owned()).await;
    assert_eq!(foreign.unwrap_err(), StoreError::NotFound);
    assert_eq!(store.passkeys_of(world.pool.id, world.alice.sub).await.unwrap().len(), 1);
}

pub async fn a_user_has_so_many_passkeys_and_no_more_even_in_parallel(store: Shared) {
    let world = world(&store).await;
    let answers = at_once(8, |number| {
        let (store, passkey) = (store.clone(), rows::passkey(&world.alice, &format!("id-{number}")));
        async move { store.insert_passkey(NOW, passkey, 3).await }
    })
    .await;
    assert_eq!(count(&answers, Result::is_ok), 3);
    assert_eq!(count(&answers, |answer| *answer == Err(StoreError::Full)), 5);
}

pub async fn of_two_uses_of_a_passkey_at_once_one_conflicts(store: Shared) {
    let world = world(&store).await;
    store.insert_passkey(NOW, rows::passkey(&world.alice, "id"), 20).await.unwrap();
    let answers = at_once(8, |number| {
        let mut used = rows::passkey(&world.alice, "id");
        used.counter = 1 + u32::from(number);
        let store = store.clone();
        async move { store.use_passkey(NOW, used, 0).await }
    })
    .await;
    assert_eq!(count(&answers, Result::is_ok), 1);
    assert_eq!(count(&answers, |answer| *answer == Err(StoreError::Conflict)), 7);
    let gone = store.use_passkey(NOW, rows::passkey(&world.alice, "other"), 0).await;
    assert_eq!(gone.unwrap_err(), StoreError::NotFound);
}

pub async fn passkeys_go_with_their_user(store: Shared) {
    let world = world(&store).await;
    let (pool, sub) = (world.pool.id.clone(), world.alice.sub.clone());
    store.insert_passkey(NOW, rows::passkey(&world.alice, "id"), 20).await.unwrap();
    store.delete_user(NOW, pool.clone(), sub.clone()).await.unwrap();
    assert!(store.passkeys_of(pool, sub).await.unwrap().is_empty());
    let late = store.insert_passkey(NOW, rows::passkey(&world.alice, "id"), 20).await;
    assert_eq!(late.unwrap_err(), StoreError::NotFound);
}
