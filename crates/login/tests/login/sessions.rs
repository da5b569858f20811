//! SSO sessions: how long clients take them, and what ends with them.
use crate::browser::{Browser, ask};
use serde_json::Value;
use testing::Bench;
use user_pools::client::AppClient;
use user_pools::oauth::LoginSession;
use user_pools::pool::UserPool;
use user_pools::sessions::{ClientSessions, PoolSessions, Session};
use user_pools::user::User;

const MINUTE: i64 = 60_000;

async fn tracked(bench: &Bench) -> (UserPool, AppClient, User) {
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    let user = bench.user(&pool, "ann").await;
    track(bench, &pool, true).await;
    (pool, client, user)
}

async fn track(bench: &Bench, pool: &UserPool, tracking: bool) {
    let sessions = PoolSessions { tracking, max_per_user: 20 };
    bench.pools.set_pool_sessions(bench.now(), &pool.scope, &pool.id, sessions).await.unwrap();
}

async fn takes(bench: &Bench, pool: &UserPool, client: &AppClient, sso_minutes: u32) {
    let whom = (&pool.id, &client.id);
    bench.pools.set_client_sessions(bench.now(), &pool.scope, whom, ClientSessions { sso_minutes }).await.unwrap();
}

async fn is_sent_on(browser: &mut Browser<'_>, client: &AppClient) -> bool {
    browser.get(&format!("/oauth2/authorize?{}", ask(client))).await.sent("code").is_some()
}

async fn listed(bench: &Bench, user: &User) -> Vec<Session> {
    bench.pools.sessions_of(bench.now(), user, None, None).await.unwrap().sessions
}

#[tokio::test]
async fn each_client_takes_the_session_for_as_long_as_it_says() {
    let bench = Bench::new();
    let (pool, patient, _) = tracked(&bench).await;
    let (usual, never) = (bench.client(&pool).await, bench.client(&pool).await);
    takes(&bench, &pool, &patient, 180).await;
    takes(&bench, &pool, &never, 0).await;
    let mut browser = Browser::new(&bench);
    let back = browser.sign_in(&ask(&never), "ann", testing::PASSWORD).await;
    assert!(back.header("set-cookie").contains("Max-Age=10800"), "{}", back.header("set-cookie"));
    assert!(!is_sent_on(&mut browser, &never).await, "it asks every time");
    assert!(is_sent_on(&mut browser, &usual).await);
    bench.clock.advance(61 * MINUTE);
    assert!(!is_sent_on(&mut browser, &usual).await);
    assert!(is_sent_on(&mut browser, &patient).await);
    track(&bench, &pool, false).await;
    assert!(!is_sent_on(&mut browser, &patient).await, "without tracking its word sleeps");
    track(&bench, &pool, true).await;
    bench.clock.advance(120 * MINUTE);
    assert!(!is_sent_on(&mut browser, &patient).await);
}

#[tokio::test]
async fn token_sessions_name_the_sso_session_they_came_through_and_end_with_it() {
    let bench = Bench::new();
    let (_, client, user) = tracked(&bench).await;
    let mut browser = Browser::new(&bench);
    let code = browser.code(&client, "ann").await;
    let tokens = browser.redeem(&client, &code).await.json();
    let waiting = browser.get(&format!("/oauth2/authorize?{}", ask(&client))).await.sent("code").unwrap();
    let [sso, token] = &listed(&bench, &user).await[..] else { panic!("two sessions") };
    assert!(sso.sso && !token.sso);
    assert_eq!((token.origin.as_ref(), sso.client.as_ref()), (Some(&sso.id), Some(&client.id)));
    bench.pools.end_session(bench.now(), &user, &sso.id, true).await.unwrap();
    assert!(listed(&bench, &user).await.is_empty());
    assert!(!is_sent_on(&mut browser, &client).await);
    let refused = browser.redeem(&client, &waiting).await;
    assert_eq!(refused.error(), "invalid_grant", "a code that still waited is no good");
    let refreshed = browser
        .token(&[
            ("grant_type", "refresh_token"),
            ("client_id", &client.id.0),
            ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
        ])
        .await;
    assert_eq!(refreshed.error(), "invalid_grant");
}

#[tokio::test]
async fn a_token_session_ends_alone_or_with_its_sso_session() {
    let bench = Bench::new();
    let (pool, client, user) = tracked(&bench).await;
    let mut browser = Browser::new(&bench);
    let mut refresh_tokens = Vec::new();
    for _ in 0..2 {
        let reply = browser.get(&format!("/oauth2/authorize?{}", ask(&client))).await;
        let code = match reply.sent("code") {
            Some(code) => code,
            None => browser.code(&client, "ann").await,
        };
        let tokens: Value = browser.redeem(&client, &code).await.json();
        refresh_tokens.push(tokens["refresh_token"].as_str().unwrap().to_owned());
    }
    let first = listed(&bench, &user).await[2].id.clone();
    bench.pools.end_session(bench.now(), &user, &first, false).await.unwrap();
    assert_eq!(listed(&bench, &user).await.len(), 2);
    assert!(is_sent_on(&mut browser, &client).await, "the SSO session goes on");
    let client = bench.pools.client_of(&pool.id, &client.id).await.unwrap();
    bench.pools.revoke_token(&bench.cx(), &client, &refresh_tokens[1], (None, true)).await.unwrap();
    assert!(listed(&bench, &user).await.is_empty());
    assert!(!is_sent_on(&mut browser, &client).await);
}

#[tokio::test]
async fn an_sso_session_ends_however_many_newer_ones_there_are() {
    let bench = Bench::new();
    let (pool, client, user) = tracked(&bench).await;
    let mut browsers = Vec::new();
    for _ in 0..2 {
        let mut browser = Browser::new(&bench);
        let code = browser.code(&client, "ann").await;
        browsers.push((browser.redeem(&client, &code).await.json(), browser));
    }
    let ids: Vec<_> = listed(&bench, &user).await.into_iter().filter(|one| one.sso).map(|one| one.id).collect();
    for number in 0..25 {
        let newer = testing::rows::login_session(&user, [number; 32]);
        let newer = LoginSession { expires_at: bench.now() + 60 * MINUTE, ..newer };
        bench.pools.store.insert_login_session(bench.now(), newer).await.unwrap();
    }
    assert!(listed(&bench, &user).await.iter().all(|one| !ids.contains(&one.id)), "they are no longer shown");
    let client = bench.pools.client_of(&pool.id, &client.id).await.unwrap();
    bench.pools.end_session(bench.now(), &user, &ids[0], false).await.unwrap();
    assert!(!is_sent_on(&mut browsers[1].1, &client).await);
    assert!(is_sent_on(&mut browsers[0].1, &client).await);
    let refresh = browsers[0].0["refresh_token"].as_str().unwrap().to_owned();
    bench.pools.revoke_token(&bench.cx(), &client, &refresh, (None, true)).await.unwrap();
    assert!(!is_sent_on(&mut browsers[0].1, &client).await);
}
