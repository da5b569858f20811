//! Threat protection: who may not sign in.
use crate::door::Door;
use crate::password;
use serde_json::{Value, json};
use testing::{CLIENT_SECRET, PASSWORD};
use user_pools::pool::UserPool;

const UNSAFE: &str = "Unable to login because of security reasons.";
const HERE: &str = "127.0.0.0/8";

async fn protected(door: &Door, mode: &str) -> UserPool {
    let add_ons = json!({ "AdvancedSecurityMode": mode });
    door.bench.pool_with(|pool| drop(pool.documents.insert("UserPoolAddOns".into(), add_ons))).await
}

fn blocking(pool: &UserPool, client: Option<&str>, ranges: &[&str]) -> Value {
    let mut body = json!({ "UserPoolId": pool.id.0, "RiskExceptionConfiguration": { "BlockedIPRangeList": ranges } });
    if let Some(client) = client {
        body["ClientId"] = json!(client);
    }
    body
}

#[tokio::test]
async fn a_blocked_address_does_not_sign_in_where_the_pool_enforces_it() {
    let door = Door::new();
    for (mode, blocked) in [("OFF", false), ("AUDIT", false), ("ENFORCED", true)] {
        let pool = protected(&door, mode).await;
        let client = door.bench.client(&pool).await.id.0;
        door.bench.user(&pool, "alice").await;
        door.signed("SetRiskConfiguration", blocking(&pool, None, &["10.0.0.0/8", HERE])).await;
        let sign_in = password(&client, "alice", PASSWORD);
        if blocked {
            let refused = door.refused("InitiateAuth", sign_in).await;
            assert_eq!(refused, (400, "NotAuthorizedException".into(), UNSAFE.into()));
            let unknown = door.refused("InitiateAuth", password(&client, "nobody", PASSWORD)).await;
            assert_eq!(unknown.2, UNSAFE, "whether the user exists is not told");
            door.signed("SetRiskConfiguration", blocking(&pool, None, &["10.0.0.0/8"])).await;
        }
        door.call("InitiateAuth", password(&client, "alice", PASSWORD)).await;
    }
}

#[tokio::test]
async fn a_challenge_is_not_answered_from_a_blocked_address() {
    let door = Door::new();
    let pool = protected(&door, "ENFORCED").await;
    let client = door.bench.client(&pool).await.id.0;
    door.bench.user(&pool, "alice").await;
    let start = json!({ "ClientId": client, "AuthFlow": "USER_SRP_AUTH", "AuthParameters": { "USERNAME": "alice", "SRP_A": "abcdef" } });
    let asked = door.call("InitiateAuth", start).await;
    door.signed("SetRiskConfiguration", blocking(&pool, None, &[HERE])).await;
    let answer = json!({ "ClientId": client, "ChallengeName": "PASSWORD_VERIFIER", "Session": asked["Session"], "ChallengeResponses": { "USERNAME": "alice" } });
    assert_eq!(door.refused("RespondToAuthChallenge", answer).await.2, UNSAFE);
}

#[tokio::test]
async fn a_client_with_a_configuration_of_its_own_takes_nothing_from_the_pools() {
    let door = Door::new();
    let pool = protected(&door, "ENFORCED").await;
    let (free, bound) = (door.bench.client(&pool).await.id.0, door.bench.client(&pool).await.id.0);
    door.bench.user(&pool, "alice").await;
    door.signed("SetRiskConfiguration", blocking(&pool, None, &[HERE])).await;
    door.signed("SetRiskConfiguration", blocking(&pool, Some(&free), &["10.0.0.0/8"])).await;
    door.call("InitiateAuth", password(&free, "alice", PASSWORD)).await;
    assert_eq!(door.refused("InitiateAuth", password(&bound, "alice", PASSWORD)).await.2, UNSAFE);
    // Without anything in it the client's own goes, and the pool's counts again.
    door.signed("SetRiskConfiguration", json!({ "UserPoolId": pool.id.0, "ClientId": free })).await;
    assert_eq!(door.refused("InitiateAuth", password(&free, "alice", PASSWORD)).await.2, UNSAFE);
}

#[tokio::test]
async fn an_operators_server_says_for_which_address_it_speaks() {
    let door = Door::new();
    let pool = protected(&door, "ENFORCED").await;
    let client = door.bench.client(&pool).await.id.0;
    door.bench.user(&pool, "alice").await;
    door.signed("SetRiskConfiguration", blocking(&pool, None, &["203.0.113.0/24"])).await;
    let from = |address: &str| {
        json!({
            "UserPoolId": pool.id.0, "ClientId": client, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
            "AuthParameters": { "USERNAME": "alice", "PASSWORD": PASSWORD },
            "ContextData": { "IpAddress": address, "ServerName": "s", "ServerPath": "/", "HttpHeaders": [] },
        })
    };
    assert_eq!(door.refused_signed("AdminInitiateAuth", from("203.0.113.7")).await.2, UNSAFE);
    door.signed("AdminInitiateAuth", from("198.51.100.7")).await;
    door.signed("AdminInitiateAuth", from("")).await;
    // What cannot be read must not pass by the server's own address.
    for wrong in ["203.0.113.7, 10.0.0.1", "203.0.113.7:4431", "[2001:db8::1]", "garbage"] {
        assert_eq!(
            door.refused_signed("AdminInitiateAuth", from(wrong)).await.1,
            "InvalidParameterException",
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn only_a_client_with_a_secret_may_say_where_its_users_are() {
    let door = Door::new();
    let pool = protected(&door, "ENFORCED").await;
    let open = door.bench.client(&pool).await;
    let trusted = door.bench.confidential_client(&pool).await;
    door.bench.user(&pool, "alice").await;
    door.signed("SetRiskConfiguration", blocking(&pool, None, &["203.0.113.0/24"])).await;
    let there = json!({ "IpAddress": "203.0.113.7" });
    let mut plain = password(&open.id.0, "alice", PASSWORD);
    plain["UserContextData"] = there.clone();
    door.call("InitiateAuth", plain).await;
    let mut told = password(&trusted.id.0, "alice", PASSWORD);
    told["UserContextData"] = there;
    told["AuthParameters"]["SECRET_HASH"] =
        json!(user_pools::secret_hash::compute(CLIENT_SECRET.as_bytes(), "alice", &trusted.id.0));
    door.call("InitiateAuth", told.clone()).await;
    let mut settings = trusted.settings.clone();
    settings.propagate_context = Some(true);
    door.bench.pools.update_client(door.bench.now(), &pool, &trusted.id, settings).await.unwrap();
    assert_eq!(door.refused("InitiateAuth", told.clone()).await.2, UNSAFE);
    told["UserContextData"]["IpAddress"] = json!("203.0.113.7:4431");
    assert_eq!(door.refused("InitiateAuth", told).await.1, "InvalidParameterException");
}

#[tokio::test]
async fn what_a_trusted_client_does_for_a_user_is_recorded_at_the_users_address() {
    let door = Door::new();
    let pool = protected(&door, "AUDIT").await;
    let client = door.bench.confidential_client(&pool).await;
    let mut settings = client.settings.clone();
    settings.propagate_context = Some(true);
    door.bench.pools.update_client(door.bench.now(), &pool, &client.id, settings).await.unwrap();
    let hash = user_pools::secret_hash::compute(CLIENT_SECRET.as_bytes(), "ann", &client.id.0);
    let asking = |address: &str| {
        json!({
            "ClientId": client.id.0, "SecretHash": hash, "Username": "ann", "Password": PASSWORD, "UserContextData": { "IpAddress": address },
            "UserAttributes": [{ "Name": "email", "Value": "ann@example.com" }],
        })
    };
    let refused = door.refused("SignUp", asking("203.0.113.7:4431")).await;
    assert_eq!(refused.1, "InvalidParameterException");
    door.call("SignUp", asking("203.0.113.7")).await;
    door.bench.write_events().await;
    let listed = door.signed("AdminListUserAuthEvents", json!({ "UserPoolId": pool.id.0, "Username": "ann" })).await;
    let event = &listed["AuthEvents"][0];
    assert_eq!(
        (&event["EventType"], &event["EventContextData"]["IpAddress"]),
        (&json!("SignUp"), &json!("203.0.113.7"))
    );
}

#[tokio::test]
async fn a_configuration_outlives_the_updates_of_pool_and_client() {
    let door = Door::new();
    let pool = protected(&door, "ENFORCED").await;
    let client = door.bench.client(&pool).await.id.0;
    let none = door.signed("DescribeRiskConfiguration", json!({ "UserPoolId": pool.id.0 })).await;
    assert_eq!(none, json!({ "RiskConfiguration": { "UserPoolId": pool.id.0 } }));
    let compromised = json!({ "Actions": { "EventAction": "BLOCK" } });
    for client in [None, Some(client.as_str())] {
        let mut body = blocking(&pool, client, &[HERE]);
        body["CompromisedCredentialsRiskConfiguration"] = compromised.clone();
        let set = door.signed("SetRiskConfiguration", body).await;
        let mut whom = json!({ "UserPoolId": pool.id.0 });
        if let Some(client) = client {
            whom["ClientId"] = json!(client);
        }
        door.signed("UpdateUserPool", json!({ "UserPoolId": pool.id.0 })).await;
        door.signed(
            "UpdateUserPoolClient",
            json!({ "UserPoolId": pool.id.0, "ClientId": client_id(&door, &pool).await }),
        )
        .await;
        assert_eq!(door.signed("DescribeRiskConfiguration", whom).await, set);
        let filter = &set["RiskConfiguration"]["CompromisedCredentialsRiskConfiguration"]["EventFilter"];
        assert_eq!(*filter, json!(["SIGN_IN", "PASSWORD_CHANGE", "SIGN_UP"]));
    }
}

async fn client_id(door: &Door, pool: &UserPool) -> String {
    let listed = door.signed("ListUserPoolClients", json!({ "UserPoolId": pool.id.0 })).await;
    listed["UserPoolClients"][0]["ClientId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn ranges_and_places_that_are_none_are_refused() {
    let door = Door::new();
    let pool = protected(&door, "ENFORCED").await;
    let refused = door.refused_signed("SetRiskConfiguration", blocking(&pool, None, &["10.0.0.1"])).await;
    assert_eq!(refused.1, "InvalidParameterException");
    assert_eq!(refused.2, "Invalid IP range: 10.0.0.1. IP ranges must be in CIDR notation.");
    let refused = door.refused_signed("SetRiskConfiguration", blocking(&pool, Some("nosuchclient"), &[HERE])).await;
    assert_eq!(refused.1, "ResourceNotFoundException");
    let many: Vec<_> = (0..201).map(|_| HERE).collect();
    let refused = door.refused_signed("SetRiskConfiguration", blocking(&pool, None, &many)).await;
    assert!(refused.2.contains("Member must have length less than or equal to 200"), "{}", refused.2);
}

#[tokio::test]
async fn a_message_that_was_given_up_is_a_record_where_the_pool_exports_them() {
    let door = Door::new();
    let pool = door.bench.pool().await.id;
    let now = door.bench.now();
    assert_eq!(door.bench.pools.undeliverable(now, &pool, "why").await, None);
    let arn = "arn:aws:logs:us-east-1:000000000000:log-group:pool";
    let one = json!({ "EventSource": "userNotification", "LogLevel": "ERROR", "CloudWatchLogsConfiguration": { "LogGroupArn": arn } });
    door.signed("SetLogDeliveryConfiguration", json!({ "UserPoolId": pool.0, "LogConfigurations": [one] })).await;
    let (destination, record) = door.bench.pools.undeliverable(now, &pool, "why").await.unwrap();
    let record: Value = serde_json::from_str(&record).unwrap();
    assert_eq!((destination.as_str(), &record["message"]["details"]), (arn, &json!("why")));
    door.signed("SetLogDeliveryConfiguration", json!({ "UserPoolId": pool.0, "LogConfigurations": [] })).await;
    assert_eq!(door.bench.pools.undeliverable(now, &pool, "why").await, None);
}

#[tokio::test]
async fn events_are_listed_in_pages_and_an_operator_says_what_they_were() {
    let door = Door::new();
    let pool = protected(&door, "ENFORCED").await;
    let client = door.bench.client(&pool).await.id.0;
    door.bench.user(&pool, "alice").await;
    door.call("InitiateAuth", password(&client, "alice", PASSWORD)).await;
    door.signed("SetRiskConfiguration", blocking(&pool, None, &[HERE])).await;
    door.refused("InitiateAuth", password(&client, "alice", PASSWORD)).await;
    door.bench.write_events().await;
    let mut whom = json!({ "UserPoolId": pool.id.0, "Username": "alice", "MaxResults": 1 });
    let first = door.signed("AdminListUserAuthEvents", whom.clone()).await;
    let blocked = &first["AuthEvents"][0];
    assert_eq!(
        (&blocked["EventResponse"], &blocked["EventRisk"]),
        (&json!("Fail"), &json!({ "RiskDecision": "Block" }))
    );
    whom["NextToken"] = first["NextToken"].clone();
    let second = door.signed("AdminListUserAuthEvents", whom.clone()).await;
    let passed = second["AuthEvents"][0].clone();
    assert_eq!(
        passed,
        json!({
            "EventId": passed["EventId"], "EventType": "SignIn", "CreationDate": door.bench.now() / 1000, "EventResponse": "Pass",
            "EventRisk": { "RiskDecision": "NoRisk" }, "ChallengeResponses": [{ "ChallengeName": "Password", "ChallengeResponse": "Success" }],
            "EventContextData": { "IpAddress": "127.0.0.1", "DeviceName": "bench" },
        })
    );
    assert!(second.get("NextToken").is_none());
    let tell =
        |id: &Value| json!({ "UserPoolId": pool.id.0, "Username": "alice", "EventId": id, "FeedbackValue": "Invalid" });
    door.signed("AdminUpdateAuthEventFeedback", tell(&passed["EventId"])).await;
    let told = door.signed("AdminListUserAuthEvents", whom).await;
    let feedback = &told["AuthEvents"][0]["EventFeedback"];
    assert_eq!((&feedback["FeedbackValue"], &feedback["Provider"]), (&json!("Invalid"), &json!("Admin")));
    let refused = door.refused_signed("AdminUpdateAuthEventFeedback", tell(&json!("unknown"))).await;
    assert_eq!(
        (refused.1.as_str(), refused.2.as_str()),
        ("ResourceNotFoundException", "Authentication event not found.")
    );
}
