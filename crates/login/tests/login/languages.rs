//! The language of the pages: chosen by parameter, cookie and header, kept, and offered on every page.
use crate::browser::{Browser, ask, ask_with};
use http::{HeaderMap, HeaderValue, Method};
use testing::{Bench, PASSWORD};
use user_pools::pool::{AliasKind, Contact, PoolSettings};

const TAGS: [&str; 12] = ["ar", "de", "en", "es", "fr", "id", "it", "ja", "ko", "pt-BR", "zh-CN", "zh-TW"];

fn email_pool(settings: &mut PoolSettings) {
    settings.username_attributes = vec![AliasKind::Email];
    settings.auto_verified = vec![Contact::Email];
}

#[tokio::test]
async fn the_parameter_goes_before_the_cookie_and_the_cookie_before_the_header() {
    let bench = Bench::new();
    let client = bench.client(&bench.pool().await).await;
    let mut browser = Browser::new(&bench);
    let page = format!("/login?{}", ask(&client));
    let accepted =
        HeaderMap::from_iter([(http::header::ACCEPT_LANGUAGE, HeaderValue::from_static("tlh, fr-CA;q=0.9, en;q=0.8"))]);
    let french = browser.send(Method::GET, &page, accepted.clone(), String::new()).await;
    assert!(
        french.body.contains("<html lang=\"fr\" dir=\"ltr\">") && french.body.contains("Mot de passe oublié\u{202f}?")
    );
    assert_eq!(french.header("content-language"), "fr");
    assert!(!browser.cookies.contains_key("cognito-lang"), "what a browser says at every request need not be kept");

    let german = format!("/login?{}", ask_with(&client, "&lang=de"));
    let german = browser.send(Method::GET, &german, accepted.clone(), String::new()).await;
    assert!(german.text().contains("Passwort vergessen?"), "{}", german.text());
    assert_eq!(browser.cookies["cognito-lang"], "de");
    let kept = browser.send(Method::GET, &page, accepted, String::new()).await;
    assert!(kept.text().contains("Passwort vergessen?"));
    let unknown = browser.get(&format!("/login?{}", ask_with(&client, "&lang=tlh"))).await;
    assert!(unknown.text().contains("Passwort vergessen?"), "an unknown language changes nothing");
    assert_eq!(browser.cookies["cognito-lang"], "de");
}

#[tokio::test]
async fn the_authorize_request_carries_the_language_to_every_page_and_refusal() {
    let bench = Bench::new();
    let pool = bench.pool_with(email_pool).await;
    let client = bench.client(&pool).await;
    let mut browser = Browser::new(&bench);
    bench.user(&pool, "ann@example.com").await;
    let page = browser.sign_in_page(&ask_with(&client, "&lang=de")).await;
    let wrong = browser.submit(page.form().with("username", "ann@example.com").with("password", "wrong")).await;
    assert!(wrong.text().contains("Benutzername oder Passwort ist falsch."), "{}", wrong.text());
    browser.cookies.remove("cognito-lang");
    let sign_up = browser.get(&format!("/signup?{}", ask_with(&client, "&lang=de"))).await;
    assert!(sign_up.text().contains("Mindestens 8 Zeichen, mit einem Großbuchstaben"), "{}", sign_up.text());
    let weak = browser.submit(sign_up.form().with("email", "eve@example.com").with("password", "short")).await;
    assert!(weak.text().contains("Das Passwort ist zu kurz."), "{}", weak.text());
    let empty = browser.submit(sign_up.form()).await;
    assert!(empty.text().contains("Bitte ausfüllen: E-Mail-Adresse"), "{}", empty.text());
    let sent = browser.submit(sign_up.form().with("email", "eve@example.com").with("password", PASSWORD)).await;
    assert!(sent.text().contains("Wir haben einen Code an e***@e*** gesendet."), "{}", sent.text());
    let wrong = browser.submit(sent.form_to("/confirmUser").with("code", "000000")).await;
    assert!(wrong.text().contains("Dieser Code ist nicht richtig."), "{}", wrong.text());
}

#[tokio::test]
async fn every_page_offers_every_language_and_keeps_the_request() {
    let bench = Bench::new();
    let pool = bench.pool_with(email_pool).await;
    let client = bench.client(&pool).await;
    let mut browser = Browser::new(&bench);
    let asked = ask(&client);
    let paths = ["/login", "/signup", "/forgotPassword", "/confirmUser", "/confirmForgotPassword"];
    let pages = paths.map(|path| format!("{path}?{asked}"));
    let other = ["/error?error=redirect_mismatch&request_id=abc", "/nowhere"].map(str::to_owned);
    for page in pages.iter().chain(&other) {
        let shown = browser.get(page).await;
        for tag in TAGS {
            let link = format!("lang={tag}\" lang=\"{tag}\" hreflang=\"{tag}\"");
            assert!(shown.body.contains(&link), "{page} {tag}: {}", shown.body);
        }
        assert!(!shown.body.contains("{{") && !shown.text().contains('{'), "{page}: {}", shown.text());
        let path = page.split('?').next().unwrap();
        let start = shown.body.find(&format!("href=\"{path}?")).unwrap_or_else(|| panic!("{page}: {}", shown.body));
        let link = shown.body[start + 6..].split('"').next().unwrap().replace("&#38;", "&");
        let arabic = browser.get(&link).await;
        assert!(arabic.body.contains("<html lang=\"ar\" dir=\"rtl\">"), "{link}");
        assert_eq!(arabic.status, shown.status, "{link}");
        browser.cookies.remove("cognito-lang");
    }
}

#[tokio::test]
async fn a_page_that_answers_a_form_is_asked_for_anew_where_its_form_stands() {
    let bench = Bench::new();
    let pool = bench.pool_with(email_pool).await;
    let client = bench.client(&pool).await;
    bench.user(&pool, "ann@example.com").await;
    let mut browser = Browser::new(&bench);
    let page = browser.get(&format!("/forgotPassword?{}", ask(&client))).await;
    let code = browser.submit(page.form().with("username", "ann@example.com")).await;
    assert!(code.body.contains("href=\"/confirmForgotPassword?client_id="), "{}", code.body);
    let menu = code.body.split("<footer").nth(1).unwrap();
    assert!(!menu.contains("csrf") && !menu.contains("ann"), "nothing of the form is in a URL: {menu}");
}

#[tokio::test]
async fn no_menu_leads_out_of_a_step_that_no_url_can_show() {
    let bench = Bench::new();
    let pool = bench.pool_with(email_pool).await;
    let client = bench.client(&pool).await;
    let mut browser = Browser::new(&bench);
    let has_menu = |body: &str| body.contains("<footer class=\"languages\"");
    let page = browser.get(&format!("/signup?{}", ask(&client))).await;
    let weak = browser.submit(page.form().with("email", "eve@example.com").with("password", "short")).await;
    assert!(has_menu(&page.body) && has_menu(&weak.body));
    let sent = browser.submit(page.form().with("email", "eve@example.com").with("password", PASSWORD)).await;
    let wrong = browser.submit(sent.form_to("/confirmUser").with("code", "000000")).await;
    for step in [sent, wrong] {
        assert!(step.body.contains("name=\"ticket\"") && !has_menu(&step.body), "{}", step.body);
    }
}
