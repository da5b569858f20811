//! How the pages look: styles and UI customizations, their files, and what these may do in a browser.
use crate::browser::{Browser, Reply, ask};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use testing::Bench;
use user_pools::branding::{ALL, Change, UiCustomization};
use user_pools::client::AppClient;
use user_pools::domain::Domain;
use user_pools::group::Branding;
use user_pools::pool::UserPool;
use user_pools::{ClientId, PoolId};

const EVIL_SVG: &str = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(document.cookie)</script></svg>";

async fn style(bench: &Bench, client: &AppClient) -> Branding {
    let branding = Branding {
        pool: client.pool.clone(),
        id: "00000000-0000-4000-8000-000000000000".to_owned(),
        client: client.id.clone(),
        version: 1,
        cognito_values: false,
        settings: Some(json!({
            "components": {"primaryButton": {"lightMode": {"defaults": {"backgroundColor": "7a1fa2ff"}}}}
        })),
        assets: vec![
            json!({"Category": "FORM_LOGO", "ColorMode": "DYNAMIC", "Extension": "SVG", "Bytes": STANDARD.encode(EVIL_SVG)}),
            json!({"Category": "FAVICON_ICO", "ColorMode": "DYNAMIC", "Extension": "ICO", "Bytes": STANDARD.encode([0, 0, 1, 0])}),
        ],
        created: bench.now(),
        modified: bench.now(),
    };
    bench.pools.create_branding(bench.now(), branding).await.unwrap()
}

async fn domain(bench: &Bench, pool: &UserPool, version: u32) {
    let domain = Domain {
        scope: pool.scope.clone(),
        name: "shop".to_owned(),
        pool: pool.id.clone(),
        version: 1,
        managed_login_version: version,
        custom: None,
        routing: None,
        created: bench.now(),
    };
    bench.pools.create_domain(bench.now(), domain).await.unwrap();
}

/// The path between a mark and the next quote.
fn path(page: &Reply, mark: &str) -> String {
    let start = page.body.find(mark).unwrap_or_else(|| panic!("no {mark} in {}", page.body)) + mark.len();
    page.body[start..].split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_style_shows_at_once_and_its_files_may_be_kept_for_ever() {
    let bench = Bench::new();
    let client = bench.client(&bench.pool().await).await;
    let mut browser = Browser::new(&bench);
    let login = format!("/login?{}", ask(&client));
    assert!(!browser.get(&login).await.body.contains("login-style-"));
    let branding = style(&bench, &client).await;
    let page = browser.get(&login).await;
    let css = path(&page, "<link rel=\"stylesheet\" href=\"");
    let sheet = browser.get(&css).await;
    assert_eq!((sheet.status, sheet.header("content-type")), (200, "text/css; charset=utf-8"));
    assert_eq!(sheet.header("cache-control"), "public, max-age=31536000, immutable");
    assert!(sheet.body.contains("--button:#7a1fa2ff;"), "{}", sheet.body);
    for notice in ["confirmed", "used"] {
        let linked = browser.get(&format!("/confirmUser?client_id={}&notice={notice}", client.id)).await;
        assert_eq!(path(&linked, "<link rel=\"stylesheet\" href=\""), css, "where the link of a mail leads");
    }
    let icon = browser.get(&path(&page, "<link rel=\"icon\" href=\"")).await;
    assert_eq!((icon.status, icon.header("content-type")), (200, "image/x-icon"));

    let change = Change {
        settings: Some(
            json!({"components": {"primaryButton": {"lightMode": {"defaults": {"backgroundColor": "0f5f3aff"}}}}}),
        ),
        ..Change::default()
    };
    bench.pools.update_branding(bench.now(), client.pool.clone(), branding.id.clone(), change).await.unwrap();
    let other = path(&browser.get(&login).await, "<link rel=\"stylesheet\" href=\"");
    assert!(other != css && browser.get(&other).await.body.contains("--button:#0f5f3aff;"));
    bench.pools.delete_branding(bench.now(), client.pool.clone(), branding.id).await.unwrap();
    assert!(!browser.get(&login).await.body.contains("login-style-"));
    assert_eq!(browser.get(&other).await.status, 404);
}

#[tokio::test]
async fn a_script_in_an_image_runs_nowhere() {
    let bench = Bench::new();
    let client = bench.client(&bench.pool().await).await;
    style(&bench, &client).await;
    let mut browser = Browser::new(&bench);
    let page = browser.get(&format!("/login?{}", ask(&client))).await;
    assert!(page.header("content-security-policy").contains("img-src 'self'") && !page.body.contains("<script"));
    let logo = browser.get(&path(&page, "<img class=\"logo logo-start logo-customizable\" src=\"")).await;
    assert_eq!((logo.header("content-type"), logo.header("x-content-type-options")), ("image/svg+xml", "nosniff"));
    let policy = logo.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.ends_with("sandbox"), "{policy}");
    let guessed = path(&page, "<img class=\"logo logo-start logo-customizable\" src=\"").replace(".svg", ".html");
    assert_eq!(browser.get(&guessed).await.status, 404);
}

fn classic(bench: &Bench, pool: &PoolId, client: &str) -> UiCustomization {
    UiCustomization {
        pool: pool.clone(),
        client: ClientId(client.to_owned()),
        css: Some(format!(".label-customizable {{ color: #{} }}", if client == ALL { "111111" } else { "222222" })),
        image: Some(b"\xff\xd8\xff\xe0logo".to_vec()),
        created: bench.now(),
        modified: bench.now(),
    }
}

#[tokio::test]
async fn the_classic_sheet_is_that_of_the_client_else_that_of_all_on_a_domain_of_version_1() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    let mut browser = Browser::new(&bench);
    browser.domain = Some("shop".to_owned());
    let all = classic(&bench, &pool.id, ALL);
    bench.pools.set_ui_customization(bench.now(), all.clone()).await.expect_err("there is no domain yet");
    domain(&bench, &pool, 1).await;
    style(&bench, &client).await;
    let login = format!("/login?{}", ask(&client));
    assert!(!browser.get(&login).await.body.contains("login-style-"), "styles are of version 2");
    bench.pools.set_ui_customization(bench.now(), all.clone()).await.unwrap();
    let page = browser.get(&login).await;
    let sheet = browser.get(&path(&page, "<link rel=\"stylesheet\" href=\"")).await;
    assert!(sheet.body.ends_with(":root .label-customizable{color:#111111;}"), "{}", sheet.body);
    let logo = browser.get(&path(&page, "<img class=\"logo logo-start logo-customizable\" src=\"")).await;
    assert_eq!((logo.status, logo.header("content-type")), (200, "image/jpeg"));
    let url = bench.pools.image_url(&all).await.unwrap().unwrap();
    assert_eq!(browser.get(&url[url.find("/assets").unwrap()..]).await.status, 200);

    bench.pools.set_ui_customization(bench.now(), classic(&bench, &pool.id, &client.id.0)).await.unwrap();
    let page = browser.get(&login).await;
    let sheet = browser.get(&path(&page, "<link rel=\"stylesheet\" href=\"")).await;
    assert!(sheet.body.ends_with(":root .label-customizable{color:#222222;}"));
}

#[tokio::test]
async fn every_page_is_light_in_every_language() {
    // Sent uncompressed: a page holds the form's token beside what a query brings in, and the length of a compressed page would tell about it.
    const MOST: usize = 14_000;
    let bench = Bench::new();
    let client = bench.client(&bench.pool().await).await;
    style(&bench, &client).await;
    let mut browser = Browser::new(&bench);
    for tag in ["ar", "de", "en", "es", "fr", "id", "it", "ja", "ko", "pt-BR", "zh-CN", "zh-TW"] {
        for path in ["/login", "/signup", "/forgotPassword", "/confirmUser", "/confirmForgotPassword", "/error"] {
            let page = browser.get(&format!("{path}?{}&lang={tag}", ask(&client))).await;
            assert!(page.body.len() <= MOST, "{path} {tag}: {}", page.body.len());
        }
    }
    let page = browser.get(&format!("/login?{}", ask(&client))).await;
    let sheet = browser.get(&path(&page, "<link rel=\"stylesheet\" href=\"")).await;
    assert!(sheet.body.len() <= MOST, "{}", sheet.body.len());
}
