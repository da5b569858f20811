//! Users through the `cognito-idp` door over a real store: every operation once, in the shapes clients read.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
#[path = "../signing_in/door.rs"]
mod door;

use door::Door;
use serde_json::{Value, json};
use testing::PASSWORD;
use user_pools::pool::{AliasKind, Contact};

const ANN: &str = "ann@example.com";
const OTHER: &str = "N3w-Passw0rd!";

/// A pool where people sign up by e-mail address, and its client.
async fn by_email() -> (Door, String, String) {
    let door = Door::new();
    let pool = door
        .bench
        .pool_with(|pool| {
            pool.username_attributes = vec![AliasKind::Email];
            pool.auto_verified = vec![Contact::Email];
        })
        .await;
    let client = door.bench.client(&pool).await;
    (door, pool.id.0, client.id.0)
}

async fn access_token(door: &Door, client: &str, password: &str) -> Value {
    let parameters = json!({ "USERNAME": ANN, "PASSWORD": password });
    let request = json!({ "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters });
    door.call("InitiateAuth", request).await["AuthenticationResult"]["AccessToken"].clone()
}

fn attribute<'a>(user: &'a Value, member: &str, name: &str) -> Option<&'a str> {
    let list = user[member].as_array().unwrap();
    list.iter().find(|attribute| attribute["Name"] == name).and_then(|attribute| attribute["Value"].as_str())
}

#[tokio::test]
async fn a_person_signs_up_confirms_and_recovers() {
    let (door, _, client) = by_email().await;
    let sign_up = json!({ "ClientId": client, "Username": ANN, "Password": PASSWORD });
    let done = door.call("SignUp", sign_up.clone()).await;
    let delivery = json!({ "Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email" });
    assert_eq!((&done["UserConfirmed"], &done["CodeDeliveryDetails"]), (&json!(false), &delivery));
    assert_eq!(done["UserSub"].as_str().unwrap().len(), 36);
    assert!(done.get("Session").is_none());
    let taken = door.refused("SignUp", sign_up).await;
    let words = "An account with the given email already exists.";
    assert_eq!(taken, (400, "UsernameExistsException".into(), words.into()));
    let who = json!({ "ClientId": client, "Username": ANN });
    assert_eq!(door.call("ResendConfirmationCode", who.clone()).await["CodeDeliveryDetails"], delivery);
    let code = door.bench.mail.code_to(ANN);
    let confirm = json!({ "ClientId": client, "Username": ANN, "ConfirmationCode": code });
    assert_eq!(door.call("ConfirmSignUp", confirm).await, json!({}));
    assert_eq!(door.call("ForgotPassword", who).await["CodeDeliveryDetails"], delivery);
    let code = door.bench.mail.code_to(ANN);
    let reset = json!({ "ClientId": client, "Username": ANN, "ConfirmationCode": code, "Password": OTHER });
    assert_eq!(door.call("ConfirmForgotPassword", reset).await, json!({}));
    assert!(access_token(&door, &client, OTHER).await.is_string());
}

#[tokio::test]
async fn a_signed_in_user_looks_after_their_account() {
    let (door, pool, client) = by_email().await;
    let pool = door.bench.pools.pool_in(&testing::rows::scope(), &user_pools::PoolId(pool)).await.unwrap();
    let user = door.bench.user(&pool, ANN).await;
    let token = access_token(&door, &client, PASSWORD).await;
    let shown = door.call("GetUser", json!({ "AccessToken": token })).await;
    assert_eq!(shown["Username"], json!(user.sub));
    assert_eq!(attribute(&shown, "UserAttributes", "sub"), Some(user.sub.as_str()));
    assert_eq!(attribute(&shown, "UserAttributes", "email_verified"), Some("true"));
    assert!(shown.get("PreferredMfaSetting").is_none() && shown.get("UserMFASettingList").is_none());
    let change = json!([{ "Name": "email", "Value": "new@example.com" }, { "Name": "name", "Value": "Ann" }]);
    let sent = door.call("UpdateUserAttributes", json!({ "AccessToken": token, "UserAttributes": change })).await;
    assert_eq!(sent["CodeDeliveryDetailsList"][0]["Destination"], "n***@e***");
    let asked = json!({ "AccessToken": token, "AttributeName": "email" });
    let sent = door.call("GetUserAttributeVerificationCode", asked).await;
    assert_eq!(sent["CodeDeliveryDetails"]["AttributeName"], "email");
    let code = door.bench.mail.code_to("new@example.com");
    let verify = json!({ "AccessToken": token, "AttributeName": "email", "Code": code });
    assert_eq!(door.call("VerifyUserAttribute", verify).await, json!({}));
    let names = json!({ "AccessToken": token, "UserAttributeNames": ["name"] });
    assert_eq!(door.call("DeleteUserAttributes", names).await, json!({}));
    let shown = door.call("GetUser", json!({ "AccessToken": token })).await;
    assert_eq!(attribute(&shown, "UserAttributes", "email"), Some("new@example.com"));
    assert_eq!(attribute(&shown, "UserAttributes", "name"), None);
    let passwords = json!({ "AccessToken": token, "PreviousPassword": PASSWORD, "ProposedPassword": OTHER });
    assert_eq!(door.call("ChangePassword", passwords).await, json!({}));
    assert_eq!(door.call("DeleteUser", json!({ "AccessToken": token })).await, json!({}));
    let (status, code, _) = door.refused("GetUser", json!({ "AccessToken": token })).await;
    assert_eq!((status, code.as_str()), (400, "UserNotFoundException"));
}

#[tokio::test]
async fn an_operator_runs_a_user_from_invitation_to_deletion() {
    let (door, pool, client) = by_email().await;
    let of = |more: Value| {
        let mut body = json!({ "UserPoolId": pool, "Username": ANN });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let (_, code, _) = door.refused("AdminGetUser", of(json!({}))).await;
    assert_eq!(code, "MissingAuthenticationTokenException");
    let absent = door.refused_signed("AdminGetUser", of(json!({}))).await;
    assert_eq!(absent, (400, "UserNotFoundException".into(), "User does not exist.".into()));
    let invite = json!({
        "UserAttributes": [{ "Name": "email_verified", "Value": "true" }],
        "DesiredDeliveryMediums": ["EMAIL"],
        "TemporaryPassword": OTHER,
    });
    let user = door.signed("AdminCreateUser", of(invite)).await["User"].clone();
    assert_eq!((&user["UserStatus"], &user["Enabled"]), (&json!("FORCE_CHANGE_PASSWORD"), &json!(true)));
    assert!(user["UserCreateDate"].is_number());
    assert_eq!(attribute(&user, "Attributes", "email"), Some(ANN));
    door.signed("AdminCreateUser", of(json!({ "MessageAction": "RESEND" }))).await;
    assert_eq!(door.bench.mail.count(), 2);
    door.signed("AdminSetUserPassword", of(json!({ "Password": PASSWORD, "Permanent": true }))).await;
    assert!(access_token(&door, &client, PASSWORD).await.is_string());
    let attributes = json!({ "UserAttributes": [{ "Name": "nickname", "Value": "A" }] });
    assert_eq!(door.signed("AdminUpdateUserAttributes", of(attributes)).await, json!({}));
    assert_eq!(
        door.signed("AdminDeleteUserAttributes", of(json!({ "UserAttributeNames": ["nickname"] }))).await,
        json!({})
    );
    assert_eq!(door.signed("AdminDisableUser", of(json!({}))).await, json!({}));
    assert_eq!(door.signed("AdminGetUser", of(json!({}))).await["Enabled"], json!(false));
    assert_eq!(door.signed("AdminEnableUser", of(json!({}))).await, json!({}));
    let (_, code, message) = door.refused_signed("AdminConfirmSignUp", of(json!({}))).await;
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED")
    );
    assert_eq!(door.signed("AdminResetUserPassword", of(json!({}))).await, json!({}));
    let shown = door.signed("AdminGetUser", of(json!({}))).await;
    assert_eq!(shown["UserStatus"], "RESET_REQUIRED");
    assert_eq!(shown["Username"], attribute(&shown, "UserAttributes", "sub").unwrap());
    door.signed("AdminDeleteUser", of(json!({}))).await;
    assert_eq!(door.refused_signed("AdminDeleteUser", of(json!({}))).await.1, "UserNotFoundException");
}

#[tokio::test]
async fn lists_are_filtered_paged_and_cut_to_the_attributes_wanted() {
    let (door, id, _) = by_email().await;
    let pool = door.bench.pools.pool_in(&testing::rows::scope(), &user_pools::PoolId(id.clone())).await.unwrap();
    for name in ["a@example.com", "b@example.com", "c@other.example"] {
        door.bench.user(&pool, name).await;
    }
    let request = json!({ "UserPoolId": id, "Filter": "email ^= \"b\"", "AttributesToGet": ["email"] });
    let found = door.signed("ListUsers", request).await;
    assert_eq!(found["Users"][0]["Attributes"], json!([{ "Name": "email", "Value": "b@example.com" }]));
    assert!(found.get("PaginationToken").is_none());
    let first = door.signed("ListUsers", json!({ "UserPoolId": id, "Limit": 2 })).await;
    let next = json!({ "UserPoolId": id, "Limit": 2, "PaginationToken": first["PaginationToken"] });
    let last = door.signed("ListUsers", next).await;
    assert_eq!((first["Users"].as_array().unwrap().len(), last["Users"].as_array().unwrap().len()), (2, 1));
    for (filter, words) in
        [("email", "Error while parsing filter"), ("custom:foo = \"1\"", "Invalid search attribute: custom:foo")]
    {
        let refused = door.refused_signed("ListUsers", json!({ "UserPoolId": id, "Filter": filter })).await;
        assert_eq!(refused, (400, "InvalidParameterException".into(), words.into()));
    }
    let elsewhere = door.refused_signed("ListUsers", json!({ "UserPoolId": "us-east-1_nowhere12" })).await;
    assert_eq!(elsewhere.1, "ResourceNotFoundException");
}
