//! What the federation flows call.
use crate::scene::app;
use serde_json::json;
use testing::Bench;
use user_pools::ports::TriggerFailed;
use user_pools::triggers::{Inbound, NewcomerFromProvider};
use user_pools::user::UserStatus;

#[tokio::test]
async fn a_function_may_replace_what_a_provider_said() {
    let bench = Bench::new();
    let app = app(&bench, &["InboundFederation"]).await;
    let said = json!({"idToken": {"sub": "1", "mail": "ann@example.com"}});
    let inbound = Inbound {
        pool: &app.pool,
        client: &app.client.id,
        user_name: "Corp_1",
        provider: "Corp",
        provider_type: "OIDC",
        said: &said,
    };
    assert_eq!(
        bench.pools.inbound_federation(&bench.cx(), inbound).await.unwrap(),
        None,
        "unchanged where it says nothing"
    );
    let event = bench.functions.last();
    assert_eq!(
        (&event["triggerSource"], &event["userName"]),
        (&json!("InboundFederation_ExternalProvider"), &json!("Corp_1"))
    );
    assert_eq!(event["request"], json!({"providerName": "Corp", "providerType": "OIDC", "attributes": said}));
    bench
        .functions
        .answers("InboundFederation", |_, response| response["userAttributesToMap"] = json!({"email": "x@y"}));
    let mapped = bench.pools.inbound_federation(&bench.cx(), inbound).await.unwrap().unwrap();
    assert_eq!(mapped["email"], "x@y");
}

#[tokio::test]
async fn a_first_sign_in_from_a_provider_is_framed_by_its_two_functions() {
    let bench = Bench::new();
    let app = app(&bench, &["PreSignUp", "PostConfirmation"]).await;
    let mut user = bench.user_with(&app.pool, "Corp_1", |user| user.status = UserStatus::ExternalProvider).await;
    user.attributes.insert("email_verified".into(), "false".into());
    bench.functions.answers("PreSignUp", |_, response| {
        *response = json!({"autoConfirmUser": true, "autoVerifyEmail": true});
    });
    let newcomer = NewcomerFromProvider { pool: &app.pool, client: &app.client.id, user: &mut user };
    bench.pools.pre_sign_up_external(&bench.cx(), newcomer).await.unwrap();
    assert_eq!((user.status, &*user.attributes["email_verified"]), (UserStatus::ExternalProvider, "true"));
    bench.pools.post_confirmation_external(&bench.cx(), &app.pool, &app.client.id, &user).await.unwrap();
    assert_eq!(bench.functions.sources(), ["PreSignUp_ExternalProvider", "PostConfirmation_ConfirmSignUp"]);
    bench.functions.fails("PreSignUp", TriggerFailed::Function("not you".into()));
    let newcomer = NewcomerFromProvider { pool: &app.pool, client: &app.client.id, user: &mut user };
    let refused = bench.pools.pre_sign_up_external(&bench.cx(), newcomer).await.unwrap_err();
    assert_eq!(refused.message, "PreSignUp failed with error not you.");
}
