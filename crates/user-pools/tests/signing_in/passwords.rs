use crate::actor::{App, claims, says, tokens};
use testing::{Bench, PASSWORD};
use user_pools::error::ErrorKind;
use user_pools::sign_in::{Door, Flow};
use user_pools::user::UserStatus;

#[tokio::test]
async fn the_right_password_gives_three_tokens_and_a_stored_sign_in() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    let alice = bench.user(&app.pool, "alice").await;
    let tokens = app.tokens("alice", PASSWORD).await;
    assert_eq!(tokens.expires_in, 3600);
    let (id, access) = (claims(tokens.id.as_ref().unwrap()), claims(&tokens.access));
    assert_eq!(id["sub"], alice.sub.as_str());
    assert_eq!(id["iss"], format!("http://localhost:4566/{}", app.pool.id));
    assert_eq!(id["cognito:username"], "alice");
    assert_eq!(id["email_verified"], true);
    assert_eq!(access["scope"], "aws.cognito.signin.user.admin");
    assert_eq!(access["origin_jti"], id["origin_jti"]);
    assert_ne!(access["jti"], id["jti"]);
    let sign_in = app.bench.pools.store.sign_in(bench.now(), id["origin_jti"].as_str().unwrap().into()).await.unwrap();
    assert_eq!((sign_in.sub.as_str(), sign_in.methods.as_slice()), (alice.sub.as_str(), &["pwd".to_owned()][..]));
    assert!(tokens.refresh.unwrap().starts_with("eyJjdHkiOi"));
    let decision = bench.decisions.last();
    assert!(decision.allowed && decision.action == "InitiateAuth" && decision.user == Some(alice.sub));
}

#[tokio::test]
async fn a_wrong_password_and_every_other_refusal_before_it_have_their_own_words() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    bench.user(&app.pool, "alice").await;
    assert_eq!(says(app.sign_in("alice", "wrong").await), "Incorrect username or password.");
    assert_eq!(bench.decisions.last().rule, "password");
    assert_eq!(says(app.sign_in("nobody", PASSWORD).await), "User does not exist.");
    assert_eq!(
        says(app.start(Flow::UserPassword, &[("USERNAME", "alice")]).await),
        "Missing required parameter PASSWORD"
    );
    assert_eq!(
        says(app.start(Flow::AdminUserPassword, &[("USERNAME", "alice"), ("PASSWORD", PASSWORD)]).await),
        "Initiate Auth method not supported."
    );
    let unknown = App {
        client: {
            let mut c = app.client.clone();
            c.id.0 = "nosuchclient".into();
            c
        },
        pool: app.pool.clone(),
        ..App::new(&bench).await
    };
    assert_eq!(says(unknown.sign_in("alice", PASSWORD).await), "User pool client nosuchclient does not exist.");
}

#[tokio::test]
async fn the_status_shows_only_after_the_right_password() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    bench.user_with(&app.pool, "new", |user| user.status = UserStatus::Unconfirmed).await;
    bench.user_with(&app.pool, "off", |user| user.enabled = false).await;
    for (name, kind, sentence) in [
        ("new", ErrorKind::UserNotConfirmed, "User is not confirmed."),
        ("off", ErrorKind::NotAuthorized, "User is disabled."),
    ] {
        assert_eq!(says(app.sign_in(name, "wrong").await), "Incorrect username or password.");
        let refused = app.sign_in(name, PASSWORD).await.err().unwrap();
        assert_eq!((refused.kind, &*refused.message), (kind, sentence));
    }
    bench.user_with(&app.pool, "reset", |user| user.status = UserStatus::ResetRequired).await;
    assert_eq!(says(app.sign_in("reset", "wrong").await), "Password reset required for the user");
}

#[tokio::test]
async fn a_temporary_password_ends() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    let end = bench.now() + 1000;
    bench
        .user_with(&app.pool, "guest", |user| {
            user.status = UserStatus::ForceChangePassword;
            user.credentials.password.as_mut().unwrap().expires_at = Some(end);
        })
        .await;
    assert!(app.sign_in("guest", PASSWORD).await.is_ok());
    bench.clock.advance(1000);
    assert_eq!(
        says(app.sign_in("guest", PASSWORD).await),
        "Temporary password has expired and must be reset by an administrator."
    );
}

#[tokio::test]
async fn a_client_with_a_secret_proves_it_over_the_name_it_sends() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.confidential_client(&pool).await;
    let app = App { bench: &bench, pool, client, door: Door::Api };
    bench.user(&app.pool, "alice").await;
    let (id, hash) = (&app.client.id, |name: &str| {
        user_pools::secret_hash::compute(testing::CLIENT_SECRET.as_bytes(), name, &app.client.id.0)
    });
    let with = async |hash: &str| {
        app.start(Flow::UserPassword, &[("USERNAME", "alice"), ("PASSWORD", PASSWORD), ("SECRET_HASH", hash)]).await
    };
    assert!(with(&hash("alice")).await.is_ok());
    assert_eq!(says(with(&hash("bob")).await), format!("Unable to verify secret hash for client {id}"));
    assert_eq!(
        says(app.sign_in("alice", PASSWORD).await),
        format!("Client {id} is configured with secret but SECRET_HASH was not received")
    );
    let public = App::new(&bench).await;
    assert!(
        says(public.start(Flow::UserPassword, &[("USERNAME", "a"), ("PASSWORD", "b"), ("SECRET_HASH", "x")]).await)
            .ends_with("is not configured for secret but secret hash was received")
    );
}

#[tokio::test]
async fn a_sign_in_by_alias_shows_the_internal_name() {
    let bench = Bench::new();
    let app = App::with(&bench, |pool| pool.username_attributes = vec![user_pools::pool::AliasKind::Email]).await;
    let alice = bench.user(&app.pool, "alice@example.com").await;
    for name in ["alice@example.com", alice.sub.as_str()] {
        let tokens = app.tokens(name, PASSWORD).await;
        assert_eq!(claims(&tokens.access)["username"], alice.sub.as_str());
    }
}

#[tokio::test]
async fn an_operator_signs_a_user_in_through_their_own_flow() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    bench.user(&app.pool, "alice").await;
    let door = Door::Admin(app.pool.id.clone());
    let admin = App { bench: &bench, pool: app.pool.clone(), client: app.client.clone(), door };
    tokens(admin.sign_in("alice", PASSWORD).await);
    let other = App::new(&bench).await;
    let foreign = App {
        bench: &bench,
        pool: other.pool.clone(),
        client: app.client.clone(),
        door: Door::Admin(other.pool.id.clone()),
    };
    assert!(says(foreign.sign_in("alice", PASSWORD).await).ends_with("does not exist."));
}

#[tokio::test]
async fn a_device_is_unknown_where_the_pool_tracks_none() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    bench.user(&app.pool, "alice").await;
    let device = [("USERNAME", "alice"), ("PASSWORD", PASSWORD), ("DEVICE_KEY", "us-east-1_x")];
    let refused = app.start(Flow::UserPassword, &device).await.err().unwrap();
    assert_eq!((refused.kind, &*refused.message), (ErrorKind::ResourceNotFound, "Device does not exist."));
}

#[tokio::test]
async fn the_history_refuses_earlier_passwords() {
    let bench = Bench::new();
    let app = App::with(&bench, |pool| pool.password_policy.history_size = Some(2)).await;
    let mut alice = bench.user(&app.pool, "alice").await;
    let policy = &app.pool.settings.password_policy;
    let second = bench.pools.accept_password(&app.pool, &alice, "Second2!").await.unwrap();
    alice.credentials.set_password(policy, second);
    for used in [PASSWORD, "Second2!"] {
        let refused = bench.pools.accept_password(&app.pool, &alice, used).await.err().unwrap();
        assert_eq!(refused.kind, ErrorKind::PasswordHistoryPolicyViolation, "{used}");
    }
    let third = bench.pools.accept_password(&app.pool, &alice, "Third33!").await.unwrap();
    alice.credentials.set_password(policy, third);
    assert!(bench.pools.accept_password(&app.pool, &alice, PASSWORD).await.is_ok(), "two back is forgotten");
}
