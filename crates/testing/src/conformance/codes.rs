//! Confirmation codes.
use super::Shared;
use super::world::{at_once, count, hash, user, world};
use crate::rows::{self, HOUR, NOW};
use user_pools::pool::AliasKind;
use user_pools::ports::{CodePurpose, Redeemed, StoreError, Taken};
use user_pools::user::User;

const SIGN_UP: CodePurpose = CodePurpose::SignUp;

pub async fn a_code_is_redeemed_once_even_in_parallel(store: Shared) {
    let world = world(&store).await;
    store.put_code(NOW, rows::code(&world.alice, SIGN_UP, hash(1)), rows::message(&world.alice, "code")).await.unwrap();
    let answers = at_once(32, |_| {
        let (store, alice) = (store.clone(), world.alice.clone());
        async move { store.redeem_code(NOW, SIGN_UP, hash(1), alice, false).await.unwrap() }
    })
    .await;
    assert_eq!(count(&answers, |answer| *answer == Redeemed::Yes), 1);
    assert_eq!(count(&answers, |answer| *answer == Redeemed::Absent), 31);
    assert_eq!(store.user(world.pool.id, world.alice.sub).await.unwrap().version, 2);
}

pub async fn a_wrong_code_changes_nothing_and_the_code_stays(store: Shared) {
    let world = world(&store).await;
    store.put_code(NOW, rows::code(&world.alice, SIGN_UP, hash(1)), rows::message(&world.alice, "code")).await.unwrap();
    let redeem = |hash, purpose| store.redeem_code(NOW, purpose, hash, world.alice.clone(), false);
    assert_eq!(redeem(hash(2), SIGN_UP).await.unwrap(), Redeemed::Mismatch);
    assert_eq!(redeem(hash(1), CodePurpose::ForgotPassword).await.unwrap(), Redeemed::Absent);
    assert_eq!(store.user(world.pool.id.clone(), world.alice.sub.clone()).await.unwrap().version, 1);
    assert_eq!(redeem(hash(1), SIGN_UP).await.unwrap(), Redeemed::Yes);
}

pub async fn an_expired_code_is_absent(store: Shared) {
    let world = world(&store).await;
    store.put_code(NOW, rows::code(&world.alice, SIGN_UP, hash(1)), rows::message(&world.alice, "code")).await.unwrap();
    let read = |now| store.code(now, world.pool.id.clone(), world.alice.sub.clone(), SIGN_UP);
    assert_eq!(read(NOW + HOUR - 1).await.unwrap().attribute, "email");
    assert_eq!(read(NOW + HOUR).await.unwrap_err(), StoreError::NotFound);
    let answer = store.redeem_code(NOW + HOUR, SIGN_UP, hash(1), world.alice.clone(), false).await;
    assert_eq!(answer.unwrap(), Redeemed::Absent);
}

pub async fn a_new_code_replaces_the_earlier_of_the_same_purpose(store: Shared) {
    let world = world(&store).await;
    store.put_code(NOW, rows::code(&world.alice, SIGN_UP, hash(1)), rows::message(&world.alice, "code")).await.unwrap();
    store
        .put_code(NOW, rows::code(&world.alice, CodePurpose::VerifyEmail, hash(1)), rows::message(&world.alice, "code"))
        .await
        .unwrap();
    store.put_code(NOW, rows::code(&world.alice, SIGN_UP, hash(2)), rows::message(&world.alice, "code")).await.unwrap();
    let redeem = |hash, purpose, user| store.redeem_code(NOW, purpose, hash, user, false);
    assert_eq!(redeem(hash(1), SIGN_UP, world.alice.clone()).await.unwrap(), Redeemed::Mismatch);
    assert_eq!(redeem(hash(2), SIGN_UP, world.alice.clone()).await.unwrap(), Redeemed::Yes);
    let alice = store.user(world.pool.id.clone(), world.alice.sub.clone()).await.unwrap();
    assert_eq!(redeem(hash(1), CodePurpose::VerifyEmail, alice).await.unwrap(), Redeemed::Yes);
    let nobody = rows::user(&world.pool.id, "nobody");
    assert_eq!(
        store.put_code(NOW, rows::code(&nobody, SIGN_UP, hash(1)), rows::message(&nobody, "code")).await.unwrap_err(),
        StoreError::NotFound
    );
}

pub async fn a_redemption_with_an_old_version_leaves_the_code(store: Shared) {
    let world = world(&store).await;
    store.put_code(NOW, rows::code(&world.alice, SIGN_UP, hash(1)), rows::message(&world.alice, "code")).await.unwrap();
    store.replace_user(NOW, world.alice.clone()).await.unwrap();
    let answer = store.redeem_code(NOW, SIGN_UP, hash(1), world.alice.clone(), false).await;
    assert_eq!(answer.unwrap_err(), StoreError::Conflict);
    let alice = store.user(world.pool.id, world.alice.sub).await.unwrap();
    assert_eq!(store.redeem_code(NOW, SIGN_UP, hash(1), alice, false).await.unwrap(), Redeemed::Yes);
}

async fn rivals(store: &Shared) -> (User, User) {
    let world = world(store).await;
    let mut bob = rows::user(&world.pool.id, "bob");
    bob.aliases = vec![(AliasKind::Email, "one@example.com".to_owned())];
    store.insert_user(NOW, bob.clone()).await.unwrap();
    let mut eve = user(store, &world.pool, "eve").await;
    store.put_code(NOW, rows::code(&eve, SIGN_UP, hash(1)), rows::message(&eve, "code")).await.unwrap();
    eve.aliases.clone_from(&bob.aliases);
    (bob, eve)
}

pub async fn a_redemption_that_hits_a_taken_alias_leaves_the_code(store: Shared) {
    let (_, eve) = rivals(&store).await;
    let answer = store.redeem_code(NOW, SIGN_UP, hash(1), eve.clone(), false).await;
    assert_eq!(answer.unwrap_err(), StoreError::Exists(Taken::Alias(AliasKind::Email)));
    store.code(NOW, eve.pool.clone(), eve.sub.clone(), SIGN_UP).await.unwrap();
    assert_eq!(store.user(eve.pool, eve.sub).await.unwrap().version, 1);
}

pub async fn a_redemption_may_take_an_alias(store: Shared) {
    let (bob, eve) = rivals(&store).await;
    assert_eq!(store.redeem_code(NOW, SIGN_UP, hash(1), eve.clone(), true).await.unwrap(), Redeemed::Yes);
    let found = store.find_user(eve.pool, "one@example.com".to_owned()).await.unwrap();
    assert_eq!(found.sub, eve.sub);
    assert!(store.user(bob.pool, bob.sub).await.unwrap().aliases.is_empty());
}
