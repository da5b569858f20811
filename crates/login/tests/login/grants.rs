//! Client authentication, refreshing, machines, userInfo, revocation.
use crate::browser::{Browser, basic, claims, redemption};
use http::{HeaderMap, HeaderValue, Method};
use serde_json::{Value, json};
use testing::{Bench, CLIENT_SECRET, rows};
use user_pools::client::{AppClient, Rotation};
use user_pools::ports::ResourceServers as _;

async fn tokens(browser: &mut Browser<'_>, client: &AppClient) -> Value {
    let code = browser.code(client, "ann").await;
    browser.redeem(client, &code).await.json()
}

fn text<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

#[tokio::test]
async fn a_confidential_client_proves_its_secret_one_way() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.confidential_client(&pool).await;
    bench.user(&pool, "ann").await;
    let mut browser = Browser::new(&bench);
    let code = browser.code(&client, "ann").await;
    let id = client.id.0.as_str();
    let post = |secret| [redemption(id, &code).to_vec(), vec![("client_secret", secret)]].concat();
    let bare = redemption(id, &code);
    for (pairs, header, error) in [
        (bare.to_vec(), None, "invalid_client"),
        (post("wrong"), None, "invalid_client"),
        (bare.to_vec(), Some(basic(id, "wrong")), "invalid_client"),
        (bare.to_vec(), Some(basic("other", CLIENT_SECRET)), "invalid_request"),
        (bare.to_vec(), Some("Bearer x".to_owned()), "invalid_client"),
        (post(CLIENT_SECRET), Some(basic(id, CLIENT_SECRET)), "invalid_request"),
    ] {
        let headers: Vec<_> = header.iter().map(|header| ("authorization", header.as_str())).collect();
        let reply = browser.token_with(&pairs, &headers).await;
        assert_eq!((reply.status, reply.error().as_str()), (400, error), "{header:?}");
    }
    let header = basic(id, CLIENT_SECRET);
    let without_id: Vec<_> = bare.iter().copied().filter(|(name, _)| *name != "client_id").collect();
    assert_eq!(browser.token_with(&without_id, &[("authorization", &header)]).await.status, 200);
    let code = browser.code(&client, "ann").await;
    let pairs = [redemption(id, &code).to_vec(), vec![("client_secret", CLIENT_SECRET)]].concat();
    assert_eq!(browser.token(&pairs).await.status, 200);
}

#[tokio::test]
async fn a_public_client_sends_no_secret() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    bench.user(&pool, "ann").await;
    let mut browser = Browser::new(&bench);
    let code = browser.code(&client, "ann").await;
    let pairs = [redemption(&client.id.0, &code).to_vec(), vec![("client_secret", "x")]].concat();
    assert_eq!(browser.token(&pairs).await.error(), "invalid_client");
}

#[tokio::test]
async fn a_refresh_gives_new_tokens_of_the_same_sign_in() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    bench.user(&pool, "ann").await;
    let mut browser = Browser::new(&bench);
    let first = tokens(&mut browser, &client).await;
    bench.clock.advance(60_000);
    let pairs = [
        ("grant_type", "refresh_token"),
        ("client_id", client.id.0.as_str()),
        ("refresh_token", text(&first, "refresh_token")),
    ];
    let reply = browser.token(&pairs).await;
    let second = reply.json();
    assert_eq!(reply.status, 200, "{second}");
    assert!(second.get("refresh_token").is_none(), "only rotation gives a new one");
    let (before, after) = (claims(text(&first, "access_token")), claims(text(&second, "access_token")));
    assert_eq!((&before["origin_jti"], &before["auth_time"]), (&after["origin_jti"], &after["auth_time"]));
    assert_ne!(before["jti"], after["jti"]);
    let other = bench.client(&pool).await;
    let foreign = [
        ("grant_type", "refresh_token"),
        ("client_id", other.id.0.as_str()),
        ("refresh_token", text(&first, "refresh_token")),
    ];
    assert_eq!(browser.token(&foreign).await.error(), "invalid_grant");
    let garbage = [("grant_type", "refresh_token"), ("client_id", client.id.0.as_str()), ("refresh_token", "x")];
    assert_eq!(browser.token(&garbage).await.error(), "invalid_grant");
}

#[tokio::test]
async fn rotation_gives_a_successor_and_a_reuse_ends_the_family() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench
        .client_with(&pool, |settings| {
            settings.rotation = Some(Rotation { enabled: true, grace_seconds: 0 });
            settings.auth_flows = Some(vec!["ALLOW_USER_SRP_AUTH".to_owned()]);
        })
        .await;
    bench.user(&pool, "ann").await;
    let mut browser = Browser::new(&bench);
    let first = tokens(&mut browser, &client).await;
    let refresh = |token: &str| {
        vec![
            ("grant_type".to_owned(), "refresh_token".to_owned()),
            ("client_id".to_owned(), client.id.0.clone()),
            ("refresh_token".to_owned(), token.to_owned()),
        ]
    };
    let mut send = async |token: &str| {
        let pairs = refresh(token);
        let pairs: Vec<_> = pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        browser.token(&pairs).await
    };
    let second = send(text(&first, "refresh_token")).await.json();
    bench.clock.advance(1000);
    assert_eq!(send(text(&first, "refresh_token")).await.error(), "invalid_grant");
    assert_eq!(
        send(text(&second, "refresh_token")).await.error(),
        "invalid_grant",
        "the successor went with the family"
    );
}

#[tokio::test]
async fn a_client_without_refreshing_is_unauthorized_for_it() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client =
        bench.client_with(&pool, |settings| settings.auth_flows = Some(vec!["ALLOW_USER_SRP_AUTH".to_owned()])).await;
    let mut browser = Browser::new(&bench);
    let pairs = [("grant_type", "refresh_token"), ("client_id", client.id.0.as_str()), ("refresh_token", "x")];
    assert_eq!(browser.token(&pairs).await.error(), "unauthorized_client");
}

async fn machine(bench: &Bench) -> AppClient {
    let pool = bench.pool().await;
    bench.store.insert_resource_server(bench.now(), rows::resource_server(&pool.id, "files")).await.unwrap();
    let client = bench.confidential_client(&pool).await;
    let settings = user_pools::client::ClientSettings {
        oauth_flows: vec!["client_credentials".to_owned()],
        oauth_scopes: vec!["files/read".to_owned()],
        callback_urls: vec![],
        logout_urls: vec![],
        ..client.settings.clone()
    };
    bench.pools.update_client(bench.now(), &pool, &client.id, settings).await.unwrap()
}

#[tokio::test]
async fn a_machine_gets_an_access_token_with_custom_scopes_only() {
    let bench = Bench::new();
    let client = machine(&bench).await;
    let mut browser = Browser::new(&bench);
    let header = basic(&client.id.0, CLIENT_SECRET);
    let auth = [("authorization", header.as_str())];
    let reply = browser.token_with(&[("grant_type", "client_credentials")], &auth).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let body = reply.json();
    assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["access_token", "expires_in", "token_type"]);
    let access = claims(text(&body, "access_token"));
    assert_eq!(
        (&access["sub"], &access["scope"], &access["token_use"]),
        (&json!(client.id.0), &json!("files/read"), &json!("access"))
    );
    for (more, error) in [
        (("scope", "openid"), "invalid_scope"),
        (("scope", "files/write"), "invalid_scope"),
        (("scope", "files/read files/read openid"), "invalid_scope"),
        (("aws_client_metadata", "not json"), "invalid_request"),
        (("resource", "https://api.example/"), "invalid_request"),
    ] {
        let reply = browser.token_with(&[("grant_type", "client_credentials"), more], &auth).await;
        assert_eq!(reply.error(), error, "{more:?}");
    }
    let code = browser.token_with(&[("grant_type", "authorization_code"), ("code", "x")], &auth).await;
    assert_eq!(code.error(), "unauthorized_client");
}

#[tokio::test]
async fn people_need_no_machine_grant_and_public_clients_have_none() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    let mut browser = Browser::new(&bench);
    let reply = browser.token(&[("grant_type", "client_credentials"), ("client_id", &client.id.0)]).await;
    assert_eq!(reply.error(), "unauthorized_client");
}

#[tokio::test]
async fn a_scope_whose_attributes_the_client_cannot_read_gives_no_tokens() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client_with(&pool, |settings| settings.read_attributes = Some(vec!["email".to_owned()])).await;
    bench.user(&pool, "ann").await;
    let mut browser = Browser::new(&bench);
    let code = browser.code(&client, "ann").await;
    assert_eq!(browser.redeem(&client, &code).await.error(), "invalid_grant");
    assert_eq!(bench.decisions.last().rule, "scope.readable");
}

async fn user_info(browser: &mut Browser<'_>, authorization: Option<&str>) -> crate::browser::Reply {
    let mut headers = HeaderMap::new();
    if let Some(value) = authorization {
        headers.insert("authorization", HeaderValue::from_str(value).unwrap());
    }
    browser.send(Method::GET, "/oauth2/userInfo", headers, String::new()).await
}

#[tokio::test]
async fn user_info_says_in_strings_what_the_scopes_reveal() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    let user = bench
        .user_with(&pool, "ann", |user| {
            user.attributes.insert("name".to_owned(), "Ann".to_owned());
            user.attributes.insert("phone_number".to_owned(), "+15555550100".to_owned());
        })
        .await;
    let mut browser = Browser::new(&bench);
    let tokens = tokens(&mut browser, &client).await;
    let reply = user_info(&mut browser, Some(&format!("Bearer {}", text(&tokens, "access_token")))).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let expected = json!({"sub": user.sub, "email": "ann@example.com", "email_verified": "true", "username": "ann"});
    assert_eq!(reply.json(), expected);
    assert_eq!(reply.header("access-control-allow-origin"), "*");

    let missing = user_info(&mut browser, None).await;
    assert_eq!((missing.status, missing.error().as_str()), (400, "invalid_request"));
    for token in ["Bearer x", &format!("Bearer {}", text(&tokens, "id_token"))] {
        let refused = user_info(&mut browser, Some(token)).await;
        assert_eq!((refused.status, refused.error().as_str()), (401, "invalid_token"));
        assert!(refused.header("www-authenticate").contains("error=\"invalid_token\""));
    }
    bench.pools.store.sign_out_user(bench.now(), pool.id.clone(), user.sub.clone()).await.unwrap();
    let out = user_info(&mut browser, Some(&format!("Bearer {}", text(&tokens, "access_token")))).await;
    assert_eq!(out.status, 401, "a global sign-out ends it");
}

#[tokio::test]
async fn user_info_needs_openid() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    bench.user(&pool, "ann").await;
    let mut browser = Browser::new(&bench);
    let ask = crate::browser::ask(&client).replace("openid%20email", "aws.cognito.signin.user.admin");
    let code = browser.sign_in(&ask, "ann", testing::PASSWORD).await.sent("code").unwrap();
    let tokens = browser.redeem(&client, &code).await.json();
    assert!(tokens.get("id_token").is_none());
    let reply = user_info(&mut browser, Some(&format!("Bearer {}", text(&tokens, "access_token")))).await;
    assert_eq!((reply.status, reply.error().as_str()), (403, "insufficient_scope"));
}

#[tokio::test]
async fn revoking_ends_the_family_and_unknown_tokens_are_fine() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    bench.user(&pool, "ann").await;
    let mut browser = Browser::new(&bench);
    let tokens = tokens(&mut browser, &client).await;
    let id = client.id.0.as_str();
    let mut revoke = async |client: &str, token: &str| {
        let body = crate::browser::form_body([("client_id", client), ("token", token)]);
        browser.post_with("/oauth2/revoke", body, &[]).await
    };
    let access = revoke(id, text(&tokens, "access_token")).await;
    assert_eq!((access.status, access.error().as_str()), (400, "unsupported_token_type"));
    let nobody = revoke("nobody", text(&tokens, "refresh_token")).await;
    assert_eq!((nobody.status, nobody.error().as_str()), (401, "invalid_client"));
    assert_eq!(revoke(id, "unknown").await.status, 200);
    assert_eq!(revoke(id, "").await.error(), "invalid_request");
    let done = revoke(id, text(&tokens, "refresh_token")).await;
    assert_eq!((done.status, done.body.as_str()), (200, ""));
    let pairs = [("grant_type", "refresh_token"), ("client_id", id), ("refresh_token", text(&tokens, "refresh_token"))];
    assert_eq!(browser.token(&pairs).await.error(), "invalid_grant");
}

#[tokio::test]
async fn a_form_must_be_a_form_and_say_nothing_twice() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    let mut browser = Browser::new(&bench);
    let twice = format!("grant_type=refresh_token&client_id={0}&client_id={0}&refresh_token=x", client.id);
    assert_eq!(browser.post_with("/oauth2/token", twice, &[]).await.error(), "invalid_request");
    let json = browser.post_with("/oauth2/token", "{}".to_owned(), &[("content-type", "application/json")]).await;
    assert_eq!(json.error(), "invalid_request");
    let get = browser.get("/oauth2/token?grant_type=client_credentials").await;
    assert_eq!((get.status, get.header("allow")), (405, "POST"));
    let huge = "a=".to_owned() + &"x".repeat(10 << 20);
    assert_eq!(browser.post_with("/oauth2/token", huge, &[]).await.error(), "invalid_request");
    assert_eq!(
        browser.post_with("/oauth2/token", "\u{0}%ff%00=%zz&&&===".to_owned(), &[]).await.error(),
        "invalid_request"
    );
}

#[tokio::test]
async fn pages_of_any_origin_may_call_what_takes_no_cookie() {
    let bench = Bench::new();
    let mut browser = Browser::new(&bench);
    for path in ["/oauth2/token", "/oauth2/userInfo", "/oauth2/revoke"] {
        let reply = browser.send(Method::OPTIONS, path, HeaderMap::new(), String::new()).await;
        assert_eq!(reply.status, 204, "{path}");
        assert_eq!(reply.header("access-control-allow-origin"), "*");
        assert!(reply.header("access-control-allow-headers").contains("authorization"));
        assert!(reply.header("access-control-allow-credentials").is_empty());
    }
    let page = browser.send(Method::OPTIONS, "/login", HeaderMap::new(), String::new()).await;
    assert_eq!((page.status, page.header("access-control-allow-origin")), (405, ""));
}
