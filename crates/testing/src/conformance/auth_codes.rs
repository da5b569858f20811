//! Authorization codes.
use super::Shared;
use super::world::{World, at_once, count, hash, world};
use crate::rows::{self, HOUR, NOW};
use user_pools::ports::{CodeRedeemed, StoreError};
use user_pools::token::{RefreshToken, SignIn};

fn family(world: &World, token: u8) -> (SignIn, RefreshToken) {
    let sign_in = rows::sign_in(&world.alice, &world.client, "family");
    let token = rows::refresh_token(&sign_in, hash(token));
    (sign_in, token)
}

pub async fn a_code_opens_one_family_even_in_parallel_and_reuse_ends_it(store: Shared) {
    let world = world(&store).await;
    store.insert_auth_code(NOW, rows::auth_code(&world.alice, &world.client, "family", hash(200))).await.unwrap();
    let answers = at_once(32, |number| {
        let (store, (sign_in, token)) = (store.clone(), family(&world, number));
        async move { store.redeem_auth_code(NOW + 1, hash(200), sign_in, Some(token)).await.unwrap() }
    })
    .await;
    assert_eq!(count(&answers, |answer| *answer == CodeRedeemed::Yes), 1);
    assert_eq!(count(&answers, |answer| *answer == CodeRedeemed::Reused), 31);
    assert_eq!(store.sign_in(NOW, "family".to_owned()).await.unwrap().revoked_at, Some(NOW + 1));
    assert_eq!(store.auth_code(NOW, hash(200)).await.unwrap().redeemed_at, Some(NOW + 1));
}

pub async fn reading_a_code_does_not_use_it_up(store: Shared) {
    let world = world(&store).await;
    let code = rows::auth_code(&world.alice, &world.client, "family", hash(1));
    store.insert_auth_code(NOW, code.clone()).await.unwrap();
    for _ in 0..2 {
        let read = store.auth_code(NOW, hash(1)).await.unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), serde_json::to_value(&code).unwrap());
    }
    let (sign_in, token) = family(&world, 1);
    let answer = store.redeem_auth_code(NOW, hash(1), sign_in, Some(token)).await;
    assert_eq!(answer.unwrap(), CodeRedeemed::Yes);
    assert!(store.sign_in(NOW, "family".to_owned()).await.unwrap().revoked_at.is_none());
    assert_eq!(store.refresh_token(NOW, hash(1)).await.unwrap().0.origin_jti, "family");
}

pub async fn an_unknown_or_expired_code_opens_nothing(store: Shared) {
    let world = world(&store).await;
    store.insert_auth_code(NOW, rows::auth_code(&world.alice, &world.client, "family", hash(1))).await.unwrap();
    for (now, code) in [(NOW, 2), (NOW + HOUR, 1)] {
        let (sign_in, token) = family(&world, 1);
        let answer = store.redeem_auth_code(now, hash(code), sign_in, Some(token)).await;
        assert_eq!(answer.unwrap(), CodeRedeemed::Absent);
        assert_eq!(store.auth_code(now, hash(code)).await.unwrap_err(), StoreError::NotFound);
    }
    assert_eq!(store.sign_in(NOW, "family".to_owned()).await.unwrap_err(), StoreError::NotFound);
}

pub async fn a_code_of_a_deleted_user_opens_nothing(store: Shared) {
    let world = world(&store).await;
    store.insert_auth_code(NOW, rows::auth_code(&world.alice, &world.client, "family", hash(1))).await.unwrap();
    store.delete_user(NOW, world.pool.id.clone(), world.alice.sub.clone()).await.unwrap();
    let (sign_in, token) = family(&world, 1);
    let answer = store.redeem_auth_code(NOW, hash(1), sign_in, Some(token)).await;
    assert_eq!(answer.unwrap(), CodeRedeemed::Absent);
}
