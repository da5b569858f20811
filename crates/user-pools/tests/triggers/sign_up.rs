//! PreSignUp and PostConfirmation.
use crate::actor::refusal;
use crate::scene::{ANN, app, asking, carrying, confirm, sign_up};
use serde_json::json;
use testing::{Bench, PASSWORD};
use user_pools::ports::TriggerFailed;
use user_pools::user::UserStatus;
use user_pools::users::ConfirmForgotPassword;
use user_pools::users::admin::{AdminCreateUser, MessageAction};

#[tokio::test]
async fn a_sign_up_is_told_before_it_is_stored_and_its_confirmation_after() {
    let bench = Bench::new();
    let app = app(&bench, &["PreSignUp", "PostConfirmation"]).await;
    let done = sign_up(&app, "ann").await.unwrap();
    assert!(!done.confirmed);
    assert_eq!(
        bench.functions.last(),
        json!({
            "version": "1", "triggerSource": "PreSignUp_SignUp", "region": "us-east-1", "userPoolId": app.pool.id,
            "userName": "ann",
            "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": app.client.id},
            "request": {"userAttributes": {"email": ANN}, "validationData": {"valid": "1"}, "clientMetadata": {"meta": "1"}},
            "response": {"autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false},
        })
    );
    confirm(&app, "ann").await.unwrap();
    let event = bench.functions.last();
    assert_eq!(event["triggerSource"], "PostConfirmation_ConfirmSignUp");
    assert_eq!(
        event["request"],
        json!({
            "userAttributes": {
                "sub": done.sub, "email": ANN, "email_verified": "true", "cognito:user_status": "CONFIRMED",
            },
            "clientMetadata": {"meta": "1"},
        })
    );
    assert_eq!(event["response"], json!({}));
}

#[tokio::test]
async fn a_function_confirms_and_verifies_by_itself() {
    let bench = Bench::new();
    let app = app(&bench, &["PreSignUp", "PostConfirmation", "CustomMessage"]).await;
    bench.functions.answers("PreSignUp", |_, response| {
        *response = json!({"autoConfirmUser": true, "autoVerifyEmail": true, "autoVerifyPhone": true});
    });
    let done = sign_up(&app, "ann").await.unwrap();
    assert!(done.confirmed && done.delivery.is_none());
    assert_eq!(bench.functions.sources(), ["PreSignUp_SignUp", "PostConfirmation_ConfirmSignUp"]);
    assert_eq!(bench.mail.count(), 0);
    let user = bench.pools.admin_get_user(&app.pool, "ann").await.unwrap();
    assert_eq!((user.status, user.attributes["email_verified"].as_str()), (UserStatus::Confirmed, "true"));
    assert!(!user.attributes.contains_key("phone_number_verified"), "there is no number to verify");
    app.tokens("ann", PASSWORD).await;
}

#[tokio::test]
async fn whom_the_function_refuses_is_not_stored() {
    let bench = Bench::new();
    let app = app(&bench, &["PreSignUp"]).await;
    bench.functions.fails("PreSignUp", TriggerFailed::Function("no robots".into()));
    let refused = refusal(sign_up(&app, "ann").await);
    assert_eq!(
        format!("{:?}: {}", refused.kind, refused.message),
        "UserLambdaValidation: PreSignUp failed with error no robots."
    );
    assert!(bench.pools.admin_get_user(&app.pool, "ann").await.is_err());
    bench.functions.echoes("PreSignUp");
    sign_up(&app, "ann").await.unwrap();
}

#[tokio::test]
async fn a_user_stays_confirmed_when_the_function_told_of_it_fails() {
    let bench = Bench::new();
    let app = app(&bench, &["PostConfirmation"]).await;
    bench.functions.fails("PostConfirmation", TriggerFailed::Function("down".into()));
    sign_up(&app, "ann").await.unwrap();
    let refused = refusal(confirm(&app, "ann").await);
    assert_eq!(refused.message, "PostConfirmation failed with error down.");
    app.tokens("ann", PASSWORD).await;
}

#[tokio::test]
async fn operators_are_named_as_no_client_and_their_users_are_not_confirmed_by_functions() {
    let bench = Bench::new();
    let app = app(&bench, &["PreSignUp", "PostConfirmation"]).await;
    bench.functions.answers("PreSignUp", |_, response| *response = json!({"autoConfirmUser": true}));
    let request = AdminCreateUser {
        username: "bob".into(),
        attributes: vec![("email".into(), "bob@example.com".into())],
        temporary_password: None,
        action: Some(MessageAction::Suppress),
        mediums: vec![],
        force_alias: false,
    };
    let user = bench.pools.admin_create_user(&carrying(&bench), &app.pool, request).await.unwrap();
    assert_eq!(user.status, UserStatus::ForceChangePassword);
    let event = bench.functions.last();
    assert_eq!(event["triggerSource"], "PreSignUp_AdminCreateUser");
    assert_eq!(event["callerContext"]["clientId"], "CLIENT_ID_NOT_APPLICABLE");
    assert_eq!(event["request"]["validationData"], json!({"valid": "1"}));

    bench.functions.echoes("PreSignUp");
    sign_up(&app, "ann").await.unwrap();
    bench.pools.admin_confirm_sign_up(&bench.cx(), &app.pool, "ann").await.unwrap();
    let event = bench.functions.last();
    assert_eq!(event["triggerSource"], "PostConfirmation_ConfirmSignUp");
    assert_eq!(event["request"].get("clientMetadata"), None);
}

#[tokio::test]
async fn a_password_set_by_a_code_is_told_as_well() {
    let bench = Bench::new();
    let app = app(&bench, &["PostConfirmation"]).await;
    bench.user(&app.pool, "ann").await;
    bench.pools.forgot_password(&bench.cx(), asking(&app, "ann")).await.unwrap();
    let code = bench.mail.code_to(ANN);
    let request = ConfirmForgotPassword { asking: asking(&app, "ann"), code, password: "N3w-Passw0rd!".into() };
    bench.pools.confirm_forgot_password(&carrying(&bench), request).await.unwrap();
    let event = bench.functions.last();
    assert_eq!(event["triggerSource"], "PostConfirmation_ConfirmForgotPassword");
    assert_eq!(event["request"]["clientMetadata"], json!({"meta": "1"}));
}
