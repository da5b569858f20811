//! Names: one space for usernames, subs and aliases of a pool; aliases move only by the acts that say so.
use super::Shared;
use super::world::{at_once, count, user, world};
use crate::rows::{self, NOW};
use user_pools::PoolId;
use user_pools::pool::AliasKind;
use user_pools::ports::{StoreError, Taken};
use user_pools::user::User;

const EMAIL: &str = "one@example.com";

const EMAIL_TAKEN: StoreError = StoreError::Exists(Taken::Alias(AliasKind::Email));
const CHOSEN_TAKEN: StoreError = StoreError::Exists(Taken::Alias(AliasKind::PreferredUsername));

/// A user who also answers to a name they chose.
fn with_chosen(pool: &PoolId, name: &str, chosen: &str) -> User {
    User { aliases: vec![(AliasKind::PreferredUsername, chosen.to_owned())], ..rows::user(pool, name) }
}

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
    assert_eq!(count(&answers, Result::is_ok), 1);
    assert_eq!(count(&answers, |answer| *answer == Err(EMAIL_TAKEN)), 31);
}

pub async fn a_refused_alias_leaves_no_user_behind(store: Shared) {
    let world = world(&store).await;
    store.insert_user(NOW, with_email(&world.pool.id, "bob")).await.unwrap();
    store.insert_user(NOW, with_email(&world.pool.id, "eve")).await.unwrap_err();
    let eve = store.find_user(world.pool.id.clone(), "eve".to_owned()).await;
    assert_eq!(eve.unwrap_err(), StoreError::NotFound);
    assert_eq!(store.count_users(world.pool.id.clone()).await.unwrap(), 2);
    let mut alice = world.alice;
    alice.aliases = vec![(AliasKind::Email, EMAIL.to_owned())];
    alice.enabled = false;
    let taken = store.replace_user(NOW, alice.clone()).await;
    assert_eq!(taken.unwrap_err(), EMAIL_TAKEN);
    assert!(store.user(alice.pool, alice.sub).await.unwrap().enabled);
}

pub async fn an_alias_given_up_is_free_for_others(store: Shared) {
    let world = world(&store).await;
    let mut bob = with_email(&world.pool.id, "bob");
    store.insert_user(NOW, bob.clone()).await.unwrap();
    bob.aliases.clear();
    store.replace_user(NOW, bob).await.unwrap();
    store.insert_user(NOW, with_email(&world.pool.id, "eve")).await.unwrap();
    let found = store.find_user(world.pool.id, EMAIL.to_owned()).await.unwrap();
    assert_eq!(found.username, "eve");
}

pub async fn taking_an_alias_moves_it_and_unverifies_its_holder(store: Shared) {
    let world = world(&store).await;
    let bob = with_email(&world.pool.id, "bob");
    store.insert_user(NOW, bob.clone()).await.unwrap();
    let eve = user(&store, &world.pool, "eve").await;
    let eve = User { version: eve.version, ..with_email(&world.pool.id, "eve") };
    assert_eq!(store.replace_user_taking_aliases(NOW, eve).await.unwrap(), 2);
    let found = store.find_user(world.pool.id.clone(), EMAIL.to_owned()).await.unwrap();
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

pub async fn a_new_user_may_take_an_alias_in_the_same_act(store: Shared) {
    let world = world(&store).await;
    let bob = with_email(&world.pool.id, "bob");
    store.insert_user(NOW, bob.clone()).await.unwrap();
    store.insert_user_taking_aliases(NOW, with_email(&world.pool.id, "eve")).await.unwrap();
    assert_eq!(store.find_user(bob.pool.clone(), EMAIL.to_owned()).await.unwrap().username, "eve");
    assert!(store.user(bob.pool, bob.sub).await.unwrap().aliases.is_empty());
}

pub async fn a_username_is_nobody_elses_alias(store: Shared) {
    let world = world(&store).await;
    let pool = &world.pool.id;
    store.insert_user(NOW, with_chosen(pool, "bob", "robert")).await.unwrap();
    let robert = rows::user(pool, "robert");
    for answer in
        [store.insert_user(NOW, robert.clone()).await, store.insert_user_taking_aliases(NOW, robert.clone()).await]
    {
        assert_eq!(answer.unwrap_err(), StoreError::Exists(Taken::Username));
    }
    assert_eq!(store.find_user(pool.clone(), "robert".to_owned()).await.unwrap().username, "bob");
    assert_eq!(store.user(pool.clone(), robert.sub).await.unwrap_err(), StoreError::NotFound);
    assert_eq!(store.count_users(pool.clone()).await.unwrap(), 2);
}

pub async fn an_alias_is_nobody_elses_username_or_sub(store: Shared) {
    let world = world(&store).await;
    let pool = &world.pool.id;
    let bob = user(&store, &world.pool, "bob").await;
    for name in ["alice", "sub-alice"] {
        let eve = with_chosen(pool, "eve", name);
        assert_eq!(store.insert_user(NOW, eve.clone()).await.unwrap_err(), CHOSEN_TAKEN, "{name}");
        assert_eq!(store.insert_user_taking_aliases(NOW, eve).await.unwrap_err(), CHOSEN_TAKEN, "{name}");
        // Not even by force: aliases move, usernames and subs do not.
        let bob = User { version: bob.version, ..with_chosen(pool, "bob", name) };
        assert_eq!(store.replace_user(NOW, bob.clone()).await.unwrap_err(), CHOSEN_TAKEN, "{name}");
        assert_eq!(store.replace_user_taking_aliases(NOW, bob).await.unwrap_err(), CHOSEN_TAKEN, "{name}");
        assert_eq!(store.find_user(pool.clone(), name.to_owned()).await.unwrap().sub, world.alice.sub, "{name}");
    }
    let unchanged = store.user(pool.clone(), bob.sub).await.unwrap();
    assert_eq!((unchanged.version, unchanged.aliases.len()), (1, 0));
}

pub async fn a_username_is_nobody_elses_sub(store: Shared) {
    let world = world(&store).await;
    let eve = rows::user(&world.pool.id, "sub-alice");
    assert_eq!(store.insert_user(NOW, eve).await.unwrap_err(), StoreError::Exists(Taken::Username));
    // Nor is a sub somebody's username; the sub of `sub-bob` would be bob's.
    user(&store, &world.pool, "sub-bob").await;
    let bob = rows::user(&world.pool.id, "bob");
    assert_eq!(store.insert_user(NOW, bob).await.unwrap_err(), StoreError::Exists(Taken::Key));
}

pub async fn of_a_username_and_an_alias_at_once_one_stands(store: Shared) {
    let world = world(&store).await;
    let answers = at_once(32, |number| {
        let pool = &world.pool.id;
        let user = match number % 2 {
            0 => User { sub: format!("sub-{number}"), ..rows::user(pool, "bob") },
            _ => with_chosen(pool, &format!("user{number}"), "bob"),
        };
        let store = store.clone();
        async move { store.insert_user(NOW, user).await }
    })
    .await;
    assert_eq!(count(&answers, Result::is_ok), 1);
    let refused = [Err(StoreError::Exists(Taken::Username)), Err(CHOSEN_TAKEN)];
    assert_eq!(count(&answers, |answer| refused.contains(answer)), 31);
    assert_eq!(store.count_users(world.pool.id).await.unwrap(), 2);
}

pub async fn an_alias_may_be_the_own_username_or_sub(store: Shared) {
    let world = world(&store).await;
    let pool = &world.pool.id;
    store.insert_user(NOW, with_chosen(pool, "bob", "bob")).await.unwrap();
    // The username of a pool that signs in by contacts.
    let eve = User { sub: "eve".to_owned(), ..rows::user(pool, "eve") };
    store.insert_user(NOW, eve).await.unwrap();
    // Giving the alias up leaves the username, and the username cannot be taken as an alias.
    store.replace_user(NOW, rows::user(pool, "bob")).await.unwrap();
    for name in ["bob", "eve"] {
        assert_eq!(store.find_user(pool.clone(), name.to_owned()).await.unwrap().username, name);
    }
    let taken = store.insert_user_taking_aliases(NOW, with_chosen(pool, "mallory", "bob")).await;
    assert_eq!(taken.unwrap_err(), CHOSEN_TAKEN);
}

pub async fn a_changed_alias_names_by_its_new_value_only(store: Shared) {
    let world = world(&store).await;
    let pool = &world.pool.id;
    store.insert_user(NOW, with_chosen(pool, "bob", "old")).await.unwrap();
    store.replace_user(NOW, with_chosen(pool, "bob", "new")).await.unwrap();
    let find = |name: &str| store.find_user(pool.clone(), name.to_owned());
    assert_eq!(find("new").await.unwrap().username, "bob");
    assert_eq!(find("old").await.unwrap_err(), StoreError::NotFound);
    // What was an alias may become somebody's username.
    assert_eq!(user(&store, &world.pool, "old").await.username, "old");
}

pub async fn a_deleted_user_frees_all_names(store: Shared) {
    let world = world(&store).await;
    let pool = &world.pool.id;
    let mut bob = with_chosen(pool, "bob", "robert");
    bob.aliases.push((AliasKind::Email, EMAIL.to_owned()));
    store.insert_user(NOW, bob.clone()).await.unwrap();
    store.delete_user(NOW, pool.clone(), bob.sub.clone()).await.unwrap();
    for (number, name) in ["bob", "robert", EMAIL, &bob.sub].into_iter().enumerate() {
        let found = store.find_user(pool.clone(), name.to_owned()).await;
        assert_eq!(found.unwrap_err(), StoreError::NotFound, "{name}");
        let next = User { sub: format!("next-{number}"), ..rows::user(pool, name) };
        store.insert_user(NOW, next).await.unwrap();
    }
}
