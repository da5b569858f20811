//! What goes with what.
use super::Shared;
use super::world::{World, first, hash, user, world};
use crate::rows::{self, NOW};
use user_pools::pool::AliasKind;
use user_pools::ports::{CodePurpose, StoreError};
use user_pools::token::KeyPurpose;

/// Hangs everything on alice that can hang on a user.
async fn furnish(store: &Shared) -> World {
    let mut world = world(store).await;
    let (pool, client) = (&world.pool.id, &world.client);
    world.alice.aliases = vec![(AliasKind::Email, "a@example.com".to_owned())];
    world.alice.version = store.replace_user(NOW, world.alice.clone()).await.unwrap();
    let alice = &world.alice;
    store.insert_group(NOW, rows::group(pool, "staff", None)).await.unwrap();
    store.add_to_group(NOW, pool.clone(), "staff".to_owned(), alice.sub.clone()).await.unwrap();
    store.put_code(NOW, rows::code(alice, CodePurpose::SignUp, hash(1)), rows::message(alice, "code")).await.unwrap();
    let sign_in = rows::sign_in(alice, client, "family");
    let token = rows::refresh_token(&sign_in, hash(1));
    store.open_sign_in(NOW, sign_in, alice.stamp(), Some(token), None).await.unwrap();
    store.insert_login_session(NOW, rows::login_session(alice, hash(1))).await.unwrap();
    store.insert_auth_code(NOW, rows::auth_code(alice, client, "other", hash(1))).await.unwrap();
    store.insert_branding(NOW, rows::branding(client, "style")).await.unwrap();
    store.insert_resource_server(NOW, rows::resource_server(pool, "files")).await.unwrap();
    let key = rows::signing_key(pool, "kid", KeyPurpose::Id);
    store.replace_signing_keys(NOW, pool.clone(), vec![key]).await.unwrap();
    world
}

async fn nothing_of_alice(store: &Shared, world: &World) {
    let (pool, sub) = (|| world.pool.id.clone(), || world.alice.sub.clone());
    assert_eq!(store.user(pool(), sub()).await.unwrap_err(), StoreError::NotFound);
    let alias = store.find_user(pool(), "a@example.com".to_owned()).await;
    assert_eq!(alias.unwrap_err(), StoreError::NotFound);
    assert!(store.groups_of(pool(), sub()).await.unwrap().is_empty());
    assert_eq!(store.code(NOW, pool(), sub(), CodePurpose::SignUp).await.unwrap_err(), StoreError::NotFound);
    assert_eq!(store.login_session(NOW, hash(1)).await.unwrap_err(), StoreError::NotFound);
    no_sign_in(store).await;
}

async fn no_sign_in(store: &Shared) {
    assert_eq!(store.sign_in(NOW, "family".to_owned()).await.unwrap_err(), StoreError::NotFound);
    assert_eq!(store.refresh_token(NOW, hash(1)).await.unwrap_err(), StoreError::NotFound);
    assert_eq!(store.auth_code(NOW, hash(1)).await.unwrap_err(), StoreError::NotFound);
}

pub async fn a_deleted_user_leaves_nothing(store: Shared) {
    let world = furnish(&store).await;
    let bob = user(&store, &world.pool, "bob").await;
    store.add_to_group(NOW, world.pool.id.clone(), "staff".to_owned(), bob.sub.clone()).await.unwrap();
    store.delete_user(NOW, world.pool.id.clone(), world.alice.sub.clone()).await.unwrap();
    nothing_of_alice(&store, &world).await;
    let members = store.users_in_group(world.pool.id.clone(), "staff".to_owned(), first(9)).await.unwrap();
    assert_eq!(members.len(), 1);
    // The names are free again, and the new owner inherits nothing.
    let mut alice = world.alice.clone();
    alice.sub = "sub-second".to_owned();
    store.insert_user(NOW, alice).await.unwrap();
}

pub async fn a_deleted_client_takes_its_sign_ins_codes_and_branding(store: Shared) {
    let world = furnish(&store).await;
    store.delete_client(NOW, world.pool.id.clone(), world.client.id.clone()).await.unwrap();
    no_sign_in(&store).await;
    let style = store.branding(world.pool.id.clone(), "style".to_owned()).await;
    assert_eq!(style.unwrap_err(), StoreError::NotFound);
    store.user(world.pool.id, world.alice.sub).await.unwrap();
}

pub async fn a_deleted_pool_leaves_nothing(store: Shared) {
    let world = furnish(&store).await;
    let pool = || world.pool.id.clone();
    store.delete_pool(NOW, pool()).await.unwrap();
    nothing_of_alice(&store, &world).await;
    assert_eq!(store.pool(pool()).await.unwrap_err(), StoreError::NotFound);
    assert_eq!(store.client(world.client.id.clone()).await.unwrap_err(), StoreError::NotFound);
    assert!(store.signing_keys(pool()).await.unwrap().is_empty());
    assert!(store.list_groups(pool(), first(9)).await.unwrap().is_empty());
    assert!(store.list_resource_servers(pool(), first(9)).await.unwrap().is_empty());
    assert_eq!(store.branding(pool(), "style".to_owned()).await.unwrap_err(), StoreError::NotFound);
    assert_eq!(store.count_users(pool()).await.unwrap_err(), StoreError::NotFound);
    assert!(store.list_users(pool(), None, first(9)).await.unwrap().is_empty());
}

pub async fn a_deleted_group_leaves_its_members(store: Shared) {
    let world = furnish(&store).await;
    store.delete_group(NOW, world.pool.id.clone(), "staff".to_owned()).await.unwrap();
    assert!(store.groups_of(world.pool.id.clone(), world.alice.sub.clone()).await.unwrap().is_empty());
    store.user(world.pool.id, world.alice.sub).await.unwrap();
}
