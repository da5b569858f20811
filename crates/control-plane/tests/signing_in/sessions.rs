//! Sessions: listed, ended, bounded.
use crate::door::Door;
use crate::password;
use serde_json::{Value, json};
use testing::PASSWORD;

async fn tracked() -> (Door, String, String) {
    let door = Door::new();
    let pool = door.bench.pool().await;
    let client = door.bench.client(&pool).await;
    door.bench.user(&pool, "alice").await;
    track(&door, &pool.id.0, 20).await;
    (door, pool.id.0, client.id.0)
}

async fn track(door: &Door, pool: &str, most: u32) {
    let on = json!({ "UserPoolId": pool, "UserSessionTracking": "ENABLED", "TokenSession": { "MaxPerUser": most } });
    assert_eq!(door.signed("SetUserPoolSessionConfiguration", on.clone()).await, on);
}

async fn sign_in(door: &Door, client: &str) -> Value {
    door.bench.clock.advance(1000);
    door.call("InitiateAuth", password(client, "alice", PASSWORD)).await["AuthenticationResult"].clone()
}

async fn sessions(door: &Door, tokens: &Value) -> Vec<Value> {
    let listed = door.call("ListUserSessions", json!({ "AccessToken": tokens["AccessToken"] })).await;
    listed["Sessions"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_user_sees_where_they_are_signed_in_and_ends_another_session() {
    let (door, _, client) = tracked().await;
    let (phone, laptop) = (sign_in(&door, &client).await, sign_in(&door, &client).await);
    let seen = sessions(&door, &laptop).await;
    let now = door.bench.now() / 1000;
    assert_eq!(seen.len(), 2);
    assert_eq!((&seen[0]["IsCurrentSession"], &seen[1]["IsCurrentSession"]), (&json!(true), &json!(false)));
    assert_eq!(
        seen[0],
        json!({
            "SessionId": seen[0]["SessionId"], "SessionType": "TOKEN", "ClientId": client, "CreateDate": now, "LastActiveDate": now,
            "DeviceType": "bench", "LastIPAddress": "127.0.0.1", "IsCurrentSession": true,
        })
    );
    let end = |tokens: &Value, id: &Value| json!({ "AccessToken": tokens["AccessToken"], "SessionId": id });
    let refused = door.refused("RevokeUserSession", end(&laptop, &seen[0]["SessionId"])).await;
    assert_eq!(refused.1, "InvalidParameterException");
    door.call("RevokeUserSession", end(&laptop, &seen[1]["SessionId"])).await;
    assert_eq!(sessions(&door, &laptop).await.len(), 1);
    let refused = door.refused("GetUser", json!({ "AccessToken": phone["AccessToken"] })).await;
    assert_eq!(refused, (400, "NotAuthorizedException".into(), "Access Token has been revoked".into()));
    let refused = door.refused("RevokeUserSession", end(&laptop, &seen[1]["SessionId"])).await;
    assert_eq!((refused.1.as_str(), refused.2.as_str()), ("ResourceNotFoundException", "Session not found."));
}

#[tokio::test]
async fn a_refresh_is_a_use_of_the_session() {
    let (door, pool, client) = tracked().await;
    let tokens = sign_in(&door, &client).await;
    door.bench.clock.advance(90_000);
    let refresh = json!({ "ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": { "REFRESH_TOKEN": tokens["RefreshToken"] } });
    door.call("InitiateAuth", refresh).await;
    let listed = door.signed("AdminListUserSessions", json!({ "UserPoolId": pool, "Username": "alice" })).await;
    let session = &listed["Sessions"][0];
    let now = door.bench.now() / 1000;
    assert_eq!((&session["CreateDate"], &session["LastActiveDate"]), (&json!(now - 90), &json!(now)));
    assert_eq!(session["IsCurrentSession"], false);
}

#[tokio::test]
async fn a_sign_in_too_many_ends_the_one_that_was_not_used_for_longest() {
    let (door, pool, client) = tracked().await;
    track(&door, &pool, 2).await;
    let (first, second) = (sign_in(&door, &client).await, sign_in(&door, &client).await);
    door.bench.clock.advance(61_000);
    let refresh = json!({ "ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": { "REFRESH_TOKEN": first["RefreshToken"] } });
    door.call("InitiateAuth", refresh.clone()).await;
    let third = sign_in(&door, &client).await;
    assert_eq!(sessions(&door, &third).await.len(), 2);
    door.call("InitiateAuth", refresh).await;
    assert_eq!(
        door.refused("GetUser", json!({ "AccessToken": second["AccessToken"] })).await.1,
        "NotAuthorizedException"
    );
}

#[tokio::test]
async fn an_operator_ends_a_session_of_the_user_they_name_only() {
    let (door, pool, client) = tracked().await;
    let tokens = sign_in(&door, &client).await;
    let id = sessions(&door, &tokens).await[0]["SessionId"].clone();
    let stored = door.bench.pools.pool_in(&testing::rows::scope(), &user_pools::PoolId(pool.clone())).await.unwrap();
    door.bench.user(&stored, "bob").await;
    let end = |name: &str| json!({ "UserPoolId": pool, "Username": name, "SessionId": id });
    assert_eq!(door.refused_signed("AdminRevokeUserSession", end("bob")).await.1, "ResourceNotFoundException");
    door.signed("AdminRevokeUserSession", end("alice")).await;
    assert_eq!(
        door.refused("GetUser", json!({ "AccessToken": tokens["AccessToken"] })).await.1,
        "NotAuthorizedException"
    );
}

#[tokio::test]
async fn many_sessions_come_in_pages() {
    let (door, pool, client) = tracked().await;
    let off = json!({ "UserPoolId": pool, "UserSessionTracking": "DISABLED", "TokenSession": { "MaxPerUser": 20 } });
    door.signed("SetUserPoolSessionConfiguration", off).await;
    for _ in 0..101 {
        sign_in(&door, &client).await;
    }
    track(&door, &pool, 100).await;
    let mut body = json!({ "UserPoolId": pool, "Username": "alice" });
    let page = door.signed("AdminListUserSessions", body.clone()).await;
    assert_eq!(page["Sessions"].as_array().unwrap().len(), 100);
    body["NextToken"] = page["NextToken"].clone();
    let rest = door.signed("AdminListUserSessions", body).await;
    assert_eq!((rest["Sessions"].as_array().unwrap().len(), rest.get("NextToken")), (1, None));
    let tokens = sign_in(&door, &client).await;
    assert_eq!(sessions(&door, &tokens).await.len(), 100, "the next sign-in brings the user within the limit");
}

#[tokio::test]
async fn configurations_have_awss_defaults_and_need_tracking_and_tier() {
    let door = Door::new();
    let pool = door.bench.pool().await;
    let client = door.bench.client(&pool).await.id.0;
    door.bench.user(&pool, "alice").await;
    let id = &pool.id.0;
    let read = door.signed("GetUserPoolSessionConfiguration", json!({ "UserPoolId": id })).await;
    assert_eq!(
        read,
        json!({ "UserPoolId": id, "UserSessionTracking": "DISABLED", "TokenSession": { "MaxPerUser": 20 } })
    );
    let of_client = json!({ "UserPoolId": id, "ClientId": client });
    let read = door.signed("GetUserPoolClientSessionConfiguration", of_client.clone()).await;
    assert_eq!(read, json!({ "UserPoolId": id, "ClientId": client, "SSOSession": { "MaxValidityMinutes": 60 } }));
    let mut set = of_client.clone();
    set["SSOSession"] = json!({ "MaxValidityMinutes": 0 });
    let refused = door.refused_signed("SetUserPoolClientSessionConfiguration", set.clone()).await;
    let untracked = "User session tracking is not enabled for the user pool.";
    assert_eq!((refused.1.as_str(), refused.2.as_str()), ("OperationNotEnabledException", untracked));
    let tokens = sign_in(&door, &client).await;
    let refused = door.refused("ListUserSessions", json!({ "AccessToken": tokens["AccessToken"] })).await;
    assert_eq!(refused.2, untracked);
    track(&door, id, 7).await;
    door.signed("SetUserPoolClientSessionConfiguration", set.clone()).await;
    door.signed("UpdateUserPoolClient", of_client.clone()).await;
    assert_eq!(door.signed("GetUserPoolClientSessionConfiguration", of_client).await, set);
    door.signed("UpdateUserPool", json!({ "UserPoolId": id, "UserPoolTier": "LITE" })).await;
    let on = json!({ "UserPoolId": id, "UserSessionTracking": "ENABLED", "TokenSession": { "MaxPerUser": 20 } });
    assert_eq!(door.refused_signed("SetUserPoolSessionConfiguration", on).await.1, "FeatureUnavailableInTierException");
}
