//! PreTokenGeneration at every issue, in its three versions.
use crate::actor::{App, challenge, claims, tokens};
use crate::scene::{tokens_of, with};
use serde_json::json;
use testing::{Bench, PASSWORD};
use user_pools::group::Group;
use user_pools::oauth::CodeRequest;
use user_pools::ports::{Groups as _, TriggerFailed};
use user_pools::sign_in::{ChallengeName, SignedIn};
use user_pools::user::UserStatus;

async fn app<'a>(bench: &'a Bench, version: &str) -> App<'a> {
    bench.functions.echoes("Tokens");
    with(bench, &[], |pool| tokens_of(pool, version), |_| {}).await
}

#[tokio::test]
async fn version_1_changes_id_tokens_with_texts() {
    let bench = Bench::new();
    let app = app(&bench, "V1_0").await;
    bench.user(&app.pool, "ann").await;
    bench.functions.answers("Tokens", |_, response| {
        response["claimsOverrideDetails"] = json!({
            "claimsToAddOrOverride": {"team": "red", "sub": "forged", "cognito:username": "root"},
            "claimsToSuppress": ["email"],
        });
    });
    let got = app.tokens("ann", PASSWORD).await;
    let (id, access) = (claims(got.id.as_deref().unwrap()), claims(&got.access));
    assert_eq!((&id["team"], id.get("email"), &id["cognito:username"]), (&json!("red"), None, &json!("ann")));
    assert_ne!(id["sub"], "forged");
    assert_eq!(access.get("team"), None);
    let event = bench.functions.last();
    assert_eq!((&event["version"], &event["triggerSource"]), (&json!("1"), &json!("TokenGeneration_Authentication")));
    assert_eq!(event["request"].get("scopes"), None);
    assert_eq!(event["response"], json!({"claimsOverrideDetails": null}));
    assert_eq!(
        event["request"]["groupConfiguration"],
        json!({"groupsToOverride": [], "iamRolesToOverride": [], "preferredRole": null})
    );
}

#[tokio::test]
async fn version_2_changes_both_tokens_and_the_scopes() {
    let bench = Bench::new();
    let app = app(&bench, "V2_0").await;
    let ann = bench.user(&app.pool, "ann").await;
    let group = Group {
        pool: app.pool.id.clone(),
        name: "staff".into(),
        version: 1,
        description: None,
        role_arn: Some("arn:aws:iam::000000000000:role/staff".into()),
        precedence: Some(1),
        created: 0,
        modified: 0,
    };
    bench.store.insert_group(bench.now(), group).await.unwrap();
    bench.store.add_to_group(bench.now(), app.pool.id.clone(), "staff".into(), ann.sub).await.unwrap();
    bench.functions.answers("Tokens", |_, response| {
        response["claimsAndScopeOverrideDetails"] = json!({
            "idTokenGeneration": {"claimsToAddOrOverride": {"deep": {"a": [1, true]}}},
            "accessTokenGeneration": {
                "claimsToAddOrOverride": {"tenant": 7},
                "scopesToAdd": ["api/read"],
                "scopesToSuppress": ["aws.cognito.signin.user.admin"],
            },
            "groupOverrideDetails": {"groupsToOverride": ["crew"]},
        });
    });
    let got = app.tokens("ann", PASSWORD).await;
    let (id, access) = (claims(got.id.as_deref().unwrap()), claims(&got.access));
    assert_eq!((&id["deep"], &access["tenant"]), (&json!({"a": [1, true]}), &json!(7)));
    assert_eq!(access["scope"], "api/read");
    assert_eq!((&id["cognito:groups"], &access["cognito:groups"]), (&json!(["crew"]), &json!(["crew"])));
    assert_eq!(id.get("cognito:roles"), None);
    let event = bench.functions.last();
    assert_eq!(
        (&event["version"], &event["request"]["scopes"]),
        (&json!("2"), &json!(["aws.cognito.signin.user.admin"]))
    );
    assert_eq!(event["request"]["groupConfiguration"]["groupsToOverride"], json!(["staff"]));
    assert_eq!(event["request"]["groupConfiguration"]["preferredRole"], json!("arn:aws:iam::000000000000:role/staff"));
    assert!(bench.pools.access(bench.now(), &got.access).await.is_err(), "without the scope the API is closed");
}

#[tokio::test]
async fn every_issue_has_its_source() {
    let bench = Bench::new();
    let app = app(&bench, "V2_0").await;
    bench.user(&app.pool, "ann").await;
    let got = app.tokens("ann", PASSWORD).await;
    tokens(app.refresh(&got.refresh.unwrap()).await);
    bench.user_with(&app.pool, "bob", |user| user.status = UserStatus::ForceChangePassword).await;
    let asked = challenge(app.sign_in("bob", PASSWORD).await);
    let answer = [("USERNAME", "bob"), ("NEW_PASSWORD", "N3w-Passw0rd!")];
    tokens(app.answer(ChallengeName::NewPasswordRequired, Some(&asked.session), &answer).await);
    assert_eq!(
        bench.functions.sources(),
        ["TokenGeneration_Authentication", "TokenGeneration_RefreshTokens", "TokenGeneration_NewPasswordChallenge"]
    );
}

#[tokio::test]
async fn a_code_of_the_login_pages_is_told_with_its_scopes() {
    use user_pools::oauth::Redemption;
    use user_pools::sign_in::{Door, Flow, Outcome, Start};
    let bench = Bench::new();
    let app = app(&bench, "V2_0").await;
    bench.user(&app.pool, "ann").await;
    let parameters = [("USERNAME", "ann"), ("PASSWORD", PASSWORD)].into_iter().collect();
    let door = Door::ManagedLogin;
    let start = Start { door, client: app.client.id.clone(), flow: Flow::UserPassword, parameters, session: None };
    let Outcome::Authenticated(proof) = bench.pools.start(&bench.cx(), &start).await.unwrap() else {
        panic!("a challenge")
    };
    let (_, login) = bench.pools.open_login(&bench.cx(), &proof, None).await.unwrap();
    let (redirect_uri, scopes) = ("https://app.example/callback", ["openid".to_owned(), "email".to_owned()]);
    let asked = CodeRequest { client: &app.client, redirect_uri, scopes: &scopes, nonce: None, code_challenge: None };
    let code = bench.pools.issue_code_for(&bench.cx(), asked, &login).await.unwrap();
    let redemption = Redemption { code: &code, redirect_uri: Some(redirect_uri), verifier: None };
    bench.functions.fails("Tokens", TriggerFailed::Function("later".into()));
    let refused = bench.pools.redeem_code(&bench.cx(), &app.client, redemption).await.unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.description.as_deref().unwrap()),
        ("invalid_request", "PreTokenGenerationV2 failed with error later.")
    );
    bench.functions.answers("Tokens", |_, response| {
        response["claimsAndScopeOverrideDetails"] =
            json!({"idTokenGeneration": {"claimsToAddOrOverride": {"at_hash": "forged", "plan": "gold"}}});
    });
    let got = bench.pools.redeem_code(&bench.cx(), &app.client, redemption).await.unwrap();
    let id = claims(got.id.as_deref().unwrap());
    assert_eq!(id["plan"], "gold");
    assert_ne!(id["at_hash"], "forged");
    let event = bench.functions.last();
    assert_eq!(event["triggerSource"], "TokenGeneration_HostedAuth");
    assert_eq!(event["request"]["scopes"], json!(["openid", "email"]));
}

#[tokio::test]
async fn machines_are_told_in_version_3_only() {
    let bench = Bench::new();
    for (version, told) in [("V2_0", false), ("V3_0", true)] {
        bench.functions.clear();
        let app = app(&bench, version).await;
        bench.functions.answers("Tokens", |_, response| {
            response["claimsAndScopeOverrideDetails"] = json!({
                "accessTokenGeneration": {"claimsToAddOrOverride": {"env": "prod"}, "scopesToAdd": ["api/more"]},
            });
        });
        let scopes = ["api/read".to_owned()];
        let got = bench.pools.issue_machine_token(&bench.cx(), &app.pool, &app.client, &scopes).await.unwrap();
        let access = claims(&got.access);
        assert_eq!(access.get("env").is_some(), told);
        assert_eq!(access["scope"], if told { "api/read api/more" } else { "api/read" });
        if told {
            let event = bench.functions.last();
            assert_eq!(event["triggerSource"], "TokenGeneration_ClientCredentials");
            assert_eq!((&event["version"], &event["userName"]), (&json!("3"), &json!(app.client.id)));
            assert_eq!(event["request"]["userAttributes"], json!({}));
        }
    }
}

#[tokio::test]
async fn a_failing_function_issues_nothing_and_stores_no_sign_in() {
    let bench = Bench::new();
    let app = app(&bench, "V1_0").await;
    bench.user(&app.pool, "ann").await;
    let got = app.tokens("ann", PASSWORD).await;
    bench.functions.fails("Tokens", TriggerFailed::Function("no".into()));
    for _ in 0..8 {
        let refused = app.sign_in("ann", PASSWORD).await.err().unwrap();
        assert_eq!(refused.message, "PreTokenGeneration failed with error no.", "it costs no guess");
    }
    assert!(app.refresh(&got.refresh.clone().unwrap()).await.is_err());
    bench.functions.echoes("Tokens");
    let SignedIn::Tokens(_) = app.refresh(&got.refresh.unwrap()).await.unwrap() else { panic!("no tokens") };
}
