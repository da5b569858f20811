use crate::actor::{App, claims, refusal, says, tokens};
use std::sync::Arc;
use testing::{Bench, PASSWORD};
use user_pools::client::Rotation;
use user_pools::error::ErrorKind;
use user_pools::sign_in::{Door, Flow};
use user_pools::token::{ClientProof, token_hash};

/// A client that rotates; such clients refresh by GetTokensFromRefreshToken.
async fn rotating(bench: &Bench, grace_seconds: u32) -> App<'_> {
    let pool = bench.pool().await;
    let rotate = |settings: &mut user_pools::client::ClientSettings| {
        settings.auth_flows = Some(vec!["ALLOW_USER_PASSWORD_AUTH".into()]);
        settings.rotation = Some(Rotation { enabled: true, grace_seconds });
    };
    let client = bench.client_with(&pool, rotate).await;
    App { bench, pool, client, door: Door::Api }
}

impl App<'_> {
    async fn get_tokens(&self, token: &str) -> user_pools::Result<user_pools::token::Tokens> {
        let (pools, cx) = (&self.bench.pools, self.bench.cx());
        pools.refresh(&cx, "GetTokensFromRefreshToken", &self.client, token, ClientProof::Secret(None)).await
    }
}

#[tokio::test]
async fn a_refresh_keeps_the_sign_in_and_reads_the_user_anew() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    let alice = bench.user(&app.pool, "alice").await;
    let first = app.tokens("alice", PASSWORD).await;
    bench.clock.advance(10_000);
    let mut changed = bench.stored(&alice).await;
    changed.attributes.insert("name".into(), "Alice".into());
    bench.pools.store.replace_user(bench.now(), changed).await.unwrap();
    let second = tokens(app.refresh(&first.refresh.unwrap()).await);
    assert!(second.refresh.is_none());
    let (before, after) = (claims(&first.access), claims(&second.access));
    for kept in ["origin_jti", "auth_time", "event_id", "sub"] {
        assert_eq!(before[kept], after[kept], "{kept}");
    }
    assert_ne!(before["jti"], after["jti"]);
    assert_eq!(after["iat"].as_i64().unwrap(), before["iat"].as_i64().unwrap() + 10);
    assert_eq!(claims(&second.id.unwrap())["name"], "Alice");
}

#[tokio::test]
async fn every_bad_refresh_token_has_its_own_words() {
    let bench = Bench::new();
    let (app, other) = (App::new(&bench).await, App::new(&bench).await);
    let alice = bench.user(&app.pool, "alice").await;
    let signed_in = app.tokens("alice", PASSWORD).await;
    let token = signed_in.refresh.unwrap();
    for bad in ["x", &signed_in.access, &token[..token.len() - 1]] {
        assert_eq!(says(app.refresh(bad).await), "Invalid Refresh Token");
    }
    assert_eq!(says(other.refresh(&token).await), "Invalid Refresh Token", "another client's");
    let mut off = bench.stored(&alice).await;
    off.enabled = false;
    bench.pools.store.replace_user(bench.now(), off).await.unwrap();
    assert_eq!(says(app.refresh(&token).await), "User is disabled.");
    bench.clock.advance(30 * 24 * 3600 * 1000);
    assert_eq!(says(app.refresh(&token).await), "Refresh Token has expired");
}

#[tokio::test]
async fn revocation_and_global_sign_out_end_refreshing_and_the_api() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    bench.user(&app.pool, "alice").await;
    let (one, two) = (app.tokens("alice", PASSWORD).await, app.tokens("alice", PASSWORD).await);
    let pools = &bench.pools;
    let revoked = one.refresh.unwrap();
    pools.revoke_token(&bench.cx(), &app.client, &revoked, (None, false)).await.unwrap();
    pools.revoke_token(&bench.cx(), &app.client, &revoked, (None, false)).await.unwrap();
    pools.revoke_token(&bench.cx(), &app.client, "unknown", (None, false)).await.unwrap();
    assert_eq!(says(app.refresh(&revoked).await), "Refresh Token has been revoked");
    assert_eq!(says(pools.access(bench.now(), &one.access).await.map(drop)), "Access Token has been revoked");

    let access = pools.access(bench.now(), &two.access).await.unwrap();
    pools.global_sign_out(&bench.cx(), &access).await.unwrap();
    assert_eq!(says(app.refresh(&two.refresh.unwrap()).await), "Refresh Token has been revoked");
    assert_eq!(says(pools.access(bench.now(), &two.access).await.map(drop)), "Access Token has been revoked");
    // Signing in again in the same second works.
    let three = app.tokens("alice", PASSWORD).await;
    assert!(pools.access(bench.now(), &three.access).await.is_ok());
    tokens(app.refresh(&three.refresh.unwrap()).await);
}

#[tokio::test]
async fn only_a_clients_own_refresh_token_can_be_revoked() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    bench.user(&app.pool, "alice").await;
    let signed_in = app.tokens("alice", PASSWORD).await;
    let other = bench.client(&app.pool).await;
    let revoke = async |client: &user_pools::client::AppClient, token: &str| {
        refusal(bench.pools.revoke_token(&bench.cx(), client, token, (None, false)).await).kind
    };
    assert_eq!(revoke(&other, signed_in.refresh.as_ref().unwrap()).await, ErrorKind::Unauthorized);
    assert_eq!(revoke(&app.client, &signed_in.access).await, ErrorKind::UnsupportedTokenType);
    let fixed = bench.client_with(&app.pool, |settings| settings.token_revocation = Some(false)).await;
    assert_eq!(revoke(&fixed, "x").await, ErrorKind::UnsupportedOperation);
}

#[tokio::test]
async fn rotation_replaces_the_token_and_reuse_ends_the_family() {
    let bench = Bench::new();
    let app = rotating(&bench, 10).await;
    bench.user(&app.pool, "alice").await;
    assert_eq!(says(app.refresh("x").await), "REFRESH_TOKEN_AUTH is not enabled for the client.");
    let first = app.tokens("alice", PASSWORD).await.refresh.unwrap();
    let second = app.get_tokens(&first).await.unwrap().refresh.unwrap();
    assert_ne!(first, second);
    let (row, _) = bench.pools.store.refresh_token(bench.now(), token_hash(&second)).await.unwrap();
    assert_eq!(row.parent, Some(token_hash(&first)));
    // Within the grace the old one still works.
    bench.clock.advance(9_999);
    assert!(app.get_tokens(&first).await.is_ok());
    bench.clock.advance(1);
    let reused = refusal(app.get_tokens(&first).await);
    assert_eq!((reused.kind, &*reused.message), (ErrorKind::RefreshTokenReuse, "Refresh token has been reused."));
    assert_eq!(says(app.get_tokens(&second).await), "Refresh Token has been revoked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_thirty_two_parallel_rotations_one_succeeds_and_the_family_ends() {
    let bench = Arc::new(Bench::new());
    let app = rotating(&bench, 0).await;
    bench.user(&app.pool, "alice").await;
    let first = app.tokens("alice", PASSWORD).await.refresh.unwrap();
    let tasks: Vec<_> = (0..32)
        .map(|_| {
            let (bench, client, token) = (Arc::clone(&bench), app.client.clone(), first.clone());
            tokio::spawn(async move {
                bench.pools.refresh(&bench.cx(), "race", &client, &token, ClientProof::Secret(None)).await
            })
        })
        .collect();
    let mut won = Vec::new();
    for task in tasks {
        won.extend(task.await.unwrap().ok());
    }
    assert_eq!(won.len(), 1);
    let successor = won.remove(0).refresh.unwrap();
    assert_eq!(says(app.get_tokens(&successor).await), "Refresh Token has been revoked");
}

#[tokio::test]
async fn a_secret_is_proven_by_hash_over_the_real_name_or_by_itself() {
    let bench = Bench::new();
    let pool = bench.pool_with(|pool| pool.username_attributes = vec![user_pools::pool::AliasKind::Email]).await;
    let client = bench.confidential_client(&pool).await;
    let app = App { bench: &bench, pool, client, door: Door::Api };
    let alice = bench.user(&app.pool, "alice@example.com").await;
    let hash = |name: &str| user_pools::secret_hash::compute(testing::CLIENT_SECRET.as_bytes(), name, &app.client.id.0);
    let first =
        [("USERNAME", "alice@example.com"), ("PASSWORD", PASSWORD), ("SECRET_HASH", &hash("alice@example.com"))];
    let token = tokens(app.start(Flow::UserPassword, &first).await).refresh.unwrap();
    let refresh =
        async |hash: &str| app.start(Flow::RefreshToken, &[("REFRESH_TOKEN", &token), ("SECRET_HASH", hash)]).await;
    assert!(refresh(&hash(&alice.sub)).await.is_ok());
    assert_eq!(
        says(refresh(&hash("alice@example.com")).await),
        format!("SecretHash does not match for the client: {}", app.client.id)
    );
    let by_secret = async |secret: Option<&str>| {
        bench.pools.refresh(&bench.cx(), "GetTokens", &app.client, &token, ClientProof::Secret(secret)).await
    };
    assert!(by_secret(Some(testing::CLIENT_SECRET)).await.is_ok());
    assert!(by_secret(Some("wrong")).await.is_err());
    assert!(by_secret(None).await.is_err());
}
