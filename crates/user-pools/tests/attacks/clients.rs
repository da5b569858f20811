//! What belongs to an app client: its secret, its flows, its refresh tokens.
use crate::actor::{App, Srp, challenge, refusal, says, tokens};
use crate::house::{asking, house};
use testing::{Bench, CLIENT_SECRET, PASSWORD};
use user_pools::error::ErrorKind;
use user_pools::sign_in::{ChallengeName, Door, Flow};
use user_pools::token::ClientProof;
use user_pools::users::{Asking, ConfirmForgotPassword, ConfirmSignUp, SignUp};

/// A client with a secret, in a pool of its own.
async fn confidential(bench: &Bench) -> App<'_> {
    let pool = bench.pool_with(|pool| pool.auto_verified = vec![user_pools::pool::Contact::Email]).await;
    let client = bench.confidential_client(&pool).await;
    App { bench, pool, client, door: Door::Api }
}

fn hash(app: &App<'_>, name: &str) -> String {
    user_pools::secret_hash::compute(CLIENT_SECRET.as_bytes(), name, &app.client.id.0)
}

#[tokio::test]
async fn a_secret_hash_is_good_for_its_own_user_and_client_in_every_call() {
    let bench = Bench::new();
    let (app, other) = (confidential(&bench).await, confidential(&bench).await);
    bench.user(&app.pool, "alice").await;
    bench.user(&app.pool, "bob").await;
    let right = hash(&app, "alice");
    let (bobs, elsewhere) = (hash(&app, "bob"), hash(&other, "alice"));
    let swapped = user_pools::secret_hash::compute(CLIENT_SECRET.as_bytes(), &app.client.id.0, "alice");
    let with_secret = [("USERNAME", "alice"), ("PASSWORD", PASSWORD), ("SECRET_HASH", &*right)];
    let refresh = tokens(app.start(Flow::UserPassword, &with_secret).await).refresh.unwrap();
    for wrong in [Some(&*bobs), Some(&*elsewhere), Some(&*swapped), Some(&right[..43]), Some("x"), Some(""), None] {
        let pair = wrong.map(|wrong| ("SECRET_HASH", wrong));
        let start = async |flow, pairs: &[(&str, &str)]| {
            let all: Vec<_> = pairs.iter().copied().chain(pair).collect();
            refusal(app.start(flow, &all).await).kind
        };
        let a = Srp::new(3).public();
        assert_eq!(
            start(Flow::UserPassword, &[("USERNAME", "alice"), ("PASSWORD", PASSWORD)]).await,
            ErrorKind::NotAuthorized
        );
        assert_eq!(start(Flow::UserSrp, &[("USERNAME", "alice"), ("SRP_A", &a)]).await, ErrorKind::NotAuthorized);
        assert_eq!(start(Flow::RefreshToken, &[("REFRESH_TOKEN", &refresh)]).await, ErrorKind::NotAuthorized);
        let who = || Asking { secret_hash: wrong.map(str::to_owned), ..asking(&app, "alice") };
        let (pools, cx) = (&bench.pools, bench.cx());
        let sign_up = SignUp {
            asking: Asking { username: "new".into(), ..who() },
            password: Some(PASSWORD.into()),
            attributes: vec![],
        };
        let confirm = ConfirmSignUp { asking: who(), code: "000000".into(), force_alias: false };
        let recover = ConfirmForgotPassword { asking: who(), code: "000000".into(), password: PASSWORD.into() };
        for kind in [
            refusal(pools.forgot_password(&cx, who()).await).kind,
            refusal(pools.resend_confirmation_code(&cx, who()).await).kind,
            refusal(pools.sign_up(&cx, sign_up).await).kind,
            refusal(pools.confirm_sign_up(&cx, confirm).await).kind,
            refusal(pools.confirm_forgot_password(&cx, recover).await).kind,
        ] {
            assert_eq!(kind, ErrorKind::NotAuthorized, "{wrong:?}");
        }
    }
    assert_eq!(bench.mail.count(), 0);
}

#[tokio::test]
async fn the_answer_to_a_challenge_needs_the_hash_of_its_own_user_too() {
    let bench = Bench::new();
    let app = confidential(&bench).await;
    bench.user(&app.pool, "alice").await;
    let srp = Srp::new(3);
    let (right, public) = (hash(&app, "alice"), srp.public());
    let begun = app.start(Flow::UserSrp, &[("USERNAME", "alice"), ("SRP_A", &public), ("SECRET_HASH", &right)]).await;
    let asked = challenge(begun);
    let claim = srp.claim(&app.pool, &asked, PASSWORD, &app.timestamp());
    for wrong in [Some(hash(&app, "bob")), None] {
        let pairs: Vec<_> =
            claim.pairs().into_iter().chain(wrong.as_deref().map(|hash| ("SECRET_HASH", hash))).collect();
        refusal(app.answer(ChallengeName::PasswordVerifier, None, &pairs).await);
    }
    let pairs: Vec<_> = claim.pairs().into_iter().chain([("SECRET_HASH", &*right)]).collect();
    tokens(app.answer(ChallengeName::PasswordVerifier, None, &pairs).await);
}

#[tokio::test]
async fn a_refresh_token_is_no_good_at_another_client_of_the_pool_or_in_another_pool() {
    let bench = Bench::new();
    let (app, far) = (App::new(&bench).await, App::new(&bench).await);
    bench.user(&app.pool, "alice").await;
    bench.user(&far.pool, "alice").await;
    let near = bench.client(&app.pool).await;
    let token = app.tokens("alice", PASSWORD).await.refresh.unwrap();
    for client in [&near, &far.client] {
        let refused = bench.pools.refresh(&bench.cx(), "Refresh", client, &token, ClientProof::Checked).await;
        assert_eq!(says(refused.map(drop)), "Invalid Refresh Token");
        assert!(bench.pools.revoke_token(&bench.cx(), client, &token, (None, false)).await.is_err());
    }
    // Nor does the attempt harm its owner.
    assert!(app.refresh(&token).await.is_ok());
}

#[tokio::test]
async fn an_operators_flow_is_closed_to_the_public_and_an_operator_to_other_pools() {
    let bench = Bench::new();
    let (app, other) = (house(&bench).await, house(&bench).await);
    bench.user(&app.pool, "alice").await;
    let given = [("USERNAME", "alice"), ("PASSWORD", PASSWORD)];
    assert_eq!(says(app.start(Flow::AdminUserPassword, &given).await), "Initiate Auth method not supported.");
    let foreign = App {
        door: Door::Admin(other.pool.id.clone()),
        bench: &bench,
        pool: app.pool.clone(),
        client: app.client.clone(),
    };
    assert_eq!(refusal(foreign.start(Flow::AdminUserPassword, &given).await).kind, ErrorKind::ResourceNotFound);
}

#[tokio::test]
async fn a_flow_that_a_client_has_not_opened_cannot_be_entered_through_another() {
    let bench = Bench::new();
    let pool = bench.pool_with(crate::house::open).await;
    let client = bench.client_with(&pool, |client| client.auth_flows = Some(vec!["ALLOW_USER_SRP_AUTH".into()])).await;
    let app = App { bench: &bench, pool, client, door: Door::Api };
    bench.user(&app.pool, "alice").await;
    let given = [("USERNAME", "alice"), ("PASSWORD", PASSWORD), ("REFRESH_TOKEN", "x")];
    for flow in [Flow::UserPassword, Flow::UserAuth, Flow::Custom, Flow::RefreshToken, Flow::AdminUserPassword] {
        assert!(app.start(flow, &given).await.is_err(), "{}", flow.as_str());
    }
    let asked = challenge(app.srp_start("alice", &Srp::new(3)).await);
    let answer = app.answer(ChallengeName::Password, Some(&asked.session), &given).await;
    assert_eq!(says(answer), "Invalid code or auth state for the user.");
}
