//! Sign-ins, refresh tokens, marks, login sessions.
use super::Shared;
use super::world::{World, after, at_once, count, first, hash, user, world};
use crate::rows::{self, HOUR, NOW};
use user_pools::oauth::AuthCode;
use user_pools::ports::{Attempt, LockoutPolicy, Rotated, StoreError};
use user_pools::token::{RefreshToken, SignIn};
use user_pools::user::{Password, User, UserStatus};

/// Opens the family `family` of alice with the token of this hash.
async fn open(store: &Shared, world: &World, family: &str, token: u8) -> (SignIn, RefreshToken) {
    let sign_in = rows::sign_in(&world.alice, &world.client, family);
    let token = rows::refresh_token(&sign_in, hash(token));
    store.open_sign_in(NOW, sign_in.clone(), world.alice.stamp(), Some(token.clone()), None).await.unwrap();
    (sign_in, token)
}

pub async fn a_sign_in_opens_with_its_token_and_clears_the_attempts(store: Shared) {
    let world = world(&store).await;
    let policy = LockoutPolicy { free: 1, unit: 1000, cap: 5000, forget_after: HOUR };
    store.begin_attempt(NOW, "alice".to_owned(), policy).await.unwrap();
    let sign_in = rows::sign_in(&world.alice, &world.client, "family");
    let token = rows::refresh_token(&sign_in, hash(1));
    store.open_sign_in(NOW, sign_in, world.alice.stamp(), Some(token), Some("alice".to_owned())).await.unwrap();
    let (token, sign_in) = store.refresh_token(NOW, hash(1)).await.unwrap();
    assert_eq!((token.origin_jti.as_str(), sign_in.origin_jti.as_str()), ("family", "family"));
    let next = store.begin_attempt(NOW, "alice".to_owned(), policy).await.unwrap();
    assert_eq!(next, Attempt::Allowed { count: 1 });
    let nobody = rows::sign_in(&rows::user(&world.pool.id, "nobody"), &world.client, "other");
    assert_eq!(
        store.open_sign_in(NOW, nobody, world.alice.stamp(), None, None).await.unwrap_err(),
        StoreError::NotFound
    );
}

pub async fn nobody_is_let_in_who_is_not_as_they_were_found(store: Shared) {
    let world = world(&store).await;
    let changes: [fn(&mut User); 4] = [
        |user| user.enabled = false,
        |user| user.status = UserStatus::ResetRequired,
        |user| user.signed_out_at = Some(NOW),
        |user| user.credentials.password = Some(Password { phc: "other".to_owned(), srp: None, expires_at: None }),
    ];
    for (number, change) in (0..).zip(changes) {
        let found = user(&store, &world.pool, &format!("user{number}")).await;
        let code = rows::auth_code(&found, &world.client, "by code", hash(number));
        store.insert_auth_code(NOW, code.clone()).await.unwrap();
        let mut changed = found.clone();
        change(&mut changed);
        store.replace_user(NOW, changed).await.unwrap();
        let sign_in = |family: &str| rows::sign_in(&found, &world.client, family);
        let token = rows::refresh_token(&sign_in("by code"), hash(number));
        let refused = [
            store.open_sign_in(NOW, sign_in("direct"), found.stamp(), None, None).await,
            store.insert_login_session(NOW, rows::login_session(&found, hash(number))).await,
            store.insert_auth_code(NOW, AuthCode { hash: hash(100 + number), ..code }).await,
            store.redeem_auth_code(NOW, hash(number), sign_in("by code"), Some(token)).await.map(drop),
        ];
        assert_eq!(refused.map(Result::unwrap_err), [const { StoreError::Conflict }; 4], "change {number}");
        assert_eq!(store.auth_code(NOW, hash(number)).await.unwrap().redeemed_at, None);
        assert_eq!(store.sign_in(NOW, "by code".to_owned()).await.unwrap_err(), StoreError::NotFound);
        assert_eq!(store.login_session(NOW, hash(number)).await.unwrap_err(), StoreError::NotFound);
    }
}

pub async fn an_expired_sign_in_is_absent_and_a_revoked_one_is_seen(store: Shared) {
    let world = world(&store).await;
    open(&store, &world, "family", 1).await;
    store.revoke_sign_in(NOW + 7, "family".to_owned()).await.unwrap();
    let read = |now| store.sign_in(now, "family".to_owned());
    assert_eq!(read(NOW + HOUR - 1).await.unwrap().revoked_at, Some(NOW + 7));
    assert_eq!(store.refresh_token(NOW, hash(1)).await.unwrap().1.revoked_at, Some(NOW + 7));
    assert_eq!(read(NOW + HOUR).await.unwrap_err(), StoreError::NotFound);
    assert_eq!(store.refresh_token(NOW + HOUR, hash(1)).await.unwrap_err(), StoreError::NotFound);
    assert_eq!(store.refresh_token(NOW, hash(9)).await.unwrap_err(), StoreError::NotFound);
}

pub async fn a_token_rotates_once_even_in_parallel_and_reuse_ends_the_family(store: Shared) {
    let world = world(&store).await;
    let (sign_in, _) = open(&store, &world, "family", 200).await;
    let answers = at_once(32, |number| {
        let (store, new) = (store.clone(), rows::refresh_token(&sign_in, hash(number)));
        async move { store.rotate_refresh_token(NOW, hash(200), new, 0).await.unwrap() }
    })
    .await;
    assert_eq!(count(&answers, |answer| *answer == Rotated::Yes), 1);
    // The first reuse ends the family; who comes after it finds nothing to use again.
    assert!(count(&answers, |answer| *answer == Rotated::Reused) >= 1);
    assert!(store.sign_in(NOW, "family".to_owned()).await.unwrap().revoked_at.is_some());
    let (old, _) = store.refresh_token(NOW, hash(200)).await.unwrap();
    assert_eq!(old.replaced_at, Some(NOW));
    let mut live = 0;
    for number in 0..32 {
        live += usize::from(store.refresh_token(NOW, hash(number)).await.is_ok());
    }
    assert_eq!(live, 1, "one new token was stored");
}

pub async fn within_the_grace_the_old_token_works_and_after_it_ends_the_family(store: Shared) {
    let world = world(&store).await;
    let (sign_in, _) = open(&store, &world, "family", 0).await;
    let rotate = |now, new| store.rotate_refresh_token(now, hash(0), rows::refresh_token(&sign_in, hash(new)), 10);
    assert_eq!(rotate(NOW, 1).await.unwrap(), Rotated::Yes);
    assert_eq!(rotate(NOW + 9, 2).await.unwrap(), Rotated::Yes);
    assert!(store.sign_in(NOW, "family".to_owned()).await.unwrap().revoked_at.is_none());
    assert_eq!(rotate(NOW + 10, 3).await.unwrap(), Rotated::Reused);
    assert_eq!(store.sign_in(NOW, "family".to_owned()).await.unwrap().revoked_at, Some(NOW + 10));
    assert_eq!(store.refresh_token(NOW, hash(3)).await.unwrap_err(), StoreError::NotFound);
    let next = rows::refresh_token(&sign_in, hash(4));
    assert_eq!(store.rotate_refresh_token(NOW + 11, hash(2), next, 10).await.unwrap(), Rotated::Absent);
}

pub async fn a_request_that_was_overtaken_gets_no_grace(store: Shared) {
    let world = world(&store).await;
    let (sign_in, _) = open(&store, &world, "family", 0).await;
    let rotate = |now, new| store.rotate_refresh_token(now, hash(0), rows::refresh_token(&sign_in, hash(new)), 0);
    assert_eq!(rotate(NOW + 5, 1).await.unwrap(), Rotated::Yes);
    assert_eq!(rotate(NOW, 2).await.unwrap(), Rotated::Reused);
}

pub async fn a_token_of_a_revoked_or_expired_sign_in_is_absent(store: Shared) {
    let world = world(&store).await;
    let (one, _) = open(&store, &world, "one", 1).await;
    let (two, _) = open(&store, &world, "two", 2).await;
    store.revoke_sign_in(NOW, "one".to_owned()).await.unwrap();
    let rotate = |now, old, new| store.rotate_refresh_token(now, hash(old), new, 0);
    assert_eq!(rotate(NOW, 1, rows::refresh_token(&one, hash(3))).await.unwrap(), Rotated::Absent);
    assert_eq!(rotate(NOW + HOUR, 2, rows::refresh_token(&two, hash(4))).await.unwrap(), Rotated::Absent);
    assert_eq!(rotate(NOW, 9, rows::refresh_token(&two, hash(5))).await.unwrap(), Rotated::Absent);
}

pub async fn revoking_is_idempotent(store: Shared) {
    let world = world(&store).await;
    open(&store, &world, "family", 1).await;
    store.revoke_sign_in(NOW + 1, "family".to_owned()).await.unwrap();
    store.revoke_sign_in(NOW + 2, "family".to_owned()).await.unwrap();
    store.revoke_sign_in(NOW, "unknown".to_owned()).await.unwrap();
    assert_eq!(store.sign_in(NOW, "family".to_owned()).await.unwrap().revoked_at, Some(NOW + 1));
}

pub async fn signing_out_ends_every_sign_in_and_raises_the_version(store: Shared) {
    let world = world(&store).await;
    open(&store, &world, "one", 1).await;
    open(&store, &world, "two", 2).await;
    let bob = user(&store, &world.pool, "bob").await;
    store.open_sign_in(NOW, rows::sign_in(&bob, &world.client, "bob's"), bob.stamp(), None, None).await.unwrap();
    store.sign_out_user(NOW + 3, world.pool.id.clone(), world.alice.sub.clone()).await.unwrap();
    for family in ["one", "two"] {
        assert_eq!(store.sign_in(NOW, family.to_owned()).await.unwrap().revoked_at, Some(NOW + 3));
    }
    assert!(store.sign_in(NOW, "bob's".to_owned()).await.unwrap().revoked_at.is_none());
    let alice = store.user(world.pool.id.clone(), world.alice.sub.clone()).await.unwrap();
    assert_eq!((alice.signed_out_at, alice.version), (Some(NOW + 3), 2));
    assert_eq!(store.replace_user(NOW, world.alice.clone()).await.unwrap_err(), StoreError::Conflict);
    let nobody = store.sign_out_user(NOW, world.pool.id, "nobody".to_owned()).await;
    assert_eq!(nobody.unwrap_err(), StoreError::NotFound);
}

pub async fn signing_out_ends_login_sessions_and_codes_that_wait(store: Shared) {
    let world = world(&store).await;
    let bob = user(&store, &world.pool, "bob").await;
    for (who, number) in [(&world.alice, 1), (&bob, 2)] {
        store.insert_login_session(NOW, rows::login_session(who, hash(number))).await.unwrap();
        let code = rows::auth_code(who, &world.client, &format!("family {number}"), hash(number));
        store.insert_auth_code(NOW, code).await.unwrap();
    }
    store.sign_out_user(NOW + 1, world.pool.id, world.alice.sub).await.unwrap();
    assert_eq!(store.login_session(NOW + 1, hash(1)).await.unwrap_err(), StoreError::NotFound);
    assert_eq!(store.auth_code(NOW + 1, hash(1)).await.unwrap_err(), StoreError::NotFound);
    assert!(store.login_session(NOW + 1, hash(2)).await.is_ok());
    assert!(store.auth_code(NOW + 1, hash(2)).await.is_ok());
}

pub async fn live_sign_ins_are_listed_newest_first(store: Shared) {
    let world = world(&store).await;
    for (family, age) in [("a", 3), ("b", 1), ("c", 2), ("gone", 0), ("ended", 5)] {
        let mut sign_in = rows::sign_in(&world.alice, &world.client, family);
        sign_in.auth_time = NOW - age;
        if family == "ended" {
            sign_in.expires_at = NOW;
        }
        store.open_sign_in(NOW, sign_in, world.alice.stamp(), None, None).await.unwrap();
    }
    store.revoke_sign_in(NOW, "gone".to_owned()).await.unwrap();
    let list = |page| store.list_sign_ins(NOW, world.pool.id.clone(), world.alice.sub.clone(), page);
    let names = |rows: Vec<SignIn>| rows.into_iter().map(|row| row.origin_jti).collect::<String>();
    assert_eq!(names(list(first(2)).await.unwrap()), "bc");
    assert_eq!(names(list(after("c", 2)).await.unwrap()), "a");
}

pub async fn a_mark_is_set_once_even_in_parallel(store: Shared) {
    let answers = at_once(32, |_| {
        let store = store.clone();
        async move { store.spend(NOW, hash(1), NOW + 10).await.unwrap() }
    })
    .await;
    assert_eq!(count(&answers, |first| *first), 1);
    assert!(store.spend(NOW, hash(2), NOW + 10).await.unwrap());
}

pub async fn a_mark_may_be_set_again_after_its_end(store: Shared) {
    assert!(store.spend(NOW, hash(1), NOW + 10).await.unwrap());
    assert!(!store.spend(NOW + 9, hash(1), NOW + 20).await.unwrap());
    assert!(store.spend(NOW + 10, hash(1), NOW + 20).await.unwrap());
    assert!(!store.spend(NOW + 10, hash(1), NOW + 20).await.unwrap());
}

pub async fn a_login_session_ends_by_time_by_act_and_by_user(store: Shared) {
    let world = world(&store).await;
    for number in 1..=4 {
        store.insert_login_session(NOW, rows::login_session(&world.alice, hash(number))).await.unwrap();
    }
    let bob = user(&store, &world.pool, "bob").await;
    store.insert_login_session(NOW, rows::login_session(&bob, hash(9))).await.unwrap();
    let read = |now, number| {
        let store = store.clone();
        async move { store.login_session(now, hash(number)).await.map(|session| session.sub) }
    };
    assert_eq!(read(NOW + HOUR - 1, 1).await.unwrap(), world.alice.sub);
    assert_eq!(read(NOW + HOUR, 1).await.unwrap_err(), StoreError::NotFound);
    store.end_login_session(NOW, hash(2)).await.unwrap();
    store.end_login_session(NOW, hash(2)).await.unwrap();
    assert_eq!(read(NOW, 2).await.unwrap_err(), StoreError::NotFound);
    assert!(read(NOW, 3).await.is_ok());
    store.end_login_sessions_of(NOW, world.pool.id, world.alice.sub).await.unwrap();
    assert_eq!(read(NOW, 3).await.unwrap_err(), StoreError::NotFound);
    assert_eq!(read(NOW, 9).await.unwrap(), bob.sub);
}
