//! Aliases: unique per kind and pool, moved only by the acts that say so.
use super::Shared;
use super::world::{at_once, count, user, world};
use crate::rows::{self, NOW};
use user_pools::PoolId;
use user_pools::pool::AliasKind;
use user_pools::ports::{StoreError, Taken};
use user_pools::user::User;

const EMAIL: &str = "one@example.com";

fn with_email(pool: &PoolId, name: &str) -> User {
    let mut user = rows::user(pool, name);
    user.aliases = vec![(AliasKind::Email, EMAIL.to_owned())];
    user.attributes.insert("email".to_owned(), EMAIL.to_owned());
    user.attributes.insert("email_verified".to_owned(), "true".to_owned());
    user
}

pub async fn an_alias_is_taken_once_even_in_parallel(store: Shared) {
    let world = world(&store).await;
    let answers = at_once(32, |number| {
        let (store, user) = (store.clone(), with_email(&world.pool.id, &format!("user{number}")));
        async move { store.insert_user(NOW, user).await }
    })
    .await;
    let taken = Err(StoreError::Exists(Taken::Alias(AliasKind::Email)));
    assert_eq!(count(&answers, Result::is_ok), 1);
    assert_eq!(count(&answers, |answer| *answer == taken), 31);
}

pub async fn a_refused_alias_leaves_no_user_behind(store: Shared) {
    let world = world(&store).await;
    store.insert_user(NOW, with_email(&world.pool.id, "bob")).await.unwrap();
    store.insert_user(NOW, with_email(&world.pool.id, "eve")).await.unwrap_err();
    let eve = store.find_user(world.pool.id.clone(), "eve".to_owned(), Vec::new()).await;
    assert_eq!(eve.unwrap_err(), StoreError::NotFound);
    assert_eq!(store.count_users(world.pool.id.clone()).await.unwrap(), 2);
    let mut alice = world.alice;
    alice.aliases = vec![(AliasKind::Email, EMAIL.to_owned())];
    alice.enabled = false;
    let taken = store.replace_user(NOW, alice.clone()).await;
    assert_eq!(taken.unwrap_err(), StoreError::Exists(Taken::Alias(AliasKind::Email)));
    assert!(store.user(alice.pool, alice.sub).await.unwrap().enabled);
}

pub async fn an_alias_given_up_is_free_for_others(store: Shared) {
    let world = world(&store).await;
    let mut bob = with_email(&world.pool.id, "bob");
    store.insert_user(NOW, bob.clone()).await.unwrap();
    bob.aliases.clear();
    store.replace_user(NOW, bob).await.unwrap();
    store.insert_user(NOW, with_email(&world.pool.id, "eve")).await.unwrap();
    let found = store.find_user(world.pool.id, EMAIL.to_owned(), vec![AliasKind::Email]).await.unwrap();
    assert_eq!(found.username, "eve");
}

pub async fn taking_an_alias_moves_it_and_unverifies_its_holder(store: Shared) {
    let world = world(&store).await;
    let bob = with_email(&world.pool.id, "bob");
    store.insert_user(NOW, bob.clone()).await.unwrap();
    let eve = user(&store, &world.pool, "eve").await;
    let eve = User { version: eve.version, ..with_email(&world.pool.id, "eve") };
    assert_eq!(store.replace_user_taking_aliases(NOW, eve).await.unwrap(), 2);
    let found = store.find_user(world.pool.id.clone(), EMAIL.to_owned(), vec![AliasKind::Email]).await.unwrap();
    assert_eq!(found.username, "eve");
    let bob = store.user(bob.pool, bob.sub).await.unwrap();
    assert!(bob.aliases.is_empty());
    assert_eq!(bob.attributes["email"], EMAIL);
    assert_eq!(bob.attributes["email_verified"], "false");
}

pub async fn the_holder_of_a_taken_alias_conflicts_on_an_old_version(store: Shared) {
    let world = world(&store).await;
    let bob = with_email(&world.pool.id, "bob");
    store.insert_user(NOW, bob.clone()).await.unwrap();
    let eve = user(&store, &world.pool, "eve").await;
    let eve = User { version: eve.version, ..with_email(&world.pool.id, "eve") };
    store.replace_user_taking_aliases(NOW, eve).await.unwrap();
    // Bob's request had read the row before: it must not bring the lost alias back.
    assert_eq!(store.replace_user(NOW, bob).await.unwrap_err(), StoreError::Conflict);
}
