//! The links to an app's terms on the sign-up page.
use crate::browser::{Browser, ask_with};
use std::collections::BTreeMap;
use testing::Bench;

#[tokio::test]
async fn both_documents_or_none_in_the_language_of_the_page() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let (client, other) = (bench.client(&pool).await, bench.client(&pool).await);
    let links = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(language, link)| ((*language).to_owned(), (*link).to_owned())).collect()
    };
    let make = |name: &str, pairs: &[(&str, &str)]| {
        bench.pools.create_terms(bench.now(), &client, name.to_owned(), links(pairs))
    };
    let mut browser = Browser::new(&bench);
    make(
        "terms-of-use",
        &[("cognito:default", "https://app.example/t?a=1&b=2"), ("cognito:german", "https://app.example/de")],
    )
    .await
    .unwrap();
    let page = browser.get(&format!("/signup?{}", ask_with(&client, ""))).await;
    assert!(!page.body.contains("app.example/t"), "one of the two is not enough");
    make("privacy-policy", &[("cognito:default", "https://app.example/p")]).await.unwrap();
    let page = browser.get(&format!("/signup?{}", ask_with(&client, ""))).await;
    for link in [
        "<a class=\"redirect-customizable\" href=\"https://app.example/t?a=1&#38;b=2\">Terms of use</a>",
        "<a class=\"redirect-customizable\" href=\"https://app.example/p\">Privacy policy</a>",
    ] {
        assert!(page.body.contains(link), "{}", page.body);
    }
    let page = browser.get(&format!("/signup?{}", ask_with(&client, "&lang=de"))).await;
    assert!(
        page.body
            .contains("<a class=\"redirect-customizable\" href=\"https://app.example/de\">Nutzungsbedingungen</a>"),
        "{}",
        page.body
    );
    assert!(
        page.body.contains("<a class=\"redirect-customizable\" href=\"https://app.example/p\">Datenschutz"),
        "{}",
        page.body
    );
    let page = browser.get(&format!("/signup?{}", ask_with(&other, ""))).await;
    assert!(!page.body.contains("app.example/p"), "another app's");
}
