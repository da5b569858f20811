//! The pages: signing up, recovering, challenges; and that unknown users look like known ones.
use crate::browser::{Browser, Reply, ask, ask_with, login};
use crate::totp;
use http::Method;
use testing::{Bench, PASSWORD};
use user_pools::pool::{AliasKind, Contact, MfaRequirement, PoolSettings};
use user_pools::user::UserStatus;

fn email_pool(settings: &mut PoolSettings) {
    settings.username_attributes = vec![AliasKind::Email];
    settings.auto_verified = vec![Contact::Email];
    settings.case_sensitive = Some(false);
}

fn mfa_on(settings: &mut PoolSettings) {
    email_pool(settings);
    settings.mfa = MfaRequirement::On;
    settings.software_token_mfa = Some(true);
}

/// The key that a set-up page shows.
fn key(page: &Reply) -> String {
    page.form_to("/mfa/setup").fields["key"].clone()
}

#[tokio::test]
async fn who_confirms_a_sign_up_in_the_same_browser_is_signed_in() {
    let bench = Bench::new();
    let pool = bench.pool_with(email_pool).await;
    let client = bench.client(&pool).await;
    let mut browser = Browser::new(&bench);
    let page = browser.get(&format!("/signup?{}", ask(&client))).await;
    assert_eq!(page.form().fields.keys().collect::<Vec<_>>(), ["_csrf", "email", "password"]);
    assert!(page.text().contains("At least 8 characters"), "{}", page.text());
    let waiting = browser.submit(page.form().with("email", "eve@example.com").with("password", PASSWORD)).await;
    assert_eq!(waiting.status, 200, "{}", waiting.text());
    assert!(waiting.text().contains("We have sent a code to e***@e***."), "{}", waiting.text());
    let wrong = browser.submit(waiting.form_to("/confirmUser").with("code", "000000")).await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.text().contains("This code is not right. Check it and try again."));
    let resent = browser.submit(wrong.form_to("/resendcode")).await;
    assert!(resent.text().contains("We have sent a code to e***@e***."), "{}", resent.text());
    let code = bench.mail.code_to("eve@example.com");
    let back = browser.submit(resent.form_to("/confirmUser").with("code", &code)).await;
    let code = back.sent("code").expect("signed in and sent on");
    assert_eq!(browser.redeem(&client, &code).await.status, 200);
}

#[tokio::test]
async fn a_ticket_is_worth_nothing_in_another_browser_later_or_twice() {
    let bench = Bench::new();
    let pool = bench.pool_with(email_pool).await;
    let client = bench.client(&pool).await;
    for late in [false, true] {
        let mut browser = Browser::new(&bench);
        let address = if late { "late@example.com" } else { "other@example.com" };
        let page = browser.get(&format!("/signup?{}", ask(&client))).await;
        let waiting = browser.submit(page.form().with("email", address).with("password", PASSWORD)).await;
        let ticket = waiting.form().fields["ticket"].clone();
        let mut other = if late { browser } else { Browser::new(&bench) };
        if late {
            bench.clock.advance(61 * 60_000);
        }
        let page = other.get(&format!("/confirmUser?{}", ask(&client))).await;
        let form = page.form().with("username", address).with("ticket", &ticket);
        let reply = other.submit(form.with("code", &bench.mail.code_to(address))).await;
        assert!(
            reply.location().starts_with("/login?") && reply.location().ends_with("&notice=confirmed"),
            "{}",
            reply.location()
        );
        let page = other.get(reply.location()).await;
        assert!(page.text().contains("Your account is confirmed. You can sign in now."));
        assert!(!other.cookies.keys().any(|name| name.starts_with("cognito-us-")));
    }
}

#[tokio::test]
async fn the_link_of_a_mail_confirms_but_signs_nobody_in() {
    let bench = Bench::new();
    let pool = bench
        .pool_with(|settings| {
            email_pool(settings);
            settings.messages.verification.insert("DefaultEmailOption".into(), "CONFIRM_WITH_LINK".into());
        })
        .await;
    let client = bench.client(&pool).await;
    let mut browser = Browser::new(&bench);
    let page = browser.get(&format!("/signup?{}", ask(&client))).await;
    browser.submit(page.form().with("email", "eve@example.com").with("password", PASSWORD)).await;
    let mail = bench.mail.last_to("eve@example.com").body;
    let start = mail.find("/confirmUser?").expect("a link");
    let link = mail[start..].split('"').next().unwrap().replace("&amp;", "&");
    let mut elsewhere = Browser::new(&bench);
    let done = elsewhere.get(&link).await;
    assert!(!done.location().contains("confirmation_code"), "the code stays in no history: {}", done.location());
    let done = elsewhere.get(done.location()).await;
    assert_eq!(done.status, 200, "{}", done.text());
    assert!(done.text().contains("Your account is confirmed."));
    assert!(elsewhere.cookies.is_empty());
    let again = elsewhere.get(&link).await;
    assert_eq!(elsewhere.get(again.location()).await.status, 400, "once");
    assert!(browser.sign_in(&ask(&client), "eve@example.com", PASSWORD).await.sent("code").is_some());
}

#[tokio::test]
async fn who_knows_the_password_of_an_unconfirmed_account_is_asked_for_its_code() {
    let bench = Bench::new();
    let pool = bench.pool_with(email_pool).await;
    let client = bench.client(&pool).await;
    let mut browser = Browser::new(&bench);
    let page = browser.get(&format!("/signup?{}", ask(&client))).await;
    browser.submit(page.form().with("email", "eve@example.com").with("password", PASSWORD)).await;
    let mut later = Browser::new(&bench);
    let page = later.sign_in(&ask(&client), "eve@example.com", PASSWORD).await;
    assert!(page.text().contains("Your account is not confirmed yet."), "{}", page.text());
    let reply = later.submit(page.form_to("/confirmUser").with("code", &bench.mail.code_to("eve@example.com"))).await;
    assert!(reply.sent("code").is_some());
}

#[tokio::test]
async fn sign_up_errors_stand_at_their_fields() {
    let bench = Bench::new();
    let pool = bench.pool_with(email_pool).await;
    let client = bench.client(&pool).await;
    bench.user(&pool, "ann@example.com").await;
    let mut browser = Browser::new(&bench);
    let page = browser.get(&format!("/signup?{}", ask(&client))).await;
    for (email, password, field, text) in [
        ("", PASSWORD, "email", "Email address is missing."),
        ("eve@example.com", "", "password", "Password is missing."),
        ("eve@example.com", "short", "password", "The password is too short."),
        ("ann@example.com", PASSWORD, "email", "An account with this email address exists already."),
    ] {
        let reply = browser.submit(page.form().with("email", email).with("password", password)).await;
        assert_eq!(reply.status, 400, "{text}");
        assert!(reply.text().contains(text), "{}", reply.text());
        assert!(reply.body.contains(&format!("<a href=\"#{field}\">")), "the summary leads to the field");
        assert!(reply.body.contains(&format!("id=\"{field}-problem\"")));
        assert!(!reply.body.contains("value=\"short\"") && !reply.body.contains(PASSWORD), "no password comes back");
    }
}

#[tokio::test]
async fn a_closed_pool_takes_no_sign_ups() {
    let bench = Bench::new();
    let pool = bench.pool_with(|settings| settings.admin_create_only = true).await;
    let client = bench.client(&pool).await;
    let mut browser = Browser::new(&bench);
    let page = browser.sign_in_page(&ask(&client)).await;
    assert!(!page.body.contains("/signup?"));
    let closed = browser.get(&format!("/signup?{}", ask(&client))).await;
    assert_eq!((closed.status, closed.forms().len()), (403, 0));
}

#[tokio::test]
async fn unknown_users_look_like_known_ones_with_a_wrong_password() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client =
        bench.client_with(&pool, |settings| settings.prevent_user_existence_errors = Some("ENABLED".into())).await;
    bench.user(&pool, "ann").await;
    bench.user_with(&pool, "off", |user| user.enabled = false).await;
    bench.user_with(&pool, "new", |user| user.status = UserStatus::Unconfirmed).await;
    let mut pages = Vec::new();
    for name in ["ann", "off", "new", "bob"] {
        let mut browser = Browser::new(&bench);
        let reply = browser.sign_in(&ask(&client), name, "Wrong-passw0rd").await;
        assert!(reply.text().contains("Incorrect username or password."), "{}", reply.text());
        let names: Vec<_> = reply.headers.keys().map(ToString::to_string).collect();
        let csrf = &reply.form().fields["_csrf"];
        let body = reply.body.replace(csrf, "").replace(&format!("\"{name}\""), "\"\"");
        pages.push((reply.status, names, body));
    }
    for page in &pages[1..] {
        assert_eq!(page, &pages[0]);
    }
    let mut forgotten = Vec::new();
    for name in ["ann", "off", "bob"] {
        let mut browser = Browser::new(&bench);
        let page = browser.get(&format!("/forgotPassword?{}", ask(&client))).await;
        let reply = browser.submit(page.form().with("username", name)).await;
        assert!(reply.text().contains("We have sent a code to "), "{}", reply.text());
        forgotten.push(reply.status);
    }
    assert_eq!(forgotten, [200, 200, 200]);
    assert_eq!(bench.mail.count(), 1);
}

#[tokio::test]
async fn confirming_an_account_tells_nobody_apart() {
    let bench = Bench::new();
    let pool = bench.pool_with(|settings| settings.auto_verified = vec![Contact::Email]).await;
    let client =
        bench.client_with(&pool, |settings| settings.prevent_user_existence_errors = Some("ENABLED".into())).await;
    bench.user(&pool, "ann").await;
    bench.user_with(&pool, "off", |user| user.enabled = false).await;
    bench.user_with(&pool, "due", |user| user.status = UserStatus::ResetRequired).await;
    bench.user_with(&pool, "tmp", |user| user.status = UserStatus::ForceChangePassword).await;
    bench.user_with(&pool, "new", |user| user.status = UserStatus::Unconfirmed).await;
    let (mut confirmed, mut linked, mut again) = (Vec::new(), Vec::new(), Vec::new());
    for name in ["bob", "ann", "off", "due", "tmp", "new"] {
        let mut browser = Browser::new(&bench);
        let page = browser.get(&format!("/confirmUser?{}", ask(&client))).await;
        let reply = browser.submit(page.form().with("username", name).with("code", "12345")).await;
        confirmed.push((reply.status, reply.text().replace(name, "")));
        let reply = browser.submit(reply.form_to("/resendcode")).await;
        again.push((reply.status, reply.text().contains("We have sent a code to ")));
        let link = format!("/confirmUser?client_id={}&user_name={name}&confirmation_code=12345", client.id);
        let reply = browser.get(&link).await;
        let reply = browser.get(reply.location()).await;
        linked.push((reply.status, reply.text()));
    }
    for all in [confirmed, linked] {
        assert!(all.iter().all(|one| *one == all[0] && one.0 == 400), "{all:?}");
    }
    assert!(again.iter().all(|one| *one == (200, true)), "{again:?}");
    assert_eq!(bench.mail.count(), 1, "only who waits for it");
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_a_code() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    bench.user(&pool, "ann").await;
    let mut thief = Browser::new(&bench);
    thief.code(&client, "ann").await;
    let mut browser = Browser::new(&bench);
    let page = browser.get(&format!("/forgotPassword?{}", ask(&client))).await;
    let page = browser.submit(page.form().with("username", "ann")).await;
    assert!(page.text().contains("We have sent a code to a***@e***."), "{}", page.text());
    let form = page.form_to("/confirmForgotPassword");
    let with = |code: &str, new: &str, again: &str| {
        form.clone().with("code", code).with("new_password", new).with("confirm_password", again)
    };
    let code = bench.mail.code_to("ann@example.com");
    for (code, new, again, text) in [
        ("000000", "N3w-password", "N3w-password", "This code is not right."),
        (code.as_str(), "N3w-password", "N3w-passwort", "The two passwords are not the same."),
        (code.as_str(), "weak", "weak", "The password is too short."),
        ("", "N3w-password", "N3w-password", "Enter the code."),
    ] {
        let reply = browser.submit(with(code, new, again)).await;
        assert_eq!(reply.status, 400);
        assert!(reply.text().contains(text), "{}", reply.text());
    }
    let done = browser.submit(with(&code, "N3w-password", "N3w-password")).await;
    assert!(done.location().ends_with("&notice=password"));
    assert!(browser.get(done.location()).await.text().contains("Your password has been changed."));
    let shut_out = thief.get(&format!("/oauth2/authorize?{}", ask(&client))).await;
    assert!(shut_out.location().starts_with("/login?"), "login sessions elsewhere are over");
    assert_eq!(browser.sign_in(&ask(&client), "ann", PASSWORD).await.status, 400);
    assert!(browser.sign_in(&ask(&client), "ann", "N3w-password").await.sent("code").is_some());
}

#[tokio::test]
async fn a_temporary_password_is_changed_and_missing_attributes_are_asked_for() {
    let bench = Bench::new();
    let pool = bench
        .pool_with(|settings| {
            for attribute in &mut settings.schema {
                attribute.required |= attribute.name == "name";
            }
        })
        .await;
    let client = bench.client(&pool).await;
    bench.user_with(&pool, "ann", |user| user.status = UserStatus::ForceChangePassword).await;
    let mut browser = Browser::new(&bench);
    let page = browser.sign_in(&ask(&client), "ann", PASSWORD).await;
    let form = page.form_to("/changePassword");
    assert!(form.fields.contains_key("name"), "{form:?}");
    let fill = |new: &str, again: &str| {
        form.clone().with("name", "Ann").with("new_password", new).with("confirm_password", again)
    };
    assert!(browser.submit(fill("N3w-password", "x")).await.text().contains("The two passwords are not the same."));
    let weak = browser.submit(fill("weak", "weak")).await;
    assert!(weak.text().contains("The password is too short."), "{}", weak.text());
    assert_eq!(weak.form().fields["name"], "Ann", "what was typed stays");
    let done = browser.submit(fill("N3w-password", "N3w-password")).await;
    assert!(done.sent("code").is_some());
    let replay = browser.submit(fill("N3w-passwort", "N3w-passwort")).await;
    assert!(replay.location().ends_with("&notice=expired"), "a session is used once");
}

#[tokio::test]
async fn a_pool_with_mfa_on_lets_nobody_in_without_a_second_step() {
    let bench = Bench::new();
    let pool = bench.pool_with(mfa_on).await;
    let client = bench.client(&pool).await;
    let mut browser = Browser::new(&bench);
    let page = browser.get(&format!("/signup?{}", ask(&client))).await;
    let page = browser.submit(page.form().with("email", "eve@example.com").with("password", PASSWORD)).await;
    let code = bench.mail.code_to("eve@example.com");
    let set_up = browser.submit(page.form_to("/confirmUser").with("code", &code)).await;
    assert_eq!(set_up.status, 200, "confirming does not skip the second step");
    assert!(set_up.body.contains("<svg role=\"img\" aria-label=\"QR code"));
    let key = key(&set_up);
    assert!(set_up.text().replace(' ', "").contains(&key), "the key stands there as text too");
    let wrong = browser.submit(set_up.form_to("/mfa/setup").with("code", "000000")).await;
    assert_eq!(wrong.status, 400);
    assert_eq!(self::key(&wrong), key, "the key stays the same after a wrong code");
    let back = browser.submit(wrong.form_to("/mfa/setup").with("code", &totp::code(&key, bench.now()))).await;
    assert!(back.sent("code").is_some(), "{}", back.location());

    bench.clock.advance(30_000);
    let mut later = Browser::new(&bench);
    let page = later.sign_in(&ask(&client), "eve@example.com", PASSWORD).await;
    assert!(page.text().contains("Enter the code that your authenticator app shows."));
    assert!(!later.cookies.keys().any(|name| name.starts_with("cognito-us-")), "no session before the second step");
    let wrong = later.submit(page.form_to("/mfa/code").with("code", "000000")).await;
    assert!(wrong.text().contains("This code is not right."), "{}", wrong.text());
    let code = totp::code(&key, bench.now());
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    let back = later.submit(wrong.form_to("/mfa/code").with("code", &spaced)).await;
    assert!(back.sent("code").is_some());
    let replay = later.submit(page.form_to("/mfa/code").with("code", &code)).await;
    assert_ne!(replay.status, 200);
    assert!(!replay.header("location").contains("code="), "a code works once");
}

fn codes_on(settings: &mut PoolSettings) {
    settings.mfa = MfaRequirement::Optional;
    settings.software_token_mfa = Some(true);
    for member in ["EmailMfaConfiguration", "SmsMfaConfiguration"] {
        settings.documents.insert(member.into(), serde_json::json!({}));
    }
}

#[tokio::test]
async fn a_second_step_by_a_code_is_chosen_sent_and_asked_for() {
    let bench = Bench::new();
    let pool = bench.pool_with(codes_on).await;
    let client = bench.client(&pool).await;
    let factors = |user: &mut user_pools::user::User| {
        user.credentials.mfa_enabled = vec!["SMS_MFA".into(), "EMAIL_OTP".into()];
        user.attributes.insert("email".into(), "eve@example.com".into());
        user.attributes.insert("phone_number".into(), "+12065550100".into());
    };
    bench.user_with(&pool, "eve", factors).await;
    for (factor, address, shown) in
        [("SMS_MFA", "+12065550100", "+*******0100"), ("EMAIL_OTP", "eve@example.com", "e***@e***")]
    {
        let mut browser = Browser::new(&bench);
        let choice = browser.sign_in(&ask(&client), "eve", PASSWORD).await;
        let mut form = choice.form_to("/mfa/choice");
        assert_eq!(form.fields["factor"], "SMS_MFA", "no button for an app that eve has not got");
        form.fields.insert("factor".into(), factor.into());
        let page = browser.submit(form).await;
        assert!(page.text().contains(&format!("We have sent a code to {shown}.")), "{}", page.text());
        let wrong = browser.submit(page.form_to("/mfa/code").with("code", "000000x")).await;
        assert_eq!(wrong.status, 400);
        assert!(wrong.text().contains("This code is not right."), "{}", wrong.text());
        let code = bench.mail.code_to(address);
        let back = browser.submit(wrong.form_to("/mfa/code").with("code", &code)).await;
        assert!(back.sent("code").is_some(), "{}", back.text());
        let replay = browser.submit(page.form_to("/mfa/code").with("code", &code)).await;
        assert!(!replay.header("location").contains("code="), "a code works once");
    }
}

#[tokio::test]
async fn a_code_alone_signs_in_where_pool_and_client_let_it() {
    let bench = Bench::new();
    let by_code = |settings: &mut PoolSettings| {
        email_pool(settings);
        settings.first_factors = vec!["PASSWORD".into(), "EMAIL_OTP".into()];
    };
    let pool = bench.pool_with(by_code).await;
    let client = bench
        .client_with(&pool, |settings| {
            settings.auth_flows = Some(vec!["ALLOW_USER_AUTH".into()]);
            settings.prevent_user_existence_errors = Some("ENABLED".into());
        })
        .await;
    bench.user_with(&pool, "eve@example.com", |user| user.credentials.password = None).await;
    bench.user(&pool, "ann@example.com").await;
    for name in ["eve@example.com", "ann@example.com"] {
        let mut browser = Browser::new(&bench);
        let page = browser.get(&format!("/login?{}", ask(&client))).await;
        assert!(page.text().contains("Sign in with a code"), "{}", page.text());
        let page = browser.get(&format!("/login/code?{}", ask(&client))).await;
        let page = browser.submit(page.form_to("/login/code").with("username", name)).await;
        assert!(page.text().contains("We have sent a code to "), "{}", page.text());
        let wrong = browser.submit(page.form_to("/mfa/code").with("code", "0")).await;
        assert!(wrong.text().contains("This code is not right."), "{}", wrong.text());
        let code = bench.mail.code_to(name);
        let back = browser.submit(wrong.form_to("/mfa/code").with("code", &code)).await;
        assert!(back.sent("code").is_some(), "{}", back.text());
    }
    // Some who do not exist seem to have an address for codes, as most users do, and some do not.
    let sent = bench.mail.count();
    let mut tried = Vec::new();
    for number in 0..32 {
        let mut browser = Browser::new(&bench);
        let page = browser.get(&format!("/login/code?{}", ask(&client))).await;
        let name = format!("nobody{number}@example.com");
        let page = browser.submit(page.form_to("/login/code").with("username", &name)).await;
        tried.push((page.text().contains("We have sent a code to n***@e***."), browser, page));
    }
    assert!(tried.iter().any(|(led_on, ..)| !led_on));
    let (_, mut browser, page) = tried.into_iter().find(|(led_on, ..)| *led_on).unwrap();
    assert_eq!(bench.mail.count(), sent, "nobody is written to");
    let wrong = browser.submit(page.form_to("/mfa/code").with("code", "12345678")).await;
    assert!(wrong.text().contains("This code is not right."), "{}", wrong.text());
}

#[tokio::test]
async fn without_the_clients_flow_a_code_alone_signs_nobody_in() {
    let bench = Bench::new();
    let by_code = |settings: &mut PoolSettings| {
        email_pool(settings);
        settings.first_factors = vec!["PASSWORD".into(), "EMAIL_OTP".into()];
    };
    let pool = bench.pool_with(by_code).await;
    let client = bench.client(&pool).await;
    bench.user(&pool, "ann@example.com").await;
    let mut browser = Browser::new(&bench);
    let page = browser.get(&format!("/login?{}", ask(&client))).await;
    assert!(!page.text().contains("Sign in with a code"));
    let page = browser.get(&format!("/login/code?{}", ask(&client))).await;
    let refused = browser.submit(page.form_to("/login/code").with("username", "ann@example.com")).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("USER_AUTH flow not enabled for this client"), "{}", refused.text());
    assert_eq!(bench.mail.count(), 0);
}

#[tokio::test]
async fn where_no_app_is_taken_the_second_step_is_set_up_by_an_address() {
    let bench = Bench::new();
    let strict = |settings: &mut PoolSettings| {
        settings.mfa = MfaRequirement::On;
        settings.documents.insert("EmailMfaConfiguration".into(), serde_json::json!({}));
    };
    let pool = bench.pool_with(strict).await;
    let client = bench.client(&pool).await;
    bench.user_with(&pool, "eve", |user| user.attributes.clear()).await;
    let mut browser = Browser::new(&bench);
    let page = browser.sign_in(&ask(&client), "eve", PASSWORD).await;
    let wrong = browser.submit(page.form_to("/mfa/setup").with("email", "no address")).await;
    assert_eq!(wrong.status, 400, "{}", wrong.text());
    let page = browser.submit(wrong.form_to("/mfa/setup").with("email", "eve@example.com")).await;
    assert!(page.text().contains("We have sent a code to e***@e***."), "{}", page.text());
    let code = bench.mail.code_to("eve@example.com");
    let back = browser.submit(page.form_to("/mfa/code").with("code", &code)).await;
    assert!(back.sent("code").is_some(), "{}", back.text());
}

#[tokio::test]
async fn a_second_step_that_takes_too_long_begins_again() {
    let bench = Bench::new();
    let pool = bench.pool_with(mfa_on).await;
    let client = bench.client(&pool).await;
    bench.user(&pool, "eve@example.com").await;
    let mut browser = Browser::new(&bench);
    let page = browser.sign_in(&ask(&client), "eve@example.com", PASSWORD).await;
    bench.clock.advance(3 * 60_000);
    let reply = browser.submit(page.form_to("/mfa/setup").with("code", "123456")).await;
    let page = browser.get(reply.location()).await;
    assert!(page.text().contains("This sign-in took too long. Please begin again."), "{}", page.text());
    for path in ["/mfa/choice", "/mfa/code", "/mfa/setup", "/changePassword", "/resendcode"] {
        let reply = browser.get(&format!("{path}?{}", ask(&client))).await;
        assert!(reply.location().starts_with("/login?"), "{path}");
    }
}

#[tokio::test]
async fn a_hint_fills_the_username_in() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    let mut browser = Browser::new(&bench);
    let page = browser.sign_in_page(&ask_with(&client, "&login_hint=ann%40example.com&lang=de")).await;
    assert_eq!(page.form().fields["username"], "ann@example.com");
}

#[tokio::test]
async fn every_page_forbids_what_it_does_not_need() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client =
        bench.client_with(&pool, |settings| settings.callback_urls.push("http://localhost:4567/callback".into())).await;
    let mut browser = Browser::new(&bench);
    let page = browser.sign_in_page(&ask(&client)).await;
    assert_eq!(
        page.header("content-security-policy"),
        "default-src 'none'; style-src 'self'; form-action 'self' https://app.example http://localhost:4567; frame-ancestors 'none'; base-uri 'none'"
    );
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cache-control", "no-store"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(page.header(name), value, "{name}");
    }
    assert!(!page.header("x-amz-cognito-request-id").is_empty());
    assert!(!page.body.contains("<script") && !page.body.contains("style="), "no script, no inline style");
    let css = page.body.split("<link rel=\"stylesheet\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let sheet = browser.get(css).await;
    assert_eq!((sheet.status, sheet.header("content-type")), (200, "text/css; charset=utf-8"));
    assert!(sheet.header("cache-control").contains("immutable"));
    assert_eq!(browser.get("/assets/login-0000000000000000.css").await.status, 404);
}

#[tokio::test]
async fn with_tls_cookies_belong_to_this_host_alone() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    bench.user(&pool, "ann").await;
    let mut browser = Browser::new(&bench);
    browser.https = true;
    let page = browser.sign_in_page(&ask(&client)).await;
    assert!(page.header("set-cookie").starts_with("__Host-cognito-csrf="));
    assert_eq!(page.header("strict-transport-security"), "", "localhost is not pinned");
    let back = browser.submit(page.form().with("username", "ann").with("password", PASSWORD)).await;
    let cookie = back.header("set-cookie");
    assert!(cookie.starts_with(&format!("__Host-cognito-{}=", pool.id)) && cookie.ends_with("; Secure"), "{cookie}");
    assert!(cookie.contains("; Path=/;") && !cookie.contains("Domain"));
}

#[tokio::test]
async fn nothing_secret_is_noted() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    bench.user(&pool, "ann").await;
    let mut browser = Browser::new(&bench);
    let code = browser.code(&client, "ann").await;
    let tokens = browser.redeem(&client, &code).await.json();
    browser.redeem(&client, &code).await;
    browser.sign_in(&ask_with(&client, "&prompt=login"), "ann", "Canary-passw0rd").await;
    let noted = serde_json::to_string(&bench.decisions.all()).unwrap();
    let cookie = &browser.cookies[&format!("cognito-{}", pool.id)];
    for secret in [
        code.as_str(),
        tokens["access_token"].as_str().unwrap(),
        tokens["refresh_token"].as_str().unwrap(),
        cookie,
        "Canary-passw0rd",
        PASSWORD,
    ] {
        assert!(!noted.contains(secret));
    }
}

#[tokio::test]
async fn a_method_that_a_page_has_not_got_is_refused() {
    let bench = Bench::new();
    let mut browser = Browser::new(&bench);
    let reply = browser.send(Method::PUT, "/login", http::HeaderMap::new(), String::new()).await;
    assert_eq!((reply.status, reply.header("allow")), (405, "GET, HEAD, POST"));
    assert_eq!(browser.get("/nowhere").await.status, 404);
    let _ = login(&bench);
}
