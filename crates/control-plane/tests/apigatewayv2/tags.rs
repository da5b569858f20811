//! TagResource, UntagResource, GetTags.

use serde_json::{Value, json};

use crate::bench::Bench;

#[tokio::test]
async fn tags_are_added_overwritten_read_and_removed() {
    let bench = Bench::new();
    let api = bench.api().await;
    let id = api.rsplit('/').next().unwrap();
    bench.ok(201, "POST", &format!("{api}/stages"), json!({"stageName": "$default", "tags": {"a": "1"}})).await;
    let stage = format!("/v2/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2F{id}%2Fstages%2F%24default");
    assert_eq!(bench.ok(201, "POST", &stage, json!({"tags": {"a": "2", "b": "3"}})).await, json!({}));
    assert_eq!(bench.get(&stage).await, json!({"tags": {"a": "2", "b": "3"}}));
    bench.ok(204, "DELETE", &format!("{stage}?tagKeys=a&tagKeys=nope"), Value::Null).await;
    assert_eq!(bench.get(&format!("{api}/stages/%24default")).await["tags"], json!({"b": "3"}));
    let whole = format!("/v2/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2F{id}");
    bench.ok(201, "POST", &whole, json!({"tags": {"Env": "t1"}})).await;
    assert_eq!(bench.get(&api).await["tags"], json!({"Env": "t1"}));
}

#[tokio::test]
async fn an_arn_that_names_nothing_here_is_not_found() {
    let bench = Bench::new();
    let id = bench.api().await.rsplit('/').next().unwrap().to_owned();
    for arn in [
        format!("arn%3Aaws%3Aapigateway%3Aeu-west-1%3A%3A%2Fapis%2F{id}"),
        format!("arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2F{id}%2Fstages%2Fnope"),
        "arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2Fnope".to_owned(),
        "arn%3Aaws%3Asns%3Aus-east-1%3A%3Atopic".to_owned(),
        "x".to_owned(),
    ] {
        assert_eq!(bench.call("GET", &format!("/v2/tags/{arn}"), Value::Null).await.error().0, 404, "{arn}");
    }
}

#[tokio::test]
async fn untagging_without_keys_is_told_as_a_constraint() {
    let bench = Bench::new();
    let id = bench.api().await.rsplit('/').next().unwrap().to_owned();
    let arn = format!("/v2/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2F{id}");
    let (status, _, message) = bench.call("DELETE", &arn, Value::Null).await.error();
    assert_eq!(status, 400);
    assert!(message.contains("Value null at 'tagKeys'"), "{message}");
}
