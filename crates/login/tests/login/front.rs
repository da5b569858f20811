//! `/` of a login domain, which people open because it is printed.
use crate::browser::{Browser, CALLBACK};
use testing::{Bench, rows};
use user_pools::pool::UserPool;
use user_pools::ports::Domains as _;

async fn at_domain<'a>(bench: &'a Bench, pool: &UserPool) -> Browser<'a> {
    bench.store.insert_domain(bench.now(), rows::domain(&pool.id, "dash")).await.unwrap();
    let mut browser = Browser::new(bench);
    browser.domain = Some("dash".to_owned());
    browser
}

#[tokio::test]
async fn a_pools_only_app_is_led_to_from_the_front_door() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    bench.client_with(&pool, |settings| settings.oauth_enabled = false).await;
    let mut browser = at_domain(&bench, &pool).await;
    let ask = browser.get("/").await;
    assert_eq!(ask.sent("client_id").unwrap(), client.id.0);
    assert_eq!(
        (ask.sent("response_type").unwrap(), ask.sent("redirect_uri").unwrap()),
        ("code".into(), CALLBACK.into())
    );
    let location = ask.location().to_owned();
    let to_login = browser.get(&location).await;
    let page = browser.get(to_login.location()).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("Sign in"), "{}", page.text());
}

#[tokio::test]
async fn with_several_apps_or_none_the_host_says_what_it_is() {
    for apps in [0, 2] {
        let bench = Bench::new();
        let pool = bench.pool().await;
        for _ in 0..apps {
            bench.client(&pool).await;
        }
        let page = at_domain(&bench, &pool).await.get("/").await;
        assert_eq!(page.status, 200, "{apps}");
        assert!(page.text().contains("This is a sign-in host"), "{}", page.text());
    }
}

#[tokio::test]
async fn a_host_without_a_pool_has_no_front_door() {
    let bench = Bench::new();
    let mut browser = Browser::new(&bench);
    browser.domain = Some("nobody".to_owned());
    assert_eq!(browser.get("/").await.status, 404);
}
