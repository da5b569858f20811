//! PreventUserExistenceErrors: absent users answer like present ones (spec C.16).
use crate::app::{App, HOUR, NEW_PASSWORD, by_email, other, refusal, with_alias};
use user_pools::sign_in::{Door, Flow, SignedIn, Start};
use user_pools::user::UserStatus;

#[tokio::test]
async fn a_forgotten_password_looks_the_same_for_absent_users() {
    let app = App::hiding(by_email).await;
    app.bench.user(&app.pool, "ann@example.com").await;
    let real = app.forgot("ann@example.com").await.unwrap();
    let mails = app.bench.mail.count();
    let simulated = app.forgot("abe@elsewhere.example").await.unwrap();
    assert_eq!(simulated, real, "the mask of the address that was typed");
    assert_eq!(app.bench.mail.count(), mails, "nothing is sent");
}

#[tokio::test]
async fn a_simulated_destination_is_stable_and_looks_like_one() {
    let app = App::hiding(with_alias).await;
    let first = app.forgot("nobody").await.unwrap();
    assert_eq!(app.forgot("nobody").await.unwrap(), first);
    assert_eq!(first.destination.len(), "f***@e***".len());
    let others: std::collections::BTreeSet<_> =
        futures(&app, &["n1", "n2", "n3", "n4", "n5"]).await.into_iter().collect();
    assert!(others.len() > 1, "one destination for everybody would give it away");
}

async fn futures(app: &App, names: &[&str]) -> Vec<String> {
    let mut destinations = Vec::new();
    for name in names {
        destinations.push(app.forgot(name).await.unwrap().destination);
    }
    destinations
}

#[tokio::test]
async fn a_code_for_an_absent_user_is_wrong_once_asked_for_and_expired_before() {
    let app = App::hiding(with_alias).await;
    app.bench.user(&app.pool, "ann").await;
    for name in ["ann", "nobody"] {
        let says = refusal(app.confirm_forgot(name, "123456", NEW_PASSWORD).await);
        assert_eq!(says, "ExpiredCode: Invalid code provided, please request a code again.", "{name}");
        app.forgot(name).await.unwrap();
        let wrong = if name == "ann" { other(&app.code("ann@example.com")) } else { "123456".to_owned() };
        let says = refusal(app.confirm_forgot(name, &wrong, NEW_PASSWORD).await);
        assert_eq!(says, "CodeMismatch: Invalid verification code provided, please try again.", "{name}");
    }
    app.bench.clock.advance(HOUR);
    for name in ["ann", "nobody"] {
        let says = refusal(app.confirm_forgot(name, "123456", NEW_PASSWORD).await);
        assert!(says.starts_with("ExpiredCode"), "{name}: {says}");
    }
}

#[tokio::test]
async fn asking_again_prolongs_the_life_of_a_code_for_absent_users_too() {
    let app = App::hiding(with_alias).await;
    app.bench.user(&app.pool, "ann").await;
    for name in ["ann", "nobody"] {
        app.forgot(name).await.unwrap();
    }
    app.bench.clock.advance(HOUR - 1000);
    for name in ["ann", "nobody"] {
        app.forgot(name).await.unwrap();
    }
    app.bench.clock.advance(2000);
    let wrong = other(&app.code("ann@example.com"));
    for name in ["ann", "nobody"] {
        let says = refusal(app.confirm_forgot(name, &wrong, NEW_PASSWORD).await);
        assert!(says.starts_with("CodeMismatch"), "{name}: {says}");
    }
}

#[tokio::test]
async fn users_who_cannot_recover_answer_like_absent_ones() {
    let app = App::hiding(with_alias).await;
    app.bench.user_with(&app.pool, "off", |user| user.enabled = false).await;
    app.bench.user_with(&app.pool, "fresh", |user| user.status = UserStatus::ForceChangePassword).await;
    app.bench.user_with(&app.pool, "bare", |user| user.attributes.clear()).await;
    for name in ["off", "fresh", "bare", "nobody"] {
        app.forgot(name).await.expect(name);
        let says = refusal(app.confirm_forgot(name, "123456", NEW_PASSWORD).await);
        assert!(says.starts_with("CodeMismatch"), "{name}: {says}");
    }
    assert_eq!(app.bench.mail.count(), 0);
}

#[tokio::test]
async fn confirming_and_resending_look_the_same_for_absent_users() {
    let app = App::hiding(by_email).await;
    app.sign_up("ann@example.com", &[]).await.unwrap();
    let real = app.resend("ann@example.com").await.unwrap();
    assert_eq!(app.resend("abe@elsewhere.example").await.unwrap(), real);
    let wrong = other(&app.code("ann@example.com"));
    let present = refusal(app.confirm("ann@example.com", &wrong).await);
    assert_eq!(refusal(app.confirm("abe@elsewhere.example", &wrong).await), present);
}

#[tokio::test]
async fn asking_again_for_a_confirmation_tells_nobody_apart() {
    let app = App::hiding(with_alias).await;
    let states = [UserStatus::Confirmed, UserStatus::ResetRequired, UserStatus::ForceChangePassword];
    for (number, status) in states.into_iter().enumerate() {
        app.bench.user_with(&app.pool, &format!("user{number}"), |user| user.status = status).await;
    }
    app.bench.user_with(&app.pool, "off", |user| (user.status, user.enabled) = (UserStatus::Unconfirmed, false)).await;
    app.bench
        .user_with(&app.pool, "bare", |user| {
            user.status = UserStatus::Unconfirmed;
            user.attributes.clear();
        })
        .await;
    for name in ["user0", "user1", "user2", "off", "bare", "nobody"] {
        let delivery = app.resend(name).await.expect(name);
        assert_eq!(delivery.destination.len(), "u***@e***".len());
    }
    assert_eq!(app.bench.mail.count(), 0);
    let says = [refusal(app.confirm("off", "123456").await), refusal(app.confirm("nobody", "123456").await)];
    assert_eq!(says[0], says[1]);
}

#[tokio::test]
async fn a_user_has_one_count_and_one_destination_whichever_name_is_typed() {
    let app = App::hiding(by_email).await;
    let ann = app.bench.user(&app.pool, "ann@example.com").await;
    // What SRP shows for a name that nobody has.
    let parameters = [("USERNAME", "abe@elsewhere.example"), ("SRP_A", "ff")].into_iter().collect();
    let start =
        Start { door: Door::Api, client: app.client.id.clone(), flow: Flow::UserSrp, parameters, session: None };
    let SignedIn::Challenge(challenge) = app.bench.pools.initiate_auth(&app.bench.cx(), &start).await.unwrap() else {
        panic!("SRP always asks")
    };
    let made_up = challenge.parameters["USERNAME"].clone();
    for (name, id) in [("ann@example.com", ann.sub.as_str()), ("abe@elsewhere.example", &made_up)] {
        for _ in 0..10 {
            assert_eq!(app.forgot(name).await.unwrap().destination, "a***@e***");
            assert_eq!(app.forgot(id).await.unwrap().destination, "a***@e***", "{id}");
        }
        for name in [name, id] {
            assert!(refusal(app.forgot(name).await).starts_with("LimitExceeded"), "{name}");
        }
    }
}

#[tokio::test]
async fn a_destination_does_not_show_how_somebody_once_wrote_their_address() {
    let app = App::hiding(by_email).await;
    app.bench
        .user_with(&app.pool, "ann@example.com", |user| {
            user.attributes.insert("email".into(), "Ann@Example.com".into());
        })
        .await;
    assert_eq!(app.forgot("ANN@example.com").await.unwrap().destination, "a***@e***");
    assert_eq!(app.forgot("ABE@example.com").await.unwrap().destination, "a***@e***");
}

#[tokio::test]
async fn a_code_for_nobody_costs_the_same_writes_and_parcels() {
    let app = App::hiding(by_email).await;
    app.bench.user(&app.pool, "ann@example.com").await;
    app.sign_up("new@example.com", &[]).await.unwrap();
    let cost = async |name: &str, resend: bool| {
        let before = (app.bench.store.flushes(), app.bench.mail.parcels());
        if resend {
            app.resend(name).await.unwrap()
        } else {
            app.forgot(name).await.unwrap()
        };
        (app.bench.store.flushes() - before.0, app.bench.mail.parcels() - before.1)
    };
    assert_eq!(cost("ann@example.com", false).await, (2, 1));
    assert_eq!(cost("abe@example.com", false).await, (2, 1));
    assert_eq!(cost("new@example.com", true).await, (2, 1));
    assert_eq!(cost("abe@example.com", true).await, (2, 1));
    assert_eq!(cost("ann@example.com", true).await, (2, 1));
}

#[tokio::test]
async fn a_delivery_that_fails_tells_nobody_apart() {
    let app = App::hiding(by_email).await;
    app.bench.user(&app.pool, "ann@example.com").await;
    app.sign_up("new@example.com", &[]).await.unwrap();
    app.bench.mail.break_delivery(true);
    for name in ["ann@example.com", "new@example.com", "abe@example.com"] {
        app.forgot(name).await.expect(name);
        app.resend(name).await.expect(name);
    }
    let telling = App::new(by_email).await;
    telling.bench.user(&telling.pool, "ann@example.com").await;
    telling.bench.mail.break_delivery(true);
    assert!(refusal(telling.forgot("ann@example.com").await).starts_with("CodeDeliveryFailure"));
}

#[tokio::test]
async fn absent_users_reach_the_same_limits() {
    let app = App::hiding(by_email).await;
    app.bench.user(&app.pool, "ann@example.com").await;
    for name in ["ann@example.com", "abe@elsewhere.example"] {
        for _ in 0..20 {
            app.forgot(name).await.unwrap();
        }
        assert!(refusal(app.forgot(name).await).starts_with("LimitExceeded"), "{name}");
    }
}

#[tokio::test]
async fn without_prevention_absent_users_are_told() {
    let app = App::new(by_email).await;
    let says = "UserNotFound: Username/client id combination not found.";
    assert_eq!(refusal(app.resend("abe@elsewhere.example").await), says);
    assert_eq!(refusal(app.confirm("abe@elsewhere.example", "123456").await), says);
}
