//! CustomMessage and the custom senders.
use crate::scene::{ANN, app, asking, carrying, hiding, sign_up, with};
use serde_json::json;
use testing::Bench;
use user_pools::attributes::Given;
use user_pools::ports::{Pools as _, TriggerFailed};
use user_pools::users::admin::AdminCreateUser;

fn invitation() -> AdminCreateUser {
    AdminCreateUser {
        username: "bob".into(),
        attributes: vec![("email".into(), "bob@example.com".into())],
        temporary_password: None,
        action: None,
        mediums: vec![],
        force_alias: false,
    }
}

#[tokio::test]
async fn a_function_writes_the_text_around_a_code_it_never_sees() {
    let bench = Bench::new();
    let app = app(&bench, &["CustomMessage"]).await;
    bench.functions.answers("CustomMessage", |event, response| {
        let code = event["request"]["codeParameter"].as_str().unwrap();
        response["emailSubject"] = json!("Hello");
        response["emailMessage"] = json!(format!("<b>{code}</b>"));
    });
    let done = sign_up(&app, "ann").await.unwrap();
    let (mail, code) = (bench.mail.last_to(ANN), bench.mail.code_to(ANN));
    assert_eq!((mail.subject.as_str(), mail.body), ("Hello", format!("<b>{code}</b>")));
    let event = bench.functions.last();
    assert_eq!(event["triggerSource"], "CustomMessage_SignUp");
    assert_eq!(
        event["request"],
        json!({
            "userAttributes": {
                "sub": done.sub, "email": ANN, "email_verified": "false", "cognito:user_status": "UNCONFIRMED",
            },
            "codeParameter": "{####}", "linkParameter": "{##Click Here##}", "usernameParameter": null,
            "clientMetadata": {"meta": "1"},
        })
    );
    assert_eq!(event["response"], json!({"smsMessage": null, "emailMessage": null, "emailSubject": null}));
    assert!(!event.to_string().contains(&code));
}

#[tokio::test]
async fn a_text_that_forgets_the_code_is_replaced_by_the_pools_own() {
    let bench = Bench::new();
    let app = app(&bench, &["CustomMessage"]).await;
    bench.functions.answers("CustomMessage", |_, response| response["emailMessage"] = json!("Welcome!"));
    sign_up(&app, "ann").await.unwrap();
    assert_eq!(bench.mail.last_to(ANN).body, format!("Your confirmation code is {}", bench.mail.code_to(ANN)));

    bench.functions.answers("CustomMessage", |_, response| response["emailMessage"] = json!("only {####}"));
    bench.pools.admin_create_user(&bench.cx(), &app.pool, invitation()).await.unwrap();
    assert!(bench.mail.last_to("bob@example.com").body.starts_with("Your username is bob"));
    assert_eq!(bench.functions.last()["request"]["usernameParameter"], "{username}");
    assert_eq!(bench.functions.last()["triggerSource"], "CustomMessage_AdminCreateUser");
}

#[tokio::test]
async fn every_occasion_has_its_source() {
    let bench = Bench::new();
    let app = app(&bench, &["CustomMessage"]).await;
    sign_up(&app, "ann").await.unwrap();
    bench.pools.resend_confirmation_code(&bench.cx(), asking(&app, "ann")).await.unwrap();
    let bob = bench.user(&app.pool, "bob").await;
    bench.pools.forgot_password(&bench.cx(), asking(&app, "bob")).await.unwrap();
    bench.pools.admin_reset_user_password(&bench.cx(), &app.pool, "bob").await.unwrap();
    let moved: Given = vec![("email".into(), "new@example.com".into())];
    bench.pools.admin_update_user_attributes(&bench.cx(), &app.pool, &bob.username, &moved).await.unwrap();
    assert_eq!(
        bench.functions.sources(),
        [
            "CustomMessage_SignUp",
            "CustomMessage_ResendCode",
            "CustomMessage_ForgotPassword",
            "CustomMessage_ForgotPassword",
            "CustomMessage_UpdateUserAttribute",
        ]
    );
}

#[tokio::test]
async fn a_link_needs_its_mark() {
    let bench = Bench::new();
    let by_link = |pool: &mut user_pools::pool::PoolSettings| {
        pool.messages.verification.insert("DefaultEmailOption".into(), "CONFIRM_WITH_LINK".into());
    };
    let app = with(&bench, &["CustomMessage"], by_link, |_| {}).await;
    bench.functions.answers("CustomMessage", |event, response| {
        let link = event["request"]["linkParameter"].as_str().unwrap();
        response["emailMessage"] = json!(format!("Please {link}"));
    });
    sign_up(&app, "ann").await.unwrap();
    let body = bench.mail.last_to(ANN).body;
    assert!(body.starts_with("Please <a href=") && body.ends_with(">Click Here</a>"), "{body}");
}

#[tokio::test]
async fn a_failing_function_fails_the_call_but_not_the_user() {
    let bench = Bench::new();
    let app = app(&bench, &["CustomMessage"]).await;
    bench.functions.fails("CustomMessage", TriggerFailed::Function("typo".into()));
    let refused = sign_up(&app, "ann").await.unwrap_err();
    assert_eq!(refused.message, "CustomMessage failed with error typo.");
    assert!(bench.pools.admin_get_user(&app.pool, "ann").await.is_ok());
}

#[tokio::test]
async fn a_sender_gets_the_code_encrypted_and_nothing_is_mailed() {
    let bench = Bench::new();
    let app = app(&bench, &["CustomEmailSender", "CustomMessage"]).await;
    bench.pools.forgot_password(&carrying(&bench), asking(&app, "nobody")).await.unwrap_err();
    sign_up(&app, "ann").await.unwrap();
    assert_eq!((bench.mail.count(), bench.functions.log().len()), (0, 0), "senders are not waited for");
    let [message] = &bench.mail.for_senders()[..] else { panic!("one message") };
    assert_eq!(bench.pools.send_by_function(message).await, Ok(true));
    let [invoked] = &bench.functions.log()[..] else { panic!("one event") };
    let event = &invoked.event;
    assert_eq!(event["triggerSource"], "CustomEmailSender_SignUp");
    assert_eq!(event["request"]["type"], "customEmailSenderRequestV1");
    assert_eq!(event["request"]["clientMetadata"], json!({"meta": "1"}));
    assert_eq!(event["request"]["userAttributes"]["email"], ANN);
    let code = event["request"]["code"].as_str().unwrap();
    assert!(code.starts_with("AgR4"), "format 2, suite 0x0478: {code}");
    assert!(!event.to_string().contains(message.code.as_deref().unwrap()));
}

#[tokio::test]
async fn a_pool_that_gives_up_its_sender_sends_what_waits_like_any_mail() {
    let bench = Bench::new();
    let app = app(&bench, &["CustomEmailSender"]).await;
    sign_up(&app, "ann").await.unwrap();
    let message = bench.mail.for_senders().remove(0);
    bench.functions.fails("CustomEmailSender", TriggerFailed::Timeout);
    assert_eq!(bench.pools.send_by_function(&message).await, Err(TriggerFailed::Timeout));
    let mut pool = app.pool.clone();
    pool.settings.documents.remove("LambdaConfig");
    bench.store.replace_pool(bench.now(), pool).await.unwrap();
    assert_eq!(bench.pools.send_by_function(&message).await, Ok(false));
    assert!(message.body.contains(message.code.as_deref().unwrap()), "its text is ready");
}

#[tokio::test]
async fn where_users_are_hidden_functions_tell_nobody_apart() {
    let bench = Bench::new();
    let app = hiding(&bench, &["CustomMessage"]).await;
    bench.user(&app.pool, "ann").await;
    bench.functions.script("CustomMessage", |event| {
        let known = event["userName"] == "ann";
        if known { Ok(event.to_string().into_bytes()) } else { Err(TriggerFailed::Function("who is that".into())) }
    });
    for name in ["ann", "nobody"] {
        bench.pools.forgot_password(&bench.cx(), asking(&app, name)).await.expect("the same answer for both");
    }
    assert_eq!(bench.functions.log().len(), 2, "asked about both, or the time would tell");
    assert_eq!(bench.mail.count(), 1);
}

#[tokio::test]
async fn a_sender_is_told_of_nobody_who_does_not_exist() {
    let bench = Bench::new();
    let app = hiding(&bench, &["CustomEmailSender"]).await;
    bench.user(&app.pool, "ann").await;
    bench.pools.forgot_password(&bench.cx(), asking(&app, "nobody@example.com")).await.unwrap();
    assert_eq!((bench.mail.parcels(), bench.mail.for_senders().len()), (1, 0));
    bench.pools.forgot_password(&bench.cx(), asking(&app, "ann")).await.unwrap();
    let [message] = &bench.mail.for_senders()[..] else { panic!("one message") };
    assert!(message.event.as_ref().unwrap().contains("CustomEmailSender_ForgotPassword"));
    assert_eq!((bench.mail.parcels(), bench.mail.count()), (2, 0));
}
