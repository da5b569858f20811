//! Sign-in, tokens and second factors through the `cognito-idp` door over a real store.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod door;
mod room;
mod sessions;
mod terms;
mod threat;

use door::Door;
use serde_json::{Value, json};
use testing::PASSWORD;
use user_pools::pool::MfaRequirement;
use user_pools::user::UserStatus;

fn password(client: &str, name: &str, password: &str) -> Value {
    json!({ "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": { "USERNAME": name, "PASSWORD": password } })
}

/// A pool with a client and alice.
async fn with_alice() -> (Door, String, String) {
    let door = Door::new();
    let pool = door.bench.pool().await;
    let client = door.bench.client(&pool).await;
    door.bench.user(&pool, "alice").await;
    (door, pool.id.0, client.id.0)
}

#[tokio::test]
async fn a_sign_in_answers_as_aws_does() {
    let (door, _, client) = with_alice().await;
    let answer = door.call("InitiateAuth", password(&client, "alice", PASSWORD)).await;
    assert_eq!(answer["ChallengeParameters"], json!({}));
    assert!(answer.get("ChallengeName").is_none() && answer.get("Session").is_none());
    let result = &answer["AuthenticationResult"];
    assert_eq!((&result["ExpiresIn"], &result["TokenType"]), (&json!(3600), &json!("Bearer")));
    for token in ["AccessToken", "IdToken", "RefreshToken"] {
        assert!(result[token].is_string(), "{token}");
    }
    let refused = door.refused("InitiateAuth", password(&client, "alice", "wrong")).await;
    assert_eq!(refused, (400, "NotAuthorizedException".into(), "Incorrect username or password.".into()));
    let refused = door.refused("InitiateAuth", password("nosuchclient", "alice", PASSWORD)).await;
    assert_eq!(refused.1, "ResourceNotFoundException");
    let unknown = json!({ "ClientId": client, "AuthFlow": "X", "AuthParameters": {} });
    let (status, code, message) = door.refused("InitiateAuth", unknown).await;
    assert_eq!((status, code.as_str()), (400, "InvalidParameterException"));
    assert!(message.contains("Member must satisfy enum value set"), "{message}");
}

#[tokio::test]
async fn srp_begins_with_a_challenge() {
    let (door, _, client) = with_alice().await;
    let start = json!({ "ClientId": client, "AuthFlow": "USER_SRP_AUTH", "AuthParameters": { "USERNAME": "alice", "SRP_A": "abcdef" } });
    let answer = door.call("InitiateAuth", start).await;
    assert_eq!(answer["ChallengeName"], "PASSWORD_VERIFIER");
    assert!(answer["Session"].as_str().unwrap().len() >= 20);
    for name in ["SALT", "SRP_B", "SECRET_BLOCK", "USERNAME", "USER_ID_FOR_SRP"] {
        assert!(answer["ChallengeParameters"][name].is_string(), "{name}");
    }
}

#[tokio::test]
async fn refreshing_revoking_and_signing_out_everywhere() {
    let (door, pool, client) = with_alice().await;
    let sign_in =
        async || door.call("InitiateAuth", password(&client, "alice", PASSWORD)).await["AuthenticationResult"].clone();
    let refresh = |token: &Value| json!({ "ClientId": client, "RefreshToken": token });
    let first = sign_in().await;
    let answer = door.call("GetTokensFromRefreshToken", refresh(&first["RefreshToken"])).await;
    assert!(answer["AuthenticationResult"]["AccessToken"].is_string());
    assert!(answer["AuthenticationResult"].get("RefreshToken").is_none());
    let old = json!({ "ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": { "REFRESH_TOKEN": first["RefreshToken"] } });
    assert!(door.call("InitiateAuth", old).await["AuthenticationResult"]["IdToken"].is_string());

    let revoke = json!({ "ClientId": client, "Token": first["RefreshToken"] });
    assert_eq!(door.call("RevokeToken", revoke).await, json!({}));
    let refused = door.refused("GetTokensFromRefreshToken", refresh(&first["RefreshToken"])).await;
    assert_eq!(refused, (400, "NotAuthorizedException".into(), "Refresh Token has been revoked".into()));
    let kind = json!({ "ClientId": client, "Token": first["AccessToken"] });
    assert_eq!(door.refused("RevokeToken", kind).await.1, "UnsupportedTokenTypeException");

    let second = sign_in().await;
    door.call("GlobalSignOut", json!({ "AccessToken": second["AccessToken"] })).await;
    let again = door.refused("GlobalSignOut", json!({ "AccessToken": second["AccessToken"] })).await;
    assert_eq!(again, (400, "NotAuthorizedException".into(), "Access Token has been revoked".into()));
    let third = sign_in().await;
    door.signed("AdminUserGlobalSignOut", json!({ "UserPoolId": pool, "Username": "alice" })).await;
    assert_eq!(
        door.refused("GetTokensFromRefreshToken", refresh(&third["RefreshToken"])).await.1,
        "NotAuthorizedException"
    );
}

#[tokio::test]
async fn an_operator_signs_in_a_guest_who_must_change_the_password_and_enrol_an_app() {
    let door = Door::new();
    let pool = door.bench.pool().await;
    let client = door.bench.client(&pool).await;
    door.bench.user_with(&pool, "guest", |user| user.status = UserStatus::ForceChangePassword).await;
    let config = json!({ "UserPoolId": pool.id, "MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": { "Enabled": true } });
    let answer = door.signed("SetUserPoolMfaConfig", config.clone()).await;
    assert_eq!(answer["MfaConfiguration"], "ON");
    let shown = door.signed("GetUserPoolMfaConfig", json!({ "UserPoolId": pool.id })).await;
    assert_eq!(shown, json!({ "MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": { "Enabled": true } }));
    assert_eq!(door.bench.pools.store.pool(pool.id.clone()).await.unwrap().settings.mfa, MfaRequirement::On);

    let start = json!({ "UserPoolId": pool.id, "ClientId": client.id, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": "guest", "PASSWORD": PASSWORD } });
    let asked = door.signed("AdminInitiateAuth", start).await;
    assert_eq!(asked["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    let answer = json!({ "UserPoolId": pool.id, "ClientId": client.id, "ChallengeName": "NEW_PASSWORD_REQUIRED",
        "Session": asked["Session"], "ChallengeResponses": { "USERNAME": "guest", "NEW_PASSWORD": "Changed1!" } });
    let asked = door.signed("AdminRespondToAuthChallenge", answer).await;
    assert_eq!(asked["ChallengeName"], "MFA_SETUP");

    let begun = door.call("AssociateSoftwareToken", json!({ "Session": asked["Session"] })).await;
    assert_eq!(begun["SecretCode"].as_str().unwrap().len(), 52);
    let verify = json!({ "Session": begun["Session"], "UserCode": "000000" });
    let refused = door.refused("VerifySoftwareToken", verify).await;
    assert_eq!(refused.1, "EnableSoftwareTokenMFAException");
    let neither = door.refused("AssociateSoftwareToken", json!({})).await;
    assert_eq!(neither.1, "InvalidParameterException");
}

#[tokio::test]
async fn mfa_preferences_need_a_proven_app() {
    let (door, pool, client) = with_alice().await;
    let token =
        door.call("InitiateAuth", password(&client, "alice", PASSWORD)).await["AuthenticationResult"]["AccessToken"]
            .clone();
    let wish = json!({ "Enabled": true, "PreferredMfa": true });
    let refused =
        door.refused("SetUserMFAPreference", json!({ "AccessToken": token, "SoftwareTokenMfaSettings": wish })).await;
    assert_eq!(refused, (400, "InvalidParameterException".into(), "User has not verified software token mfa".into()));
    let admin = json!({ "UserPoolId": pool, "Username": "alice", "SoftwareTokenMfaSettings": wish });
    assert_eq!(door.refused_signed("AdminSetUserMFAPreference", admin).await.1, "InvalidParameterException");
    let off = json!({ "AccessToken": token, "SoftwareTokenMfaSettings": { "Enabled": false }, "SMSMfaSettings": { "Enabled": false } });
    assert_eq!(door.call("SetUserMFAPreference", off).await, json!({}));
    let sms = json!({ "AccessToken": token, "SMSMfaSettings": { "Enabled": true } });
    assert_eq!(door.refused("SetUserMFAPreference", sms).await.1, "InvalidParameterException", "the pool sends none");
    let passkey = json!({ "AccessToken": token, "WebAuthnMfaSettings": { "Enabled": true } });
    assert_eq!(door.refused("SetUserMFAPreference", passkey).await.0, 501);
    let none = json!({ "UserPoolId": pool, "MfaConfiguration": "ON" });
    assert_eq!(door.refused_signed("SetUserPoolMfaConfig", none).await.1, "InvalidParameterException");
}

#[tokio::test]
async fn what_a_client_sends_along_reaches_the_functions() {
    let door = Door::new();
    let triggers = ["DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse", "PreAuthentication"];
    for trigger in triggers {
        door.bench.functions.echoes(trigger);
    }
    let config: serde_json::Map<String, Value> =
        triggers.iter().map(|trigger| ((*trigger).to_owned(), json!(trigger))).collect();
    let attach = |pool: &mut user_pools::pool::PoolSettings| {
        pool.documents.insert("LambdaConfig".into(), Value::Object(config));
    };
    let pool = door.bench.pool_with(attach).await;
    let open = |client: &mut user_pools::client::ClientSettings| client.auth_flows = None;
    let client = door.bench.client_with(&pool, open).await.id.0;
    door.bench.user(&pool, "alice").await;
    door.bench.functions.answers("DefineAuthChallenge", |event, response| {
        let rounds = event["request"]["session"].as_array().unwrap().len();
        *response =
            if rounds == 0 { json!({"challengeName": "CUSTOM_CHALLENGE"}) } else { json!({"issueTokens": true}) };
    });
    door.bench.functions.answers("CreateAuthChallenge", |_, response| {
        *response = json!({"publicChallengeParameters": {"hint": "four", "USERNAME": "mallory"}});
    });
    let start = json!({
        "ClientId": client, "AuthFlow": "CUSTOM_AUTH", "AuthParameters": {"USERNAME": "alice"},
        "ClientMetadata": {"app": "web"}, "UserContextData": {"IpAddress": "203.0.113.7", "EncodedData": "x"},
    });
    let asked = door.call("InitiateAuth", start).await;
    assert_eq!(asked["ChallengeName"], "CUSTOM_CHALLENGE");
    assert_eq!(asked["ChallengeParameters"], json!({"hint": "four", "USERNAME": "alice"}));
    let log = door.bench.functions.log();
    assert_eq!(log[0].event["request"]["validationData"], json!({"app": "web"}));
    assert_eq!(log[1].event["request"].get("clientMetadata"), None, "Define is invoked without it here");
    let answer = json!({
        "ClientId": client, "ChallengeName": "CUSTOM_CHALLENGE", "Session": asked["Session"],
        "ChallengeResponses": {"USERNAME": "alice", "ANSWER": "4"}, "ClientMetadata": {"app": "web"},
    });
    let done = door.call("RespondToAuthChallenge", answer).await;
    assert!(done["AuthenticationResult"]["AccessToken"].is_string());
    assert_eq!(door.bench.functions.last()["request"]["clientMetadata"], json!({"app": "web"}));
}
