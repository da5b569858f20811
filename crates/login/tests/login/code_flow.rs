//! The code flow with PKCE, end to end, and what a code is worth.
use crate::browser::{Browser, CALLBACK, VERIFIER, ask, ask_with, claims, login, redemption};
use std::sync::Arc;
use testing::{Bench, PASSWORD};
use user_pools::ports::SignIns as _;

#[tokio::test]
async fn a_user_signs_in_and_the_app_gets_its_tokens() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    let user = bench.user(&pool, "ann").await;
    let mut browser = Browser::new(&bench);
    let back = browser.sign_in(&ask(&client), "ann", PASSWORD).await;
    assert!(back.location().starts_with(&format!("{CALLBACK}?code=")), "{}", back.location());
    assert_eq!(back.sent("state").as_deref(), Some("st ate"), "the state comes back unchanged");
    let cookie = back.header("set-cookie");
    assert!(cookie.starts_with(&format!("cognito-{}=", pool.id)), "{cookie}");
    assert!(cookie.contains("; HttpOnly; SameSite=Lax; Max-Age=3600") && !cookie.contains("Secure"), "{cookie}");

    let reply = browser.redeem(&client, &back.sent("code").unwrap()).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.header("content-type"), "application/json;charset=UTF-8");
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.header("access-control-allow-origin"), "*");
    let body = reply.json();
    let names: Vec<_> = body.as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["id_token", "access_token", "refresh_token", "expires_in", "token_type"]);
    let (id, access) = (claims(body["id_token"].as_str().unwrap()), claims(body["access_token"].as_str().unwrap()));
    assert_eq!(
        (&id["sub"], &id["aud"], &id["nonce"]),
        (&user.sub.clone().into(), &client.id.0.clone().into(), &"n0nce".into())
    );
    assert_eq!((&id["email"], &id["email_verified"]), (&"ann@example.com".into(), &true.into()));
    assert_eq!((&access["scope"], &access["client_id"]), (&"openid email".into(), &client.id.0.clone().into()));
    assert_eq!(id["origin_jti"], access["origin_jti"]);
}

#[tokio::test]
async fn a_live_session_answers_the_next_request_at_once() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    let other = bench.client(&pool).await;
    bench.user(&pool, "ann").await;
    let mut browser = Browser::new(&bench);
    let first = browser.code(&client, "ann").await;
    bench.clock.advance(59 * 60_000);
    let again = browser.get(&format!("/oauth2/authorize?{}", ask(&other))).await;
    let second = again.sent("code").expect("all clients of the pool share the session");
    assert_ne!(first, second);
    let tokens = browser.redeem(&other, &second).await.json();
    let auth_time = claims(tokens["id_token"].as_str().unwrap())["auth_time"].as_i64().unwrap();
    assert_eq!(auth_time, bench.now() / 1000 - 59 * 60, "auth_time is that of the sign-in");
    let direct = browser.get(&format!("/login?{}", ask(&client))).await;
    assert!(direct.sent("code").is_some(), "the sign-in page sends a signed-in browser on");
    bench.clock.advance(61_000);
    let late = browser.get(&format!("/oauth2/authorize?{}", ask(&other))).await;
    assert!(late.location().starts_with("/login?"), "the hour is over and was not prolonged");
}

#[tokio::test]
async fn prompt_and_max_age_decide_whether_a_session_will_do() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    bench.user(&pool, "ann").await;
    let mut browser = Browser::new(&bench);
    let silent = browser.get(&format!("/oauth2/authorize?{}", ask_with(&client, "&prompt=none"))).await;
    assert_eq!(silent.sent("error").as_deref(), Some("login_required"));
    assert_eq!(silent.sent("state").as_deref(), Some("st ate"));
    browser.code(&client, "ann").await;
    let silent = browser.get(&format!("/oauth2/authorize?{}", ask_with(&client, "&prompt=none"))).await;
    assert!(silent.sent("code").is_some());
    bench.clock.advance(60_000);
    for (more, asks) in
        [("&prompt=login", true), ("&max_age=59", true), ("&max_age=61", false), ("&prompt=consent", false)]
    {
        let reply = browser.get(&format!("/oauth2/authorize?{}", ask_with(&client, more))).await;
        assert_eq!(reply.location().starts_with("/login?"), asks, "{more}");
        if asks {
            let page = browser.get(reply.location()).await;
            assert_eq!(page.status, 200, "{more}: the sign-in page does not pass a session that will not do");
        }
    }
}

#[tokio::test]
async fn every_sign_in_gets_a_new_session_and_ends_the_old_one() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    bench.user(&pool, "ann").await;
    let mut browser = Browser::new(&bench);
    browser.code(&client, "ann").await;
    let name = format!("cognito-{}", pool.id);
    let old = browser.cookies[&name].clone();
    browser.sign_in(&ask_with(&client, "&prompt=login"), "ann", PASSWORD).await;
    assert_ne!(browser.cookies[&name], old);
    browser.cookies.insert(name, old);
    let reply = browser.get(&format!("/oauth2/authorize?{}", ask(&client))).await;
    assert!(reply.location().starts_with("/login?"), "the old session is over");
}

#[tokio::test]
async fn a_session_dies_with_its_user_and_is_no_good_in_another_pool() {
    let bench = Bench::new();
    let (pool, other) = (bench.pool().await, bench.pool().await);
    let (client, foreign) = (bench.client(&pool).await, bench.client(&other).await);
    let user = bench.user(&pool, "ann").await;
    let mut browser = Browser::new(&bench);
    browser.code(&client, "ann").await;
    let value = browser.cookies[&format!("cognito-{}", pool.id)].clone();
    browser.cookies.insert(format!("cognito-{}", other.id), value);
    let elsewhere = browser.get(&format!("/oauth2/authorize?{}", ask(&foreign))).await;
    assert!(elsewhere.location().starts_with("/login?"));
    let mut disabled = bench.stored(&user).await;
    disabled.enabled = false;
    bench.pools.store.replace_user(bench.now(), disabled).await.unwrap();
    let after = browser.get(&format!("/oauth2/authorize?{}", ask(&client))).await;
    assert!(after.location().starts_with("/login?"));
}

#[tokio::test]
async fn a_code_and_a_session_end_with_the_password_they_were_given_for() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    let user = bench.user(&pool, "ann").await;
    let mut thief = Browser::new(&bench);
    let mut code = thief.code(&client, "ann").await;
    for change in ["set", "reset", "race"] {
        match change {
            "set" => {
                let (cx, new) = (bench.cx(), "N3w-password");
                bench.pools.admin_set_user_password(&cx, &pool, "ann", new, true).await.unwrap();
            }
            "reset" => bench.pools.admin_reset_user_password(&bench.cx(), &pool, "ann").await.unwrap(),
            // A request that had read the session before the change, and wrote its rows after it.
            _ => {
                let mut changed = bench.stored(&user).await;
                changed.credentials.password.as_mut().unwrap().phc.push('x');
                bench.pools.store.replace_user(bench.now(), changed).await.unwrap();
            }
        }
        let refused = thief.redeem(&client, &code).await;
        assert_eq!((refused.status, refused.error().as_str()), (400, "invalid_grant"), "{change}");
        let shut_out = thief.get(&format!("/oauth2/authorize?{}", ask(&client))).await;
        assert!(shut_out.location().starts_with("/login?"), "{change}");
        // The owner is back, and the thief knows that password too.
        bench.pools.admin_set_user_password(&bench.cx(), &pool, "ann", testing::PASSWORD, true).await.unwrap();
        code = thief.code(&client, "ann").await;
    }
    assert_eq!(thief.redeem(&client, &code).await.status, 200, "nothing has changed since");
}

#[tokio::test]
async fn a_second_redemption_is_refused_and_ends_what_the_first_gave() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    bench.user(&pool, "ann").await;
    let mut browser = Browser::new(&bench);
    let code = browser.code(&client, "ann").await;
    let tokens = browser.redeem(&client, &code).await.json();
    let again = browser.redeem(&client, &code).await;
    assert_eq!((again.status, again.error().as_str()), (400, "invalid_grant"));
    assert_eq!(bench.decisions.last().rule, "code.single_use");
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let refreshed = browser
        .token(&[("grant_type", "refresh_token"), ("client_id", &client.id.0), ("refresh_token", refresh)])
        .await;
    assert_eq!(refreshed.error(), "invalid_grant", "the family is revoked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_32_redemptions_at_once_one_succeeds_and_its_family_ends() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    bench.user(&pool, "ann").await;
    let mut browser = Browser::new(&bench);
    let code = Arc::new(browser.code(&client, "ann").await);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..32 {
        let (login, cx, code, client) = (login(&bench), bench.cx(), Arc::clone(&code), client.id.0.clone());
        tasks.spawn(async move {
            let body = crate::browser::form_body(redemption(&client, &code));
            let mut headers = http::HeaderMap::new();
            headers.insert("content-type", http::HeaderValue::from_static("application/x-www-form-urlencoded"));
            let request = ::login::LoginRequest {
                method: http::Method::POST,
                path: "/oauth2/token".to_owned(),
                query: None,
                headers,
                body: body.into(),
                domain: None,
                https: false,
                origin: String::new(),
            };
            let reply = login.handle(cx, request).await;
            (reply.status(), reply.into_body())
        });
    }
    let replies = tasks.join_all().await;
    let won: Vec<_> = replies.iter().filter(|(status, _)| *status == 200).collect();
    assert_eq!(won.len(), 1);
    assert!(replies.iter().filter(|(status, _)| *status == 400).count() == 31);
    let tokens: serde_json::Value = serde_json::from_slice(&won[0].1).unwrap();
    let family = claims(tokens["access_token"].as_str().unwrap())["origin_jti"].as_str().unwrap().to_owned();
    assert!(bench.store.sign_in(bench.now(), family).await.unwrap().revoked_at.is_some());
}

#[tokio::test]
async fn a_code_is_bound_to_client_redirect_uri_and_verifier_and_survives_wrong_tries() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    let other = bench.client(&pool).await;
    bench.user(&pool, "ann").await;
    let mut browser = Browser::new(&bench);
    let code = browser.code(&client, "ann").await;
    let wrong_verifier = "x".repeat(43);
    let swap = |name: &'static str, value: &str| {
        let mut pairs: Vec<(String, String)> =
            redemption(&client.id.0, &code).iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        pairs.retain(|(n, _)| n != name);
        if !value.is_empty() {
            pairs.push((name.to_owned(), value.to_owned()));
        }
        pairs
    };
    for (name, value, error, rule) in [
        ("client_id", other.id.0.as_str(), "invalid_grant", "code.client"),
        ("redirect_uri", "https://app.example/callback/", "unauthorized_client", "code.redirect_uri"),
        ("redirect_uri", "", "unauthorized_client", "code.redirect_uri"),
        ("code_verifier", wrong_verifier.as_str(), "invalid_grant", "pkce.verifier"),
        ("code_verifier", "", "invalid_grant", "pkce.verifier"),
        ("code", "11111111-1111-4111-8111-111111111111", "invalid_grant", "code.exists"),
        ("code", "", "invalid_request", "grant.parameters"),
        ("client_id", "nobody", "invalid_client", "client.exists"),
        ("client_id", "", "invalid_request", "client_id.present"),
        ("grant_type", "", "invalid_request", "grant_type.present"),
        ("grant_type", "password", "unsupported_grant_type", "grant_type.known"),
    ] {
        let pairs = swap(name, value);
        let pairs: Vec<_> = pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let reply = browser.token(&pairs).await;
        assert_eq!((reply.status, reply.error().as_str()), (400, error), "{name}={value}");
        assert_eq!(bench.decisions.last().rule, rule, "{name}={value}");
    }
    assert_eq!(browser.redeem(&client, &code).await.status, 200);
    assert!(browser.token(&[("grant_type", "authorization_code"), ("code_verifier", VERIFIER)]).await.status == 400);
}

#[tokio::test]
async fn a_code_lives_five_minutes() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    bench.user(&pool, "ann").await;
    let mut browser = Browser::new(&bench);
    let code = browser.code(&client, "ann").await;
    bench.clock.advance(5 * 60_000);
    assert_eq!(browser.redeem(&client, &code).await.error(), "invalid_grant");
}

#[tokio::test]
async fn pkce_cannot_be_downgraded() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    bench.user(&pool, "ann").await;
    let mut browser = Browser::new(&bench);
    let plain = format!("client_id={}&response_type=code&redirect_uri={}", client.id, crate::browser::encode(CALLBACK));
    let code = browser.sign_in(&plain, "ann", PASSWORD).await.sent("code").unwrap();
    let reply = browser.redeem(&client, &code).await;
    assert_eq!(reply.error(), "invalid_grant", "a verifier for a code without challenge");
    let mut pairs = redemption(&client.id.0, &code).to_vec();
    pairs.retain(|(name, _)| *name != "code_verifier");
    assert_eq!(browser.token(&pairs).await.status, 200);
}

#[tokio::test]
async fn without_a_redirect_uri_the_default_one_is_used() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client_with(&pool, |settings| settings.default_redirect_uri = Some(CALLBACK.to_owned())).await;
    bench.user(&pool, "ann").await;
    let mut browser = Browser::new(&bench);
    let back = browser.sign_in(&format!("client_id={}&response_type=code", client.id), "ann", PASSWORD).await;
    assert!(back.location().starts_with(CALLBACK));
    let code = back.sent("code").unwrap();
    let pairs = [("grant_type", "authorization_code"), ("client_id", client.id.0.as_str()), ("code", code.as_str())];
    assert_eq!(browser.token(&pairs).await.status, 200);
}

#[tokio::test]
async fn the_implicit_flow_is_for_clients_that_may() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client_with(&pool, |settings| settings.oauth_flows = vec!["implicit".to_owned()]).await;
    let strict = bench.client(&pool).await;
    bench.user(&pool, "ann").await;
    let mut browser = Browser::new(&bench);
    let ask = |client: &str| {
        format!(
            "client_id={client}&response_type=token&scope=openid&state=s&nonce=n&redirect_uri={}",
            crate::browser::encode(CALLBACK)
        )
    };
    let back = browser.sign_in(&ask(&client.id.0), "ann", PASSWORD).await;
    assert!(back.location().starts_with(&format!("{CALLBACK}#id_token=")), "{}", back.location());
    assert_eq!((back.sent("token_type").as_deref(), back.sent("state").as_deref()), (Some("Bearer"), Some("s")));
    assert_eq!(back.sent("refresh_token"), None);
    assert_eq!(claims(&back.sent("id_token").unwrap())["nonce"], "n");
    let refused = browser.get(&format!("/oauth2/authorize?{}", ask(&strict.id.0))).await;
    assert!(refused.location().starts_with(&format!("{CALLBACK}#error=unauthorized_client")), "{}", refused.location());
}
