//! Sessions: what use leaves behind, how many a user may have, and ending some of them.
use super::Shared;
use super::world::{first, hash, user, world};
use crate::rows::{self, NOW};
use user_pools::ports::{EndedLogin, EndedSessions, LOGIN_SESSIONS, StoreError};
use user_pools::token::{Activity, SignIn};
use user_pools::user::User;

fn used(at: i64) -> Activity {
    Activity { at, ip: "203.0.113.7".to_owned(), device: Some("app".to_owned()) }
}

async fn live(store: &Shared, user: &User) -> Vec<SignIn> {
    store.list_sign_ins(NOW, user.pool.clone(), user.sub.clone(), first(100)).await.unwrap()
}

async fn families(store: &Shared, user: &User) -> String {
    let mut names: Vec<_> = live(store, user).await.into_iter().map(|row| row.origin_jti).collect();
    names.sort();
    names.concat()
}

pub async fn the_last_use_of_a_sign_in_is_read_back(store: Shared) {
    let world = world(&store).await;
    let mut sign_in = rows::sign_in(&world.alice, &world.client, "a");
    sign_in.active = Some(used(NOW));
    let token = rows::refresh_token(&sign_in, hash(1));
    store.open_sign_in(NOW, sign_in, world.alice.stamp(), Some(token), None).await.unwrap();
    assert_eq!(live(&store, &world.alice).await[0].active, Some(used(NOW)));
    store.touch_sign_in(NOW + 5, "a".to_owned(), used(NOW + 5)).await.unwrap();
    store.touch_sign_in(NOW + 5, "unknown".to_owned(), used(NOW + 5)).await.unwrap();
    assert_eq!(live(&store, &world.alice).await[0].active, Some(used(NOW + 5)));
    assert_eq!(store.sign_in(NOW, "a".to_owned()).await.unwrap().active, Some(used(NOW + 5)));
    assert_eq!(store.refresh_token(NOW, hash(1)).await.unwrap().1.active, Some(used(NOW + 5)));
}

pub async fn the_sign_ins_used_last_are_kept(store: Shared) {
    let world = world(&store).await;
    let bob = user(&store, &world.pool, "bob").await;
    for (family, at) in [("a", 3), ("b", 1), ("c", 2), ("d", 2)] {
        let mut sign_in = rows::sign_in(&world.alice, &world.client, family);
        sign_in.active = Some(used(NOW + at));
        store.open_sign_in(NOW, sign_in, world.alice.stamp(), None, None).await.unwrap();
    }
    store.open_sign_in(NOW, rows::sign_in(&bob, &world.client, "z"), bob.stamp(), None, None).await.unwrap();
    let keep = |most| store.keep_sign_ins(NOW, world.pool.id.clone(), world.alice.sub.clone(), most);
    keep(4).await.unwrap();
    assert_eq!(families(&store, &world.alice).await, "abcd");
    keep(2).await.unwrap();
    assert_eq!(families(&store, &world.alice).await, "ad", "of two used at once the one opened later");
    assert_eq!(families(&store, &bob).await, "z");
}

pub async fn sessions_end_together_with_what_came_through_them(store: Shared) {
    let world = world(&store).await;
    let alice = &world.alice;
    for (family, login) in [("a", Some("sso1")), ("b", Some("sso1")), ("c", Some("sso2")), ("d", None)] {
        let mut sign_in = rows::sign_in(alice, &world.client, family);
        sign_in.login = login.map(str::to_owned);
        store.open_sign_in(NOW, sign_in, alice.stamp(), None, None).await.unwrap();
    }
    for (number, login) in [(1, "sso1"), (2, "sso2")] {
        store.insert_login_session(NOW, rows::login_session(alice, hash(number))).await.unwrap();
        let mut code = rows::auth_code(alice, &world.client, "later", hash(number));
        code.login = Some(login.to_owned());
        store.insert_auth_code(NOW, code).await.unwrap();
    }
    let end = |sign_ins: &[&str], logins: Vec<EndedLogin>| {
        let sign_ins = sign_ins.iter().map(|family| (*family).to_owned()).collect();
        store.end_sessions(NOW, alice.pool.clone(), alice.sub.clone(), EndedSessions { sign_ins, logins })
    };
    end(&["d"], Vec::new()).await.unwrap();
    assert_eq!(families(&store, alice).await, "abc");
    let login = |with_sign_ins| EndedLogin { hash: hash(1), id: "sso1".to_owned(), with_sign_ins };
    end(&["a"], vec![login(false)]).await.unwrap();
    assert_eq!(families(&store, alice).await, "bc");
    assert_eq!(store.login_session(NOW, hash(1)).await.unwrap_err(), StoreError::NotFound);
    assert_eq!(store.auth_code(NOW, hash(1)).await.unwrap_err(), StoreError::NotFound, "nothing more comes through it");
    end(&[], vec![login(true)]).await.unwrap();
    assert_eq!(families(&store, alice).await, "c");
    assert!(store.login_session(NOW, hash(2)).await.is_ok() && store.auth_code(NOW, hash(2)).await.is_ok());
}

pub async fn nobody_ends_the_sessions_of_others(store: Shared) {
    let world = world(&store).await;
    let bob = user(&store, &world.pool, "bob").await;
    store.open_sign_in(NOW, rows::sign_in(&bob, &world.client, "z"), bob.stamp(), None, None).await.unwrap();
    store.insert_login_session(NOW, rows::login_session(&bob, hash(9))).await.unwrap();
    let logins = vec![EndedLogin { hash: hash(9), id: "sso9".to_owned(), with_sign_ins: true }];
    let ended = EndedSessions { sign_ins: vec!["z".to_owned()], logins };
    store.end_sessions(NOW, world.pool.id.clone(), world.alice.sub.clone(), ended).await.unwrap();
    assert_eq!(families(&store, &bob).await, "z");
    assert!(store.login_session(NOW, hash(9)).await.is_ok());
}

pub async fn live_login_sessions_are_listed_newest_first(store: Shared) {
    let world = world(&store).await;
    for (number, life) in [(1, 10), (2, 10), (3, 0), (4, 10)] {
        let mut login = rows::login_session(&world.alice, hash(number));
        login.expires_at = NOW + life;
        store.insert_login_session(NOW, login).await.unwrap();
    }
    let listed = store.list_login_sessions(NOW, world.pool.id, world.alice.sub, 2).await.unwrap();
    assert_eq!(listed.iter().map(|login| login.hash[0]).collect::<Vec<_>>(), [4, 2]);
}

pub async fn of_too_many_login_sessions_the_oldest_end(store: Shared) {
    let world = world(&store).await;
    let bob = user(&store, &world.pool, "bob").await;
    store.insert_login_session(NOW, rows::login_session(&bob, hash(1))).await.unwrap();
    let numbered = |number: usize| {
        let mut bytes = [7; 32];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        bytes
    };
    for number in 0..LOGIN_SESSIONS + 2 {
        store.insert_login_session(NOW, rows::login_session(&world.alice, numbered(number))).await.unwrap();
    }
    let listed = store.list_login_sessions(NOW, world.pool.id.clone(), world.alice.sub, usize::MAX).await.unwrap();
    let expected: Vec<_> = (2..LOGIN_SESSIONS + 2).rev().map(numbered).collect();
    assert!(listed.iter().map(|login| login.hash).eq(expected));
    assert!(store.login_session(NOW, hash(1)).await.is_ok(), "another user's stay");
}
