//! Redirects, reflections, forged forms: what an attacker would try on the login domain.
use crate::browser::{Browser, CALLBACK, ask, ask_with, encode};
use testing::{Bench, PASSWORD};
use user_pools::client::AppClient;
use user_pools::ports::Clients as _;

const EVIL: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}\r\nSet-Cookie: x=1";

async fn client(bench: &Bench) -> AppClient {
    let pool = bench.pool().await;
    bench.user(&pool, "ann").await;
    bench.client(&pool).await
}

#[tokio::test]
async fn no_redirect_uri_but_a_registered_one_is_followed() {
    let bench = Bench::new();
    let client = client(&bench).await;
    let mut browser = Browser::new(&bench);
    browser.code(&client, "ann").await;
    for uri in [
        "https://evil.example/",
        "https://app.example/callback/",
        "https://app.example/callback?x=1",
        "https://app.example/callback#x",
        "https://app.example/Callback",
        "HTTPS://app.example/callback",
        "https://app.example:443/callback",
        "https://app.example/callback/../callback",
        "https://app.example\\@evil.example/callback",
        "https://app.example@evil.example/callback",
        "https://app.example.evil.example/callback",
        "//app.example/callback",
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        " https://app.example/callback",
        "https://app.example/callback\u{0}",
        "https://app.example/callback\r\nLocation: https://evil.example/",
    ] {
        let query = format!("client_id={}&response_type=code&state=s&redirect_uri={}", client.id, encode(uri));
        for path in ["/oauth2/authorize", "/login", "/signup", "/forgotPassword", "/confirmUser", "/logout"] {
            let reply = browser.get(&format!("{path}?{query}")).await;
            assert!(
                reply.location().starts_with("/error?error=redirect_mismatch&client_id="),
                "{path} {uri:?} {}",
                reply.location()
            );
        }
        assert_eq!(bench.decisions.last().rule, "redirect_uri.registered");
    }
    let twice = format!(
        "client_id={}&response_type=code&redirect_uri={}&redirect_uri=https%3A%2F%2Fevil.example",
        client.id,
        encode(CALLBACK)
    );
    assert!(
        browser.get(&format!("/oauth2/authorize?{twice}")).await.location().starts_with("/error?error=invalid_request")
    );
}

#[tokio::test]
async fn errors_reach_the_app_once_its_redirect_uri_is_trusted() {
    let bench = Bench::new();
    let client = client(&bench).await;
    let mut browser = Browser::new(&bench);
    let base = format!("client_id={}&redirect_uri={}&state=s%20%26t", client.id, encode(CALLBACK));
    let challenge = crate::browser::challenge();
    for (more, error, rule) in [
        (String::new(), "invalid_request", "response_type.present"),
        ("&response_type=id_token".into(), "invalid_request", "response_type.known"),
        ("&response_type=token".into(), "unauthorized_client", "client.flow"),
        ("&response_type=code&scope=openid%20nonsense".into(), "invalid_scope", "scope"),
        ("&response_type=code&scope=email".into(), "invalid_scope", "scope"),
        (format!("&response_type=code&code_challenge={challenge}"), "invalid_request", "pkce.method"),
        (
            format!("&response_type=code&code_challenge={challenge}&code_challenge_method=plain"),
            "invalid_request",
            "pkce.method",
        ),
        ("&response_type=code&code_challenge_method=S256".into(), "invalid_request", "pkce.method"),
        (
            "&response_type=code&code_challenge=short&code_challenge_method=S256".into(),
            "invalid_request",
            "pkce.challenge",
        ),
        ("&response_type=code&prompt=none%20login".into(), "invalid_request", "prompt"),
        ("&response_type=code&max_age=soon".into(), "invalid_request", "prompt"),
        (format!("&response_type=code&nonce={}", "n".repeat(2049)), "invalid_request", "nonce"),
        ("&response_type=code&identity_provider=Google".into(), "invalid_request", "identity_provider"),
        ("&response_type=code&resource=https%3A%2F%2Fapi.example".into(), "invalid_request", "resource"),
    ] {
        let reply = browser.get(&format!("/oauth2/authorize?{base}{more}")).await;
        assert!(reply.location().starts_with(CALLBACK), "{more} {}", reply.location());
        assert_eq!(reply.sent("error").as_deref(), Some(error), "{more}");
        assert_eq!(reply.sent("state").as_deref(), Some("s &t"), "{more}");
        assert_eq!(bench.decisions.last().rule, rule, "{more}");
    }
    let known_but_not_allowed = browser.get(&format!("/oauth2/authorize?{base}&response_type=code&scope=openid")).await;
    assert!(known_but_not_allowed.location().starts_with("/login?"));
}

#[tokio::test]
async fn errors_before_that_stay_on_our_page() {
    let bench = Bench::new();
    let client = client(&bench).await;
    let closed = bench.pools.clone();
    let pool = closed.store.pool(client.pool.clone()).await.unwrap();
    let api_only = bench
        .client_with(&pool, |settings| {
            settings.oauth_enabled = false;
            settings.oauth_flows = vec![];
            settings.oauth_scopes = vec![];
        })
        .await;
    let mut browser = Browser::new(&bench);
    for (query, error, rule) in [
        (String::new(), "invalid_request", "client_id.present"),
        (
            format!("client_id=nobody&response_type=code&redirect_uri={}", encode(CALLBACK)),
            "invalid_request",
            "client.exists",
        ),
        (ask(&api_only), "unauthorized_client", "client.oauth"),
        (format!("client_id={}&response_type=code", client.id), "invalid_request", "redirect_uri.present"),
    ] {
        let reply = browser.get(&format!("/oauth2/authorize?{query}")).await;
        assert!(reply.location().starts_with(&format!("/error?error={error}")), "{query} {}", reply.location());
        assert_eq!(bench.decisions.last().rule, rule);
        let page = browser.get(reply.location()).await;
        assert_eq!(page.status, 400);
        assert!(page.body.contains("<h1>"));
    }
}

#[tokio::test]
async fn nothing_that_comes_in_is_shown_unescaped() {
    let bench = Bench::new();
    let client = client(&bench).await;
    let mut browser = Browser::new(&bench);
    let evil = encode(EVIL);
    let safe = |body: &str| !body.contains("<script") && !body.contains("<img") && !body.contains("onerror=alert(1)>");
    for path in ["/login", "/signup", "/forgotPassword", "/confirmUser", "/confirmForgotPassword"] {
        for name in ["state", "nonce", "login_hint", "lang", "prompt", "notice", "unknown"] {
            let query =
                format!("client_id={}&response_type=code&redirect_uri={}&{name}={evil}", client.id, encode(CALLBACK));
            let page = browser.get(&format!("{path}?{query}")).await;
            assert_eq!(page.status, 200, "{path} {name}");
            assert!(safe(&page.body), "{path} {name} {}", page.body);
        }
    }
    for target in [
        format!("/error?error={evil}&client_id={evil}&error_description={evil}"),
        format!("/nowhere/{evil}"),
        format!("/confirmUser?client_id={}&user_name={evil}&confirmation_code={evil}", client.id),
    ] {
        let page = browser.get(&target).await;
        assert!(safe(&page.body) && !page.body.contains("7*7"), "{target}");
    }
    let query = ask_with(&client, &format!("&login_hint={evil}")).replace("st%20ate", &evil);
    for path in ["/login", "/signup", "/forgotPassword", "/confirmUser", "/confirmForgotPassword"] {
        let page = browser.get(&format!("{path}?{query}")).await;
        let mut form = page.form();
        for (name, value) in &mut form.fields {
            if name != "_csrf" {
                EVIL.clone_into(value);
            }
        }
        for name in
            ["username", "code", "session", "ticket", "missing", "key", "device_name", "challenge", "factor", "email"]
        {
            form.fields.entry(name.to_owned()).or_insert_with(|| EVIL.to_owned());
        }
        for action in [
            "/login",
            "/login/code",
            "/signup",
            "/forgotPassword",
            "/confirmUser",
            "/confirmForgotPassword",
            "/resendcode",
            "/mfa/choice",
            "/mfa/code",
            "/mfa/setup",
            "/changePassword",
        ] {
            let target = crate::browser::Form { action: format!("{action}?{query}"), ..form.clone() };
            let reply = browser.submit(target).await;
            assert!(safe(&reply.body), "{action} {}", reply.body);
            if reply.status == 302 {
                assert!(reply.location().starts_with('/') && !reply.location().contains('\n'), "{}", reply.location());
            }
        }
    }
}

#[tokio::test]
async fn the_state_comes_back_exactly_and_can_split_no_header() {
    let bench = Bench::new();
    let client = client(&bench).await;
    let mut browser = Browser::new(&bench);
    let query = ask(&client).replace("st%20ate", &encode(EVIL));
    let back = browser.sign_in(&query, "ann", PASSWORD).await;
    assert!(back.location().starts_with(&format!("{CALLBACK}?code=")));
    assert_eq!(back.sent("state").as_deref(), Some(EVIL));
    assert_eq!(back.headers.get_all("set-cookie").iter().count(), 1);
}

#[tokio::test]
async fn a_form_needs_the_token_of_its_browser() {
    let bench = Bench::new();
    let client = client(&bench).await;
    let query = ask(&client);
    let mut browser = Browser::new(&bench);
    let mut attacker = Browser::new(&bench);
    let theirs = attacker.sign_in_page(&query).await.form();
    let page = browser.sign_in_page(&query).await;
    let good = page.form().with("username", "ann").with("password", PASSWORD);
    let mut without = good.clone();
    without.fields.remove("_csrf");
    let forged = good.clone().with("_csrf", &theirs.fields["_csrf"]);
    let cookie_as_token = good.clone().with("_csrf", &browser.cookies["cognito-csrf"]);
    for form in [without, forged, cookie_as_token, good.clone().with("_csrf", "x")] {
        let reply = browser.submit(form).await;
        assert_eq!(reply.status, 403);
        assert_eq!(bench.decisions.last().rule, "csrf.token");
    }
    for action in [
        "/login/code",
        "/signup",
        "/confirmUser",
        "/resendcode",
        "/forgotPassword",
        "/confirmForgotPassword",
        "/changePassword",
        "/mfa/choice",
        "/mfa/code",
        "/mfa/setup",
    ] {
        let reply =
            browser.post_with(&format!("{action}?{query}"), "username=ann&password=x&code=1".to_owned(), &[]).await;
        assert_eq!(reply.status, 403, "{action}");
    }
    // Login CSRF: a victim's browser posts the attacker's credentials with the attacker's token, and has no cookie that fits.
    let mut victim = Browser::new(&bench);
    let reply = victim.submit(theirs.with("username", "ann").with("password", PASSWORD)).await;
    assert_eq!(reply.status, 403);
    assert!(victim.cookies.is_empty());
    assert!(browser.submit(good).await.sent("code").is_some());
}

#[tokio::test]
async fn a_form_of_another_origin_is_refused_whatever_it_carries() {
    let bench = Bench::new();
    let client = client(&bench).await;
    let mut browser = Browser::new(&bench);
    let form = browser.sign_in_page(&ask(&client)).await.form().with("username", "ann").with("password", PASSWORD);
    let body = crate::browser::form_body(form.fields.iter().map(|(n, v)| (n.as_str(), v.as_str())));
    for (headers, status) in [
        (vec![("origin", "https://evil.example")], 403),
        (vec![("origin", "http://localhost:4567")], 403),
        (vec![("sec-fetch-site", "cross-site")], 403),
        (vec![("sec-fetch-site", "same-site"), ("origin", "null")], 403),
        (vec![("origin", "http://localhost:4566"), ("sec-fetch-site", "same-origin")], 302),
        (vec![("origin", "null")], 403),
        (vec![("origin", "null"), ("sec-fetch-site", "same-origin")], 403),
        (vec![("origin", "https://localhost:4566")], 302),
        (vec![], 302),
    ] {
        let reply = browser.post_with(&form.action, body.clone(), &headers).await;
        assert_eq!(reply.status, status, "{headers:?}");
    }
}

#[tokio::test]
async fn hidden_fields_give_no_rights() {
    let bench = Bench::new();
    let client = client(&bench).await;
    let other = bench.client(&bench.pool().await).await;
    let mut browser = Browser::new(&bench);
    let page = browser.sign_in_page(&ask(&client)).await;
    let csrf = page.form().fields["_csrf"].clone();
    let mut post = async |action: &str, client: &AppClient, pairs: &[(&str, &str)]| {
        let body = crate::browser::form_body(pairs.iter().copied().chain([("_csrf", csrf.as_str())]));
        browser.post_with(&format!("{action}?{}", ask(client)), body, &[]).await
    };
    for action in ["/mfa/choice", "/mfa/code", "/mfa/setup", "/changePassword"] {
        for session in ["", "x", &"A".repeat(6000)] {
            let pairs = [
                ("session", session),
                ("username", "ann"),
                ("code", "123456"),
                ("new_password", "N3w-passw0rd"),
                ("confirm_password", "N3w-passw0rd"),
            ];
            let reply = post(action, &client, &pairs).await;
            assert!(reply.headers.get_all("set-cookie").iter().next().is_none(), "{action}");
            assert!(!reply.header("location").contains("code="), "{action} {}", reply.header("location"));
        }
    }
    let reply = post("/login", &other, &[("username", "ann"), ("password", PASSWORD)]).await;
    assert_eq!(reply.status, 400, "a user of another pool");
}

#[tokio::test]
async fn the_error_page_names_the_request_whose_reason_was_noted() {
    let bench = Bench::new();
    let client = client(&bench).await;
    let mut browser = Browser::new(&bench);
    let query = format!("client_id={}&response_type=code&redirect_uri=https%3A%2F%2Fevil.example", client.id);
    let reply = browser.get(&format!("/oauth2/authorize?{query}")).await;
    let noted = bench.decisions.last();
    assert_eq!(noted.got.as_deref(), Some("https://evil.example"));
    let page = browser.get(reply.location()).await;
    assert!(page.text().contains(&noted.request_id), "{}", page.text());
    let forged = browser.get("/error?error=redirect_mismatch&request_id=call%20%2B1%20555").await;
    assert!(!forged.text().contains("call"), "{}", forged.text());
}

#[tokio::test]
async fn a_client_of_other_identity_providers_only_takes_no_passwords() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    let settings = user_pools::client::ClientSettings {
        identity_providers: Some(vec!["Google".to_owned()]),
        ..client.settings.clone()
    };
    let stored = bench.store.client(client.id.clone()).await.unwrap();
    bench.store.replace_client(bench.now(), AppClient { settings, ..stored }).await.unwrap();
    let mut browser = Browser::new(&bench);
    for path in ["/oauth2/authorize", "/login"] {
        let reply = browser.get(&format!("{path}?{}", ask(&client))).await;
        assert_eq!(reply.sent("error").as_deref(), Some("unauthorized_client"));
    }
}
