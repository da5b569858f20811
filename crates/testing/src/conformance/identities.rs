//! Identity providers, their identifiers, and the identities of users.
use super::Shared;
use super::world::{after, first, world};
use crate::rows::{self, NOW};
use user_pools::PoolId;
use user_pools::identity_provider::{IdentityProvider, SUBJECT};
use user_pools::ports::{StoreError, StoreResult, Taken};
use user_pools::user::User;

fn provider(pool: &PoolId, name: &str, identifiers: &[&str]) -> IdentityProvider {
    let identifiers = identifiers.iter().map(|text| (*text).to_owned()).collect();
    IdentityProvider { identifiers, ..rows::identity_provider(pool, name) }
}

async fn holder(store: &Shared, pool: &PoolId, provider: &str, value: &str) -> Option<String> {
    let found = store.user_by_identity(pool.clone(), provider.into(), SUBJECT.into(), value.into()).await;
    match found {
        Ok(user) => Some(user.sub),
        Err(error) => {
            assert_eq!(error, StoreError::NotFound);
            None
        }
    }
}

/// Exactly one of the tries takes the identity; the others hear why not.
async fn one_wins(tries: Vec<tokio::task::JoinHandle<StoreResult<()>>>) {
    let mut won = 0;
    for one in tries {
        match one.await.unwrap() {
            Ok(()) => won += 1,
            Err(error) => assert_eq!(error, StoreError::Exists(Taken::Identity)),
        }
    }
    assert_eq!(won, 1);
}

pub async fn identity_providers_are_keyed_within_their_pool_and_listed_in_pages(store: Shared) {
    let world = world(&store).await;
    let (pool, other) = (world.pool.id, rows::pool("other"));
    store.insert_pool(NOW, other.clone(), Vec::new()).await.unwrap();
    for name in ["b", "a", "c"] {
        store.insert_identity_provider(NOW, provider(&pool, name, &[])).await.unwrap();
    }
    store.insert_identity_provider(NOW, provider(&other.id, "a", &[])).await.unwrap();
    let taken = store.insert_identity_provider(NOW, provider(&pool, "a", &[])).await;
    assert_eq!(taken.unwrap_err(), StoreError::Exists(Taken::Key));
    let names = |rows: Vec<IdentityProvider>| rows.into_iter().map(|row| row.name).collect::<String>();
    assert_eq!(names(store.list_identity_providers(pool.clone(), first(2)).await.unwrap()), "ab");
    assert_eq!(names(store.list_identity_providers(pool.clone(), after("b", 5)).await.unwrap()), "c");
    store.delete_identity_provider(NOW, pool.clone(), "a".into()).await.unwrap();
    assert_eq!(store.identity_provider(pool, "a".into()).await.unwrap_err(), StoreError::NotFound);
    store.identity_provider(other.id, "a".into()).await.unwrap();
    let orphan = provider(&rows::pool_id("none"), "x", &[]);
    assert_eq!(store.insert_identity_provider(NOW, orphan).await.unwrap_err(), StoreError::NotFound);
}

pub async fn an_identifier_belongs_to_one_provider_even_in_parallel(store: Shared) {
    let world = world(&store).await;
    let tries = (0..16).map(|number| {
        let (store, row) = (store.clone(), provider(&world.pool.id, &format!("p{number}"), &["corp.example"]));
        tokio::spawn(async move { store.insert_identity_provider(NOW, row).await })
    });
    one_wins(tries.collect()).await;
    assert_eq!(store.list_identity_providers(world.pool.id, first(20)).await.unwrap().len(), 1, "losers leave nothing");
}

pub async fn an_identifier_given_up_is_free_for_others(store: Shared) {
    let world = world(&store).await;
    let pool = &world.pool.id;
    let row = provider(pool, "a", &["one", "two"]);
    store.insert_identity_provider(NOW, row.clone()).await.unwrap();
    store.insert_identity_provider(NOW, provider(pool, "b", &[])).await.unwrap();
    let changed = IdentityProvider { identifiers: vec!["two".into()], ..row.clone() };
    assert_eq!(store.replace_identity_provider(NOW, changed.clone()).await.unwrap(), 2);
    assert_eq!(store.replace_identity_provider(NOW, changed).await.unwrap_err(), StoreError::Conflict);
    let found = |identifier: &str| store.identity_provider_by_identifier(pool.clone(), identifier.to_owned());
    assert_eq!(found("one").await.unwrap_err(), StoreError::NotFound);
    assert_eq!(found("two").await.unwrap().name, "a");
    let claims = provider(pool, "b", &["two"]);
    assert_eq!(store.replace_identity_provider(NOW, claims).await.unwrap_err(), StoreError::Exists(Taken::Identity));
    store.replace_identity_provider(NOW, provider(pool, "b", &["one"])).await.unwrap();
    assert_eq!(found("one").await.unwrap().name, "b");
    store.delete_identity_provider(NOW, pool.clone(), "b".into()).await.unwrap();
    assert_eq!(found("one").await.unwrap_err(), StoreError::NotFound);
}

pub async fn an_identity_belongs_to_one_user_even_in_parallel(store: Shared) {
    let world = world(&store).await;
    let tries = (0..16).map(|number| {
        let mut user = rows::user(&world.pool.id, &format!("u{number}"));
        user.identities = vec![rows::identity("Google", "17")];
        let store = store.clone();
        tokio::spawn(async move { store.insert_user(NOW, user).await })
    });
    one_wins(tries.collect()).await;
    assert!(holder(&store, &world.pool.id, "Google", "17").await.is_some());
    assert_eq!(holder(&store, &rows::pool_id("other"), "Google", "17").await, None);
}

pub async fn an_identity_follows_the_replacement_of_its_user(store: Shared) {
    let world = world(&store).await;
    let pool = &world.pool.id;
    let user = store.user(pool.clone(), world.alice.sub.clone()).await.unwrap();
    let linked = User { identities: vec![rows::identity("A", "1"), rows::identity("B", "1")], ..user.clone() };
    let version = store.replace_user(NOW, linked.clone()).await.unwrap();
    assert_eq!(holder(&store, pool, "A", "1").await.as_ref(), Some(&user.sub));
    let mut second = rows::user(pool, "second");
    second.identities = vec![rows::identity("B", "1")];
    assert_eq!(store.insert_user(NOW, second.clone()).await.unwrap_err(), StoreError::Exists(Taken::Identity));
    store.replace_user(NOW, User { identities: vec![rows::identity("A", "1")], version, ..linked }).await.unwrap();
    assert_eq!(holder(&store, pool, "B", "1").await, None);
    store.insert_user(NOW, second.clone()).await.unwrap();
    assert_eq!(holder(&store, pool, "B", "1").await, Some(second.sub));
}

pub async fn identities_outlive_their_provider_and_go_with_their_user(store: Shared) {
    let world = world(&store).await;
    let pool = &world.pool.id;
    store.insert_identity_provider(NOW, provider(pool, "A", &[])).await.unwrap();
    let mut user = rows::user(pool, "federated");
    user.identities = vec![rows::identity("A", "1")];
    store.insert_user(NOW, user.clone()).await.unwrap();
    store.delete_identity_provider(NOW, pool.clone(), "A".into()).await.unwrap();
    assert_eq!(holder(&store, pool, "A", "1").await.as_ref(), Some(&user.sub));
    store.delete_user(NOW, pool.clone(), user.sub).await.unwrap();
    assert_eq!(holder(&store, pool, "A", "1").await, None);
}
