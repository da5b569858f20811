use crate::actor::{App, challenge, claims, refusal, says, tokens};
use crate::soft_key::{SoftKey, encode};
use serde_json::{Value, json};
use testing::{Bench, PASSWORD};
use user_pools::access::Access;
use user_pools::client::ClientSettings;
use user_pools::error::ErrorKind;
use user_pools::passkeys::Registrant;
use user_pools::pool::MfaRequirement::{On, Optional};
use user_pools::pool::PoolSettings;
use user_pools::sign_in::ChallengeName::WebAuthn;
use user_pools::sign_in::{Challenge, Door, Flow, SignedIn};
use user_pools::user::User;

const PARTY: &str = "example.com";
const ORIGIN: &str = "https://app.example.com";
const WRONG: &str = "Incorrect username or password.";

async fn app_with(bench: &Bench, change: impl FnOnce(&mut PoolSettings)) -> App<'_> {
    let pool = bench
        .pool_with(|pool| {
            pool.first_factors = vec!["PASSWORD".into(), "WEB_AUTHN".into()];
            pool.documents.insert("WebAuthnConfiguration".into(), json!({"RelyingPartyId": PARTY}));
            change(pool);
        })
        .await;
    let client = bench.client_with(&pool, open).await;
    App { bench, pool, client, door: Door::Api }
}

fn open(settings: &mut ClientSettings) {
    settings.auth_flows.get_or_insert_default().push("ALLOW_USER_AUTH".into());
}

async fn app(bench: &Bench) -> App<'_> {
    app_with(bench, |_| {}).await
}

async fn access(app: &App<'_>, name: &str) -> Access {
    let token = app.tokens(name, PASSWORD).await.access;
    app.bench.pools.access(app.bench.now(), &token).await.unwrap()
}

async fn begin(app: &App<'_>, access: &Access) -> Value {
    app.bench.pools.start_passkey(&app.bench.cx(), Registrant::from(access)).await.unwrap()
}

async fn complete(app: &App<'_>, access: &Access, document: &Value) -> user_pools::Result<()> {
    app.bench.pools.complete_passkey(&app.bench.cx(), Registrant::from(access), document).await
}

/// Registers a key for a user.
async fn registered(app: &App<'_>, name: &str, id: u8) -> SoftKey {
    let (key, access) = (SoftKey::new(id, PARTY, ORIGIN), access(app, name).await);
    let options = begin(app, &access).await;
    complete(app, &access, &key.register(&options)).await.unwrap();
    key
}

async fn ask(app: &App<'_>, name: &str) -> Challenge {
    challenge(app.start(Flow::UserAuth, &[("USERNAME", name), ("PREFERRED_CHALLENGE", "WEB_AUTHN")]).await)
}

fn options(asked: &Challenge) -> Value {
    serde_json::from_str(&asked.parameters["CREDENTIAL_REQUEST_OPTIONS"]).unwrap()
}

async fn answer(app: &App<'_>, asked: &Challenge, name: &str, credential: &str) -> user_pools::Result<SignedIn> {
    app.answer(WebAuthn, Some(&asked.session), &[("USERNAME", name), ("CREDENTIAL", credential)]).await
}

#[tokio::test]
async fn a_registered_passkey_signs_in() {
    let bench = Bench::new();
    let app = app(&bench).await;
    let user = bench.user(&app.pool, "alice").await;
    let access = access(&app, "alice").await;
    let offered = begin(&app, &access).await;
    assert_eq!((&offered["rp"]["id"], &offered["user"]["id"]), (&json!(PARTY), &json!(encode(user.sub.as_bytes()))));
    assert_eq!(offered["authenticatorSelection"]["userVerification"], "preferred");
    let mut key = SoftKey::new(1, PARTY, ORIGIN);
    complete(&app, &access, &key.register(&offered)).await.unwrap();
    let held = bench.pools.own_passkeys(&access).await.unwrap();
    assert_eq!((held.len(), held[0].id.as_str(), held[0].relying_party.as_str()), (1, encode(&key.id).as_str(), PARTY));
    let asked = ask(&app, "alice").await;
    assert_eq!(asked.name, WebAuthn);
    let credential = key.sign(&options(&asked), &user.sub);
    let done = tokens(answer(&app, &asked, "alice", &credential).await);
    let origin = claims(&done.access)["origin_jti"].as_str().unwrap().to_owned();
    assert_eq!(bench.pools.store.sign_in(bench.now(), origin).await.unwrap().methods, ["hwk"]);
}

#[tokio::test]
async fn a_registration_is_answered_once_by_the_client_and_the_user_it_belongs_to() {
    let bench = Bench::new();
    let app = app(&bench).await;
    bench.user(&app.pool, "alice").await;
    bench.user(&app.pool, "bob").await;
    let (alice, bob) = (access(&app, "alice").await, access(&app, "bob").await);
    let key = SoftKey::new(1, PARTY, ORIGIN);
    let document = key.register(&begin(&app, &alice).await);
    assert_eq!(refusal(complete(&app, &bob, &document).await).kind, ErrorKind::WebAuthnChallengeNotFound);
    complete(&app, &alice, &document).await.unwrap();
    assert_eq!(refusal(complete(&app, &alice, &document).await).kind, ErrorKind::WebAuthnChallengeNotFound);

    let document = SoftKey::new(2, PARTY, ORIGIN).register(&begin(&app, &alice).await);
    let other = bench.client_with(&app.pool, open).await;
    let who = Registrant { pool: &alice.pool, user: &alice.user, client: &other.id };
    let refused = refusal(bench.pools.complete_passkey(&bench.cx(), who, &document).await);
    assert_eq!(refused.kind, ErrorKind::WebAuthnClientMismatch);

    let document = SoftKey::new(3, PARTY, ORIGIN).register(&begin(&app, &alice).await);
    bench.clock.advance(5 * 60_000);
    assert_eq!(refusal(complete(&app, &alice, &document).await).kind, ErrorKind::WebAuthnChallengeNotFound);
}

#[tokio::test]
async fn foreign_origins_parties_and_documents_are_refused() {
    let bench = Bench::new();
    let app = app(&bench).await;
    bench.user(&app.pool, "alice").await;
    let alice = access(&app, "alice").await;
    let kind =
        async |key: SoftKey| refusal(complete(&app, &alice, &key.register(&begin(&app, &alice).await)).await).kind;
    assert_eq!(kind(SoftKey::new(1, PARTY, "https://example.com.evil.net")).await, ErrorKind::WebAuthnOriginNotAllowed);
    assert_eq!(kind(SoftKey::new(1, PARTY, "http://app.example.com")).await, ErrorKind::WebAuthnOriginNotAllowed);
    assert_eq!(kind(SoftKey::new(1, "evil.net", ORIGIN)).await, ErrorKind::WebAuthnRelyingPartyMismatch);
    begin(&app, &alice).await;
    assert_eq!(refusal(complete(&app, &alice, &json!({"x": 1})).await).kind, ErrorKind::InvalidParameter);
    let mut other = begin(&app, &alice).await;
    other["challenge"] = json!(encode(&[7; 32]));
    let refused = refusal(complete(&app, &alice, &SoftKey::new(1, PARTY, ORIGIN).register(&other)).await);
    assert_eq!(refused.kind, ErrorKind::WebAuthnChallengeNotFound);
    assert!(bench.pools.own_passkeys(&alice).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_passkey_of_another_user_never_helps() {
    let bench = Bench::new();
    let app = app(&bench).await;
    let alice = bench.user(&app.pool, "alice").await;
    let bob = bench.user(&app.pool, "bob").await;
    let mut alices = registered(&app, "alice", 1).await;
    registered(&app, "bob", 2).await;
    let asked = ask(&app, "bob").await;
    let credential = alices.sign(&options(&asked), &bob.sub);
    assert_eq!(says(answer(&app, &asked, "bob", &credential).await), WRONG, "in bob's session");
    let asked = ask(&app, "alice").await;
    let credential = alices.sign(&options(&asked), &bob.sub);
    assert_eq!(says(answer(&app, &asked, "alice", &credential).await), WRONG, "naming bob");
    // The credential of a stranger under the id of bob's key.
    let mut forged = SoftKey::new(2, PARTY, ORIGIN);
    let asked = ask(&app, "bob").await;
    let credential = forged.sign(&options(&asked), &bob.sub);
    assert_eq!(says(answer(&app, &asked, "bob", &credential).await), WRONG, "another key under the same id");
    assert_eq!(says(answer(&app, &asked, "alice", &credential).await), "Invalid session provided for the user.");
    // The id of alice's key cannot be registered by bob.
    let access = access(&app, "bob").await;
    let taken = SoftKey::new(1, PARTY, ORIGIN).register(&begin(&app, &access).await);
    assert_eq!(refusal(complete(&app, &access, &taken).await).kind, ErrorKind::WebAuthnCredentialNotSupported);
    let _ = alice;
}

#[tokio::test]
async fn a_challenge_is_signed_once_and_not_carried_over() {
    let bench = Bench::new();
    let app = app(&bench).await;
    let user = bench.user(&app.pool, "alice").await;
    let mut key = registered(&app, "alice", 1).await;
    let (first, second) = (ask(&app, "alice").await, ask(&app, "alice").await);
    let credential = key.sign(&options(&first), &user.sub);
    assert_eq!(says(answer(&app, &second, "alice", &credential).await), WRONG, "another session's challenge");
    tokens(answer(&app, &first, "alice", &credential).await);
    let again = says(answer(&app, &first, "alice", &credential).await);
    assert_eq!(again, "Invalid session for the user, session can only be used once.", "replayed");
}

#[tokio::test]
async fn one_session_sent_again_and_again_locks_nobody_out() {
    let bench = Bench::new();
    let app = app(&bench).await;
    let user = bench.user(&app.pool, "alice").await;
    let mut key = registered(&app, "alice", 1).await;
    let (spent, asked) = (ask(&app, "alice").await, ask(&app, "alice").await);
    let foreign = key.sign(&options(&asked), &user.sub);
    assert_eq!(says(answer(&app, &spent, "alice", &foreign).await), WRONG);
    for _ in 0..10 {
        let again = says(answer(&app, &spent, "alice", &foreign).await);
        assert_eq!(again, "Invalid session for the user, session can only be used once.");
    }
    tokens(answer(&app, &asked, "alice", &foreign).await);
}

#[tokio::test]
async fn a_counter_that_goes_back_is_a_copy() {
    let bench = Bench::new();
    let app = app(&bench).await;
    let user = bench.user(&app.pool, "alice").await;
    let mut key = registered(&app, "alice", 1).await;
    key.counter = 40;
    let asked = ask(&app, "alice").await;
    let credential = key.sign(&options(&asked), &user.sub);
    tokens(answer(&app, &asked, "alice", &credential).await);
    key.counter = 10;
    let asked = ask(&app, "alice").await;
    let credential = key.sign(&options(&asked), &user.sub);
    assert_eq!(says(answer(&app, &asked, "alice", &credential).await), WRONG);
}

#[tokio::test]
async fn a_deleted_passkey_is_no_longer_offered_and_finishes_nothing() {
    let bench = Bench::new();
    let app = app(&bench).await;
    let user = bench.user(&app.pool, "alice").await;
    let mut key = registered(&app, "alice", 1).await;
    bench.user(&app.pool, "bob").await;
    let (alice, bob) = (access(&app, "alice").await, access(&app, "bob").await);
    let id = encode(&key.id);
    let asked = ask(&app, "alice").await;
    let refused = refusal(bench.pools.delete_passkey(&bench.cx(), &bob, &id).await);
    assert_eq!(refused.kind, ErrorKind::ResourceNotFound, "bob cannot delete alice's");
    bench.pools.delete_passkey(&bench.cx(), &alice, &id).await.unwrap();
    let credential = key.sign(&options(&asked), &user.sub);
    assert_eq!(says(answer(&app, &asked, "alice", &credential).await), WRONG);
    assert_ne!(ask(&app, "alice").await.name, WebAuthn);
}

#[tokio::test]
async fn user_verification_is_demanded_where_the_pool_says_so() {
    let bench = Bench::new();
    let required = |pool: &mut PoolSettings| {
        let document = json!({"RelyingPartyId": PARTY, "UserVerification": "required"});
        pool.documents.insert("WebAuthnConfiguration".into(), document);
    };
    let app = app_with(&bench, required).await;
    let user = bench.user(&app.pool, "alice").await;
    let mut key = registered(&app, "alice", 1).await;
    key.verifies = false;
    let asked = ask(&app, "alice").await;
    assert_eq!(options(&asked)["userVerification"], "required");
    let credential = key.sign(&options(&asked), &user.sub);
    assert_eq!(says(answer(&app, &asked, "alice", &credential).await), WRONG);
}

#[tokio::test]
async fn a_passkey_goes_around_a_second_factor_only_where_it_counts_as_two() {
    let bench = Bench::new();
    let with_mail = |pool: &mut PoolSettings| {
        pool.mfa = Optional;
        pool.documents.insert("EmailMfaConfiguration".into(), json!({}));
    };
    let careful = |user: &mut User| user.credentials.mfa_enabled = vec!["EMAIL_OTP".into()];
    let app = app_with(&bench, with_mail).await;
    bench.user(&app.pool, "alice").await;
    registered(&app, "alice", 1).await;
    let mut stored = bench.pools.find_user(&app.pool, "alice").await.unwrap().unwrap();
    careful(&mut stored);
    bench.pools.store.replace_user(bench.now(), stored).await.unwrap();
    assert_ne!(ask(&app, "alice").await.name, WebAuthn, "not offered");

    let two = |pool: &mut PoolSettings| {
        pool.mfa = On;
        pool.software_token_mfa = Some(true);
        let factor = "MULTI_FACTOR_WITH_USER_VERIFICATION";
        let document = json!({"RelyingPartyId": PARTY, "FactorConfiguration": factor});
        pool.documents.insert("WebAuthnConfiguration".into(), document);
    };
    let strict = app_with(&bench, two).await;
    let user = bench.user(&strict.pool, "alice").await;
    let who = Registrant { pool: &strict.pool, user: &user, client: &strict.client.id };
    let offered = bench.pools.start_passkey(&bench.cx(), who).await.unwrap();
    let mut key = SoftKey::new(5, PARTY, ORIGIN);
    let who = Registrant { pool: &strict.pool, user: &user, client: &strict.client.id };
    bench.pools.complete_passkey(&bench.cx(), who, &key.register(&offered)).await.unwrap();
    let asked = ask(&strict, "alice").await;
    let credential = key.sign(&options(&asked), &user.sub);
    tokens(answer(&strict, &asked, "alice", &credential).await);
}

#[tokio::test]
async fn twenty_passkeys_are_enough() {
    let bench = Bench::new();
    let app = app(&bench).await;
    bench.user(&app.pool, "alice").await;
    for id in 0..20 {
        registered(&app, "alice", id).await;
    }
    let alice = access(&app, "alice").await;
    let refused = refusal(bench.pools.start_passkey(&bench.cx(), Registrant::from(&alice)).await);
    assert_eq!(refused.kind, ErrorKind::LimitExceeded);
}

#[tokio::test]
async fn passkeys_need_a_pool_that_takes_them_and_a_relying_party() {
    let bench = Bench::new();
    let plain = App::new(&bench).await;
    bench.user(&plain.pool, "alice").await;
    let alice = access(&plain, "alice").await;
    let start = async |access: &Access| bench.pools.start_passkey(&bench.cx(), Registrant::from(access)).await;
    assert_eq!(refusal(start(&alice).await).kind, ErrorKind::WebAuthnNotEnabled);
    let nowhere = app_with(&bench, |pool| pool.documents.clear()).await;
    bench.user(&nowhere.pool, "alice").await;
    let alice = access(&nowhere, "alice").await;
    assert_eq!(refusal(start(&alice).await).kind, ErrorKind::WebAuthnConfigurationMissing);
}
