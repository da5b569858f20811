//! Users: names, versions, lists, counts.
use super::Shared;
use super::world::{after, at_once, count, first, user, world};
use crate::rows::{self, NOW};
use user_pools::pool::{AliasKind, UserPool};
use user_pools::ports::{Page, StoreError, Taken, UserFilter};
use user_pools::user::{User, UserStatus};

pub async fn a_username_is_taken_once_even_in_parallel(store: Shared) {
    let world = world(&store).await;
    let answers = at_once(32, |number| {
        let (store, mut user) = (store.clone(), rows::user(&world.pool.id, "bob"));
        user.sub = format!("sub-{number}");
        async move { store.insert_user(NOW, user).await }
    })
    .await;
    assert_eq!(count(&answers, Result::is_ok), 1);
    assert_eq!(count(&answers, |answer| *answer == Err(StoreError::Exists(Taken::Username))), 31);
    assert_eq!(store.count_users(world.pool.id.clone()).await.unwrap(), 2);
    let orphan = store.insert_user(NOW, rows::user(&rows::pool_id("none"), "bob")).await;
    assert_eq!(orphan.unwrap_err(), StoreError::NotFound);
    let same_sub = User { username_folded: "other".to_owned(), ..world.alice };
    assert_eq!(store.insert_user(NOW, same_sub).await.unwrap_err(), StoreError::Exists(Taken::Key));
}

pub async fn a_user_is_found_by_every_name(store: Shared) {
    let world = world(&store).await;
    let mut bob = rows::user(&world.pool.id, "bob");
    bob.aliases = vec![
        (AliasKind::Email, "b@example.com".to_owned()),
        (AliasKind::PreferredUsername, "bobby".to_owned()),
        (AliasKind::Phone, "+491".to_owned()),
    ];
    store.insert_user(NOW, bob.clone()).await.unwrap();
    let find = |name: &str| store.find_user(world.pool.id.clone(), name.to_owned());
    for name in ["bob", bob.sub.as_str(), "b@example.com", "bobby", "+491"] {
        assert_eq!(find(name).await.unwrap().sub, bob.sub, "{name}");
    }
    assert_eq!(find("alice").await.unwrap().sub, world.alice.sub);
    assert_eq!(find("nobody").await.unwrap_err(), StoreError::NotFound);
}

pub async fn names_of_one_pool_mean_nothing_in_another(store: Shared) {
    let world = world(&store).await;
    let other = rows::pool("other");
    store.insert_pool(NOW, other.clone(), Vec::new()).await.unwrap();
    let mut alias = rows::user(&world.pool.id, "bob");
    alias.aliases = vec![(AliasKind::Email, "b@example.com".to_owned())];
    store.insert_user(NOW, alias.clone()).await.unwrap();
    for name in ["alice", "sub-alice", "b@example.com"] {
        let found = store.find_user(other.id.clone(), name.to_owned()).await;
        assert_eq!(found.unwrap_err(), StoreError::NotFound, "{name}");
    }
    assert_eq!(store.user(other.id.clone(), world.alice.sub).await.unwrap_err(), StoreError::NotFound);
    store.insert_user(NOW, User { pool: other.id, ..alias }).await.unwrap();
}

pub async fn a_user_replacement_needs_the_version_that_was_read(store: Shared) {
    let world = world(&store).await;
    let mut alice = world.alice.clone();
    alice.enabled = false;
    let answers = at_once(32, |_| {
        let (store, alice) = (store.clone(), alice.clone());
        async move { store.replace_user(NOW, alice).await }
    })
    .await;
    assert_eq!(count(&answers, |answer| *answer == Ok(2)), 1);
    assert_eq!(count(&answers, |answer| *answer == Err(StoreError::Conflict)), 31);
    let stored = store.user(world.pool.id.clone(), alice.sub).await.unwrap();
    assert_eq!((stored.version, stored.enabled), (2, false));
    let missing = store.replace_user(NOW, rows::user(&world.pool.id, "nobody")).await;
    assert_eq!(missing.unwrap_err(), StoreError::NotFound);
}

pub async fn users_are_listed_in_creation_order_in_pages(store: Shared) {
    let world = world(&store).await;
    for name in ["z", "m", "b"] {
        user(&store, &world.pool, name).await;
    }
    let pages = all_pages(&store, &world.pool, None, 3).await;
    assert_eq!(pages, [vec!["alice", "z", "m"], vec!["b"]]);
    let none = store.list_users(world.pool.id.clone(), None, after("no cursor", 3)).await;
    assert_eq!(none.unwrap_err(), StoreError::NotFound);
}

pub async fn a_filter_compares_without_case_and_sorts_by_its_attribute(store: Shared) {
    let world = world(&store).await;
    for (name, family) in [("a", "Muster"), ("b", "MUSTERMANN"), ("c", "Müller"), ("d", "mustang")] {
        with_attribute(&store, &world.pool, name, "family_name", family).await;
    }
    let find = |prefix, value: &str| all_pages(&store, &world.pool, Some(filter("family_name", prefix, value)), 9);
    assert_eq!(find(true, "Must").await, [["d", "a", "b"]]);
    assert_eq!(find(false, "muster").await, [["a"]]);
    assert_eq!(find(true, "MÜ").await, [["c"]]);
    assert_eq!(find(true, "").await, [["d", "a", "b", "c"]]);
    assert!(find(false, "must").await.is_empty());
    // Signs that mean something in patterns are plain letters here.
    with_attribute(&store, &world.pool, "e", "family_name", "100%_*").await;
    assert_eq!(find(true, "100%").await, [["e"]]);
    assert!(find(true, "1_").await.is_empty());
}

pub async fn a_filter_by_username_minds_the_case(store: Shared) {
    let world = world(&store).await;
    let mut bob = rows::user(&world.pool.id, "Bob");
    bob.username_folded = "bob".to_owned();
    store.insert_user(NOW, bob).await.unwrap();
    let find = |prefix, value: &str| all_pages(&store, &world.pool, Some(filter("username", prefix, value)), 9);
    assert_eq!(find(false, "Bob").await, [["Bob"]]);
    assert_eq!(find(true, "B").await, [["Bob"]]);
    assert!(find(true, "b").await.is_empty());
}

pub async fn a_filter_by_status_words_works(store: Shared) {
    let world = world(&store).await;
    let mut bob = rows::user(&world.pool.id, "bob");
    bob.status = UserStatus::ForceChangePassword;
    bob.enabled = false;
    store.insert_user(NOW, bob).await.unwrap();
    let find = |attribute: &str, value: &str| all_pages(&store, &world.pool, Some(filter(attribute, false, value)), 9);
    assert_eq!(find("status", "Disabled").await, [["bob"]]);
    assert_eq!(find("status", "Enabled").await, [["alice"]]);
    assert_eq!(find("cognito:user_status", "force_change_password").await, [["bob"]]);
    assert_eq!(find("cognito:user_status", "CONFIRMED").await, [["alice"]]);
    assert_eq!(find("sub", "sub-bob").await, [["bob"]]);
}

pub async fn pages_of_a_filter_neither_skip_nor_repeat(store: Shared) {
    let world = world(&store).await;
    for (name, given) in [("a", "x"), ("b", "xb"), ("c", "x"), ("d", "xa"), ("e", "x"), ("f", "y"), ("g", "xa")] {
        with_attribute(&store, &world.pool, name, "given_name", given).await;
    }
    let pages = all_pages(&store, &world.pool, Some(filter("given_name", true, "x")), 2).await;
    assert_eq!(pages, [vec!["a", "c"], vec!["e", "d"], vec!["g", "b"]]);
    let pages = all_pages(&store, &world.pool, Some(filter("given_name", false, "x")), 2).await;
    assert_eq!(pages, [vec!["a", "c"], vec!["e"]]);
}

pub async fn a_changed_attribute_is_found_under_its_new_value_only(store: Shared) {
    let world = world(&store).await;
    let mut bob = with_attribute(&store, &world.pool, "bob", "email", "old@example.com").await;
    bob.attributes.insert("email".to_owned(), "new@example.com".to_owned());
    store.replace_user(NOW, bob.clone()).await.unwrap();
    let find = |value: &str| all_pages(&store, &world.pool, Some(filter("email", false, value)), 9);
    assert_eq!(find("NEW@example.com").await, [["bob"]]);
    assert!(find("old@example.com").await.is_empty());
    bob.version = 2;
    bob.attributes.remove("email");
    store.replace_user(NOW, bob).await.unwrap();
    assert!(find("new@example.com").await.is_empty());
}

pub async fn users_are_counted_through_inserts_and_deletes(store: Shared) {
    let world = world(&store).await;
    user(&store, &world.pool, "bob").await;
    store.insert_user(NOW, rows::user(&world.pool.id, "bob")).await.unwrap_err();
    let count = || store.count_users(world.pool.id.clone());
    assert_eq!(count().await.unwrap(), 2);
    store.delete_user(NOW, world.pool.id.clone(), world.alice.sub.clone()).await.unwrap();
    let again = store.delete_user(NOW, world.pool.id.clone(), world.alice.sub.clone()).await;
    assert_eq!(again.unwrap_err(), StoreError::NotFound);
    assert_eq!(count().await.unwrap(), 1);
    assert_eq!(store.count_users(rows::pool_id("none")).await.unwrap_err(), StoreError::NotFound);
}

fn filter(attribute: &str, prefix: bool, value: &str) -> UserFilter {
    UserFilter { attribute: attribute.to_owned(), prefix, value: value.to_owned() }
}

async fn with_attribute(store: &Shared, pool: &UserPool, name: &str, attribute: &str, value: &str) -> User {
    let mut user = rows::user(&pool.id, name);
    user.attributes.insert(attribute.to_owned(), value.to_owned());
    store.insert_user(NOW, user.clone()).await.unwrap();
    user
}

/// Usernames, page by page, until a page is empty.
async fn all_pages(store: &Shared, pool: &UserPool, filter: Option<UserFilter>, limit: usize) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut page = first(limit);
    loop {
        let rows = store.list_users(pool.id.clone(), filter.clone(), page).await.unwrap();
        let Some((_, cursor)) = rows.last() else { return pages };
        page = Page { after: Some(cursor.clone()), limit };
        pages.push(rows.into_iter().map(|(user, _)| user.username).collect());
    }
}
