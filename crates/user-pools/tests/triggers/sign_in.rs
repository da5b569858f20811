//! PreAuthentication and PostAuthentication, and in which order the functions of a sign-in come.
use crate::actor::{Srp, challenge, refusal, says, tokens};
use crate::scene::{ANN, app, carrying, hiding, with};
use serde_json::json;
use testing::{Bench, PASSWORD};
use user_pools::pool::MfaRequirement;
use user_pools::ports::TriggerFailed;
use user_pools::sign_in::{ChallengeName, Door, Flow, SignedIn, Start};

const ALL: [&str; 3] = ["PreAuthentication", "PostAuthentication", "PreTokenGeneration"];
const ORDER: [&str; 3] =
    ["PreAuthentication_Authentication", "PostAuthentication_Authentication", "TokenGeneration_Authentication"];

#[tokio::test]
async fn the_functions_of_a_sign_in_come_in_order_and_know_the_user() {
    let bench = Bench::new();
    let app = app(&bench, &ALL).await;
    let ann = bench.user(&app.pool, "ann").await;
    let parameters = [("USERNAME", "ann"), ("PASSWORD", PASSWORD)].into_iter().collect();
    let start =
        Start { door: Door::Api, client: app.client.id.clone(), flow: Flow::UserPassword, parameters, session: None };
    tokens(bench.pools.initiate_auth(&carrying(&bench), &start).await);
    assert_eq!(bench.functions.sources(), ORDER);
    let [before, after, _] = &bench.functions.log()[..] else { panic!("three events") };
    let attributes = json!({
        "sub": ann.sub, "email": ANN, "email_verified": "true", "cognito:user_status": "CONFIRMED",
    });
    assert_eq!(before.event["request"], json!({"userAttributes": attributes, "validationData": {"valid": "1"}}));
    assert_eq!(before.event["userName"], "ann");
    assert_eq!(
        after.event["request"],
        json!({"userAttributes": attributes, "newDeviceUsed": false, "clientMetadata": {"meta": "1"}})
    );
}

#[tokio::test]
async fn srp_calls_the_same_functions_the_first_before_the_challenge() {
    let bench = Bench::new();
    let app = app(&bench, &ALL).await;
    bench.user(&app.pool, "ann").await;
    let srp = Srp::new(3);
    let asked = challenge(app.srp_start("ann", &srp).await);
    assert_eq!(bench.functions.sources(), ORDER[..1]);
    tokens(app.srp_claim(&asked, &srp, PASSWORD).await);
    assert_eq!(bench.functions.sources(), ORDER);
}

#[tokio::test]
async fn whom_the_first_function_refuses_is_not_even_asked_for_the_password() {
    let bench = Bench::new();
    let app = app(&bench, &ALL).await;
    bench.user(&app.pool, "ann").await;
    bench.functions.fails("PreAuthentication", TriggerFailed::Function("blocked".into()));
    let work = bench.hasher.work();
    for _ in 0..8 {
        assert_eq!(says(app.sign_in("ann", "wrong").await), "PreAuthentication failed with error blocked.");
    }
    assert_eq!(bench.hasher.work(), work);
    bench.functions.echoes("PreAuthentication");
    app.tokens("ann", PASSWORD).await;
}

#[tokio::test]
async fn a_wrong_password_reaches_no_later_function() {
    let bench = Bench::new();
    let app = app(&bench, &ALL).await;
    bench.user(&app.pool, "ann").await;
    assert_eq!(says(app.sign_in("ann", "wrong").await), "Incorrect username or password.");
    assert_eq!(bench.functions.sources(), ORDER[..1]);
}

#[tokio::test]
async fn what_the_last_function_refuses_issues_no_tokens_and_costs_no_guess() {
    let bench = Bench::new();
    let app = app(&bench, &ALL).await;
    bench.user(&app.pool, "ann").await;
    bench.functions.fails("PostAuthentication", TriggerFailed::Function("not today".into()));
    for _ in 0..8 {
        let refused = refusal(app.sign_in("ann", PASSWORD).await);
        assert_eq!(refused.message, "PostAuthentication failed with error not today.");
    }
    let seen = bench.decisions.last();
    assert_eq!((seen.allowed, seen.rule.as_str()), (false, "trigger"));
    assert_eq!(seen.got.unwrap(), "PostAuthentication by PostAuthentication: the function raised an error: not today");
    bench.functions.echoes("PostAuthentication");
    app.tokens("ann", PASSWORD).await;
}

#[tokio::test]
async fn the_last_function_waits_for_the_second_factor() {
    let bench = Bench::new();
    let mfa = |pool: &mut user_pools::pool::PoolSettings| {
        (pool.mfa, pool.software_token_mfa) = (MfaRequirement::On, Some(true));
    };
    let app = with(&bench, &ALL, mfa, |_| {}).await;
    bench.user(&app.pool, "ann").await;
    assert_eq!(challenge(app.sign_in("ann", PASSWORD).await).name, ChallengeName::MfaSetup);
    assert_eq!(bench.functions.sources(), ORDER[..1]);
}

#[tokio::test]
async fn absent_users_are_asked_about_only_where_they_are_hidden() {
    let bench = Bench::new();
    let open = app(&bench, &ALL).await;
    assert_eq!(says(open.sign_in("nobody", PASSWORD).await), "User does not exist.");
    assert_eq!(bench.functions.log().len(), 0);

    let app = hiding(&bench, &ALL).await;
    let ann = bench.user(&app.pool, "ann").await;
    assert_eq!(says(app.sign_in("nobody", PASSWORD).await), "Incorrect username or password.");
    let event = bench.functions.last();
    assert_eq!(event["userName"], "nobody");
    assert_eq!(event["request"], json!({"userAttributes": {}, "validationData": null, "userNotFound": true}));
    challenge(app.srp_start("nobody", &Srp::new(3)).await);
    assert_eq!(bench.functions.last()["request"]["userNotFound"], true);
    let SignedIn::Tokens(_) = app.sign_in("ann", PASSWORD).await.unwrap() else { panic!("no tokens") };
    let first = bench.functions.log().into_iter().find(|one| one.event["request"]["userNotFound"] == false).unwrap();
    assert_eq!(first.event["request"]["userAttributes"]["sub"], ann.sub.as_str());
}
