//! Groups and membership.
use super::Shared;
use super::world::{after, first, user, world};
use crate::rows::{self, NOW};
use user_pools::ports::{StoreError, Taken};

pub async fn groups_come_strongest_precedence_first(store: Shared) {
    let world = world(&store).await;
    for (name, precedence) in [("none", None), ("weak", Some(9)), ("b", Some(1)), ("a", Some(1)), ("zero", Some(0))] {
        store.insert_group(NOW, rows::group(&world.pool.id, name, precedence)).await.unwrap();
        let sub = world.alice.sub.clone();
        store.add_to_group(NOW, world.pool.id.clone(), name.to_owned(), sub).await.unwrap();
    }
    store.insert_group(NOW, rows::group(&world.pool.id, "not hers", Some(0))).await.unwrap();
    let groups = store.groups_of(world.pool.id.clone(), world.alice.sub).await.unwrap();
    assert_eq!(groups.iter().map(|g| g.name.as_str()).collect::<Vec<_>>(), ["zero", "a", "b", "weak", "none"]);
    let page = store.list_groups(world.pool.id, after("b", 2)).await.unwrap();
    assert_eq!(page.iter().map(|g| g.name.as_str()).collect::<Vec<_>>(), ["none", "not hers"]);
}

pub async fn membership_is_idempotent_and_needs_both_ends(store: Shared) {
    let world = world(&store).await;
    let pool = || world.pool.id.clone();
    let (staff, sub) = ("staff".to_owned(), world.alice.sub.clone());
    let add = |group: &str, sub: &str| store.add_to_group(NOW, pool(), group.to_owned(), sub.to_owned());
    assert_eq!(add("staff", &sub).await.unwrap_err(), StoreError::NotFound);
    store.insert_group(NOW, rows::group(&world.pool.id, "staff", None)).await.unwrap();
    assert_eq!(add("staff", "nobody").await.unwrap_err(), StoreError::NotFound);
    add("staff", &sub).await.unwrap();
    add("staff", &sub).await.unwrap();
    assert_eq!(store.users_in_group(pool(), staff.clone(), first(9)).await.unwrap().len(), 1);
    for _ in 0..2 {
        store.remove_from_group(NOW, pool(), staff.clone(), sub.clone()).await.unwrap();
        assert!(store.groups_of(pool(), sub.clone()).await.unwrap().is_empty());
    }
}

pub async fn members_are_listed_in_pages(store: Shared) {
    let world = world(&store).await;
    store.insert_group(NOW, rows::group(&world.pool.id, "staff", None)).await.unwrap();
    for name in ["d", "b", "c"] {
        let user = user(&store, &world.pool, name).await;
        store.add_to_group(NOW, world.pool.id.clone(), "staff".to_owned(), user.sub).await.unwrap();
    }
    let page = |page| store.users_in_group(world.pool.id.clone(), "staff".to_owned(), page);
    let subs = |users: Vec<user_pools::user::User>| users.into_iter().map(|user| user.sub).collect::<Vec<_>>();
    assert_eq!(subs(page(first(2)).await.unwrap()), ["sub-b", "sub-c"]);
    assert_eq!(subs(page(after("sub-c", 2)).await.unwrap()), ["sub-d"]);
}

pub async fn groups_are_keyed_within_their_pool(store: Shared) {
    let world = world(&store).await;
    let other = rows::pool("other");
    store.insert_pool(NOW, other.clone(), Vec::new()).await.unwrap();
    store.insert_group(NOW, rows::group(&world.pool.id, "staff", None)).await.unwrap();
    store.insert_group(NOW, rows::group(&other.id, "staff", None)).await.unwrap();
    let taken = store.insert_group(NOW, rows::group(&other.id, "staff", None)).await;
    assert_eq!(taken.unwrap_err(), StoreError::Exists(Taken::Key));
    let orphan = store.insert_group(NOW, rows::group(&rows::pool_id("none"), "staff", None)).await;
    assert_eq!(orphan.unwrap_err(), StoreError::NotFound);
    store.delete_group(NOW, other.id.clone(), "staff".to_owned()).await.unwrap();
    assert_eq!(store.group(other.id, "staff".to_owned()).await.unwrap_err(), StoreError::NotFound);
    store.group(world.pool.id, "staff".to_owned()).await.unwrap();
}
