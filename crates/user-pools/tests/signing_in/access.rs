use crate::actor::{App, claims, says};
use testing::{Bench, PASSWORD};
use user_pools::token::{OAuth, Opening};

#[tokio::test]
async fn a_token_speaks_for_its_user_until_it_expires() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    let alice = bench.user(&app.pool, "alice").await;
    let signed_in = app.tokens("alice", PASSWORD).await;
    let access = bench.pools.access(bench.now(), &signed_in.access).await.unwrap();
    assert_eq!((access.user.sub, access.client, access.pool.id), (alice.sub, app.client.id, app.pool.id));
    bench.clock.advance(3_599_999);
    assert!(bench.pools.access(bench.now(), &signed_in.access).await.is_ok());
    bench.clock.advance(1);
    assert_eq!(says(bench.pools.access(bench.now(), &signed_in.access).await.map(drop)), "Access Token has expired");
}

#[tokio::test]
async fn what_is_no_access_token_of_ours_is_invalid() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    bench.user(&app.pool, "alice").await;
    let signed_in = app.tokens("alice", PASSWORD).await;
    let (head, signature) = signed_in.access.rsplit_once('.').unwrap();
    let (header, payload) = head.split_once('.').unwrap();
    let mut forged = claims(&signed_in.access);
    forged["username"] = "root".into();
    let forged = format!("{header}.{}.{signature}", jose::base64url_encode(forged.to_string()));
    let none = format!("{}.{payload}.", jose::base64url_encode(r#"{"kid":"x","alg":"none"}"#));
    let mut elsewhere = claims(&signed_in.access);
    elsewhere["iss"] = "https://evil.example/us-east-1_nowhere".into();
    let elsewhere = format!("{header}.{}.{signature}", jose::base64url_encode(elsewhere.to_string()));
    for bad in [
        "",
        "x",
        "a.b.c",
        signed_in.id.as_ref().unwrap(),
        &forged,
        &none,
        &elsewhere,
        &signed_in.refresh.clone().unwrap(),
    ] {
        assert_eq!(says(bench.pools.access(bench.now(), bad).await.map(drop)), "Invalid Access Token", "{bad}");
    }
}

#[tokio::test]
async fn deleted_and_disabled_users_have_no_access() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    let alice = bench.user(&app.pool, "alice").await;
    let token = app.tokens("alice", PASSWORD).await.access;
    let mut off = bench.stored(&alice).await;
    off.enabled = false;
    bench.pools.store.replace_user(bench.now(), off).await.unwrap();
    assert_eq!(says(bench.pools.access(bench.now(), &token).await.map(drop)), "User is disabled.");
    bench.pools.store.delete_user(bench.now(), alice.pool, alice.sub).await.unwrap();
    assert!(bench.pools.access(bench.now(), &token).await.is_err());
}

#[tokio::test]
async fn an_oauth_token_opens_the_api_only_with_the_scope() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    let alice = bench.user(&app.pool, "alice").await;
    let methods = ["pwd".to_owned()];
    let issue = async |scopes: &[&str]| {
        let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let oauth = Some(OAuth {
            scopes: &scopes,
            nonce: Some("n-1"),
            origin_jti: Some("family"),
            login: None,
            refreshable: true,
        });
        let (pool, client) = (&app.pool, &app.client);
        let source = user_pools::triggers::TokenSource::default();
        let opening = Opening {
            pool,
            client,
            user: &alice,
            auth_time: bench.now(),
            methods: &methods,
            source,
            device_key: None,
            oauth,
        };
        let opened = bench.pools.issue_for(&bench.cx(), &opening).await.unwrap();
        assert_eq!(opened.sign_in.origin_jti, "family");
        bench
            .pools
            .store
            .open_sign_in(bench.now(), opened.sign_in, opening.user.stamp(), opened.refresh, None)
            .await
            .unwrap();
        opened.tokens
    };
    let narrow = issue(&["openid", "email"]).await;
    let id = claims(narrow.id.as_ref().unwrap());
    assert_eq!((&id["nonce"], id["at_hash"].as_str().unwrap().len()), (&"n-1".into(), 22));
    assert_eq!(claims(&narrow.access)["scope"], "openid email");
    assert_eq!(
        says(bench.pools.access(bench.now(), &narrow.access).await.map(drop)),
        "Access Token does not have required scopes"
    );
    assert!(bench.pools.access_with_scope(bench.now(), &narrow.access, "openid").await.is_ok());
}

#[tokio::test]
async fn a_machine_token_has_no_user() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    let scopes = ["api/read".to_owned()];
    let tokens = bench.pools.issue_machine_token(&bench.cx(), &app.pool, &app.client, &scopes).await.unwrap();
    assert!(tokens.id.is_none() && tokens.refresh.is_none());
    let claims = claims(&tokens.access);
    assert_eq!((&claims["sub"], &claims["scope"]), (&app.client.id.0.as_str().into(), &"api/read".into()));
    assert!(claims.get("username").is_none() && claims.get("origin_jti").is_none());
    assert_eq!(
        says(bench.pools.access(bench.now(), &tokens.access).await.map(drop)),
        "Access Token does not have required scopes"
    );
}
