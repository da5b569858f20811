//! Something happens to the user after the credential was found right and before the sign-in is opened: a function of the pool that is asked
//! in between is the moment.
use crate::actor::{App, Srp, challenge, says};
use crate::scene;
use std::pin::Pin;
use testing::{Bench, PASSWORD};
use tokio::runtime::Handle;
use tokio::task::block_in_place;
use user_pools::client::AppClient;
use user_pools::oauth::{CodeRequest, LoginOf, Redemption, Site};
use user_pools::ports::Page;
use user_pools::sign_in::{Door, Flow, Outcome, Proof, Start};
use user_pools::user::User;
use user_pools::{RequestContext, UserPools};

const CALLBACK: &str = "https://app.example/callback";

type Act = fn(UserPools, RequestContext, User) -> Pin<Box<dyn Future<Output = ()> + Send>>;

/// What ends a sign-in under way, and what is said then.
const ACTS: [(&str, Act, &str); 4] = [
    ("disabled", |pools, cx, user| Box::pin(disable(pools, cx, user)), "User is disabled."),
    ("password", |pools, cx, user| Box::pin(new_password(pools, cx, user)), "Invalid session for the user."),
    ("signed out", |pools, cx, user| Box::pin(sign_out(pools, cx, user)), "Invalid session for the user."),
    ("deleted", |pools, cx, user| Box::pin(delete(pools, cx, user)), "Invalid session for the user."),
];

async fn disable(pools: UserPools, cx: RequestContext, user: User) {
    let pool = pools.store.pool(user.pool.clone()).await.unwrap();
    pools.admin_disable_user(&cx, &pool, &user.username).await.unwrap();
}

async fn new_password(pools: UserPools, cx: RequestContext, user: User) {
    let pool = pools.store.pool(user.pool.clone()).await.unwrap();
    pools.admin_set_user_password(&cx, &pool, &user.username, "N3w-Passw0rd!", true).await.unwrap();
}

async fn sign_out(pools: UserPools, cx: RequestContext, user: User) {
    let pool = pools.store.pool(user.pool.clone()).await.unwrap();
    pools.admin_global_sign_out(&cx, &pool, &user.username).await.unwrap();
}

async fn delete(pools: UserPools, _: RequestContext, user: User) {
    pools.store.delete_user(0, user.pool, user.sub).await.unwrap();
}

/// While the function is asked, the act happens.
fn happens(bench: &Bench, function: &str, act: Act, user: &User) {
    let (pools, cx, user) = (bench.pools.clone(), bench.cx(), user.clone());
    bench.functions.answers(function, move |_, _| {
        let act = act(pools.clone(), cx.clone(), user.clone());
        block_in_place(|| Handle::current().block_on(act));
    });
}

async fn live_sign_ins(app: &App<'_>, user: &User) -> usize {
    let page = Page { after: None, limit: 10 };
    let (pool, sub) = (user.pool.clone(), user.sub.clone());
    app.bench.pools.store.list_sign_ins(app.bench.now(), pool, sub, page).await.unwrap().len()
}

async fn proof(app: &App<'_>, name: &str) -> Box<Proof> {
    let parameters = [("USERNAME", name), ("PASSWORD", PASSWORD)].into_iter().collect();
    let client = app.client.id.clone();
    let start = Start { door: Door::ManagedLogin, client, flow: Flow::UserPassword, parameters, session: None };
    match app.bench.pools.start(&app.bench.cx(), &start).await.unwrap() {
        Outcome::Authenticated(proof) => proof,
        Outcome::Challenge(_) => panic!("a challenge"),
    }
}

async fn code_for(app: &App<'_>, login: &LoginOf) -> user_pools::Result<String> {
    let scopes = ["openid".to_owned()];
    let redirect_uri = CALLBACK;
    let asked = CodeRequest { client: &app.client, redirect_uri, scopes: &scopes, nonce: None, code_challenge: None };
    app.bench.pools.issue_code_for(&app.bench.cx(), asked, login).await
}

async fn redeem(bench: &Bench, client: &AppClient, code: &str) -> Option<String> {
    let given = Redemption { code, redirect_uri: Some(CALLBACK), verifier: None };
    let result = bench.pools.redeem_code(&bench.cx(), client, given).await;
    result.err().map(|refusal| format!("{} {}", refusal.code.as_str(), refusal.rule))
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_shut_out_while_tokens_are_made_gets_none() {
    let bench = Bench::new();
    let app = scene::app(&bench, &["PreTokenGeneration"]).await;
    for (name, act, expected) in ACTS {
        for flow in [Flow::UserPassword, Flow::UserSrp] {
            let name = format!("{name} {}", flow.as_str()).replace(' ', "-");
            let user = bench.user(&app.pool, &name).await;
            happens(&bench, "PreTokenGeneration", act, &user);
            let result = if flow == Flow::UserPassword {
                app.sign_in(&name, PASSWORD).await
            } else {
                let srp = Srp::new(3);
                let asked = challenge(app.srp_start(&name, &srp).await);
                app.srp_claim(&asked, &srp, PASSWORD).await
            };
            assert_eq!(says(result), expected, "{name}");
            assert_eq!(live_sign_ins(&app, &user).await, 0, "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_shut_out_while_a_code_is_redeemed_gets_no_tokens() {
    let bench = Bench::new();
    let app = scene::app(&bench, &["PreTokenGeneration"]).await;
    for (name, act, _) in ACTS {
        let name = name.replace(' ', "-");
        let user = bench.user(&app.pool, &name).await;
        let (_, login) = bench.pools.open_login(&bench.cx(), &*proof(&app, &name).await, None).await.unwrap();
        let code = code_for(&app, &login).await.unwrap();
        happens(&bench, "PreTokenGeneration", act, &user);
        let refused = redeem(&bench, &app.client, &code).await.unwrap();
        assert!(refused.starts_with("invalid_grant"), "{name}: {refused}");
        assert_eq!(live_sign_ins(&app, &user).await, 0, "{name}");
    }
}

#[tokio::test]
async fn who_is_shut_out_before_the_login_cookie_is_made_gets_none() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    for (name, act, expected) in ACTS {
        let name = name.replace(' ', "-");
        let user = bench.user(&app.pool, &name).await;
        let proof = proof(&app, &name).await;
        act(bench.pools.clone(), bench.cx(), user).await;
        assert_eq!(says(bench.pools.open_login(&bench.cx(), &proof, None).await.map(drop)), expected, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_shut_out_after_the_login_cookie_was_read_gets_neither_code_nor_tokens() {
    let bench = Bench::new();
    let app = scene::app(&bench, &["PreTokenGeneration"]).await;
    let site = Site { pool: app.pool.clone(), client: app.client.clone() };
    for (name, act, expected) in ACTS {
        let name = name.replace(' ', "-");
        let user = bench.user(&app.pool, &name).await;
        let proof = proof(&app, &name).await;
        let (_, login) = bench.pools.open_login(&bench.cx(), &proof, None).await.unwrap();
        act(bench.pools.clone(), bench.cx(), user.clone()).await;
        assert_eq!(says(code_for(&app, &login).await), expected, "{name}");
        let scopes = ["openid".to_owned()];
        let refused = bench.pools.issue_implicit(&bench.cx(), &site, &login, &scopes, None).await.map(drop);
        assert!(refused.is_err(), "{name}");
        assert_eq!(live_sign_ins(&app, &user).await, 0, "{name}");
    }
}

#[tokio::test]
async fn a_global_sign_out_ends_what_was_begun_before_it() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    let user = bench.user(&app.pool, "ann").await;
    let srp = Srp::new(3);
    let asked = challenge(app.srp_start("ann", &srp).await);
    bench.clock.advance(1);
    sign_out(bench.pools.clone(), bench.cx(), user).await;
    assert_eq!(says(app.srp_claim(&asked, &srp, PASSWORD).await), "Incorrect username or password.");
    app.tokens("ann", PASSWORD).await;
}
