//! The dashboard's promises, over a real store.
#![allow(clippy::unwrap_used)]
mod bench;

use bench::{Bench, MINUTE, NOW, admin, alice, anonymous, bob, carol};
use dashboard::ports::StoreError;
use serde_json::{Value, json};

#[tokio::test]
async fn an_announcement_answers_where_to_put_the_bytes() {
    let bench = Bench::new();
    let body = json!({"fileName": "a b.png", "contentType": "image/png", "size": 5});
    let answer = bench.ask(&alice().post("/upload-url", &body), NOW).await;
    let key = format!("uploads/sub-alice/{}/a b.png", "00".repeat(16));
    assert_eq!(
        answer.json(),
        json!({
            "key": key, "url": format!("put:{key}:image/png:5"), "method": "PUT", "headers": {"content-type": "image/png"},
            "expiresAt": "2027-01-15T08:15:00.000Z",
            "metadata": {
                "key": key, "fileName": "a b.png", "contentType": "image/png", "size": 5, "uploader": "sub-alice",
                "uploaderName": "alice@example.com", "status": "pending", "createdAt": "2027-01-15T08:00:00.000Z"
            }
        })
    );
    assert_eq!(answer.0.headers["content-type"], "application/json");
    assert_eq!(answer.0.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn an_uploader_is_named_by_address_or_username_whichever_token_came() {
    let bench = Bench::new();
    for who in [alice(), bob(), carol()] {
        bench.announce(&who, "a.png", NOW).await;
    }
    let list = bench.ask(&admin().get("/metadata/list", &[]), NOW).await.json();
    let names = list["items"].as_array().unwrap().iter().map(|item| (&item["uploader"], &item["uploaderName"]));
    let names: std::collections::BTreeMap<_, _> =
        names.map(|(sub, name)| (sub.as_str().unwrap(), name.as_str().unwrap())).collect();
    let expected = [("sub-alice", "alice@example.com"), ("sub-bob", "bob"), ("sub-carol", "carol@example.com")];
    assert_eq!(names, expected.into());
}

#[tokio::test]
async fn a_pending_file_has_no_download_and_a_complete_one_has() {
    let bench = Bench::new();
    let key = bench.announce(&alice(), "a.png", NOW).await;
    let get = alice().get("/metadata", &[("key", &key)]);
    let pending = bench.ask(&get, NOW).await.json();
    assert_eq!((&pending["metadata"]["status"], pending.get("downloadUrl")), (&json!("pending"), None));
    bench.dashboard.completed(NOW + 1, key.clone(), 5, "cd".repeat(32)).await.unwrap();
    let complete = bench.ask(&get, NOW + 2).await.json();
    assert_eq!(complete["metadata"]["status"], "complete");
    assert_eq!(complete["metadata"]["checksumSha256"], "cd".repeat(32));
    assert_eq!(complete["metadata"]["completedAt"], "2027-01-15T08:00:00.001Z");
    assert_eq!(complete["downloadUrl"], format!("get:{key}"));
    assert_eq!(complete["downloadUrlExpiresAt"], "2027-01-15T08:05:00.002Z");
}

#[tokio::test]
async fn strangers_are_told_nothing() {
    let bench = Bench::new();
    for (method, path) in [("POST", "/upload-url"), ("GET", "/metadata"), ("DELETE", "/metadata"), ("GET", "/nope")] {
        let answer = bench.ask(&anonymous().event(method, path, &[]), NOW).await;
        assert_eq!((answer.status(), answer.json()), (401, json!({"message": "Unauthorized"})));
    }
}

#[tokio::test]
async fn a_user_sees_only_their_own_files_and_an_admin_sees_all() {
    let bench = Bench::new();
    let of_alice = bench.upload(&alice(), "alice.png", NOW).await;
    bench.upload(&bob(), "bob.png", NOW + 1).await;
    assert_eq!(bench.names(&alice(), NOW + 2).await, ["alice.png"]);
    assert_eq!(bench.names(&admin(), NOW + 2).await, ["bob.png", "alice.png"]);
    let foreign = bench.ask(&bob().get("/metadata", &[("key", &of_alice)]), NOW + 2).await;
    let absent = bench.ask(&bob().get("/metadata", &[("key", "uploads/x")]), NOW + 2).await;
    assert_eq!((foreign.status(), foreign.json()), (404, absent.json()));
    assert_eq!(bench.ask(&admin().get("/metadata", &[("key", &of_alice)]), NOW + 2).await.status(), 200);
}

#[tokio::test]
async fn nobody_deletes_another_users_file() {
    let bench = Bench::new();
    let key = bench.upload(&alice(), "a.png", NOW).await;
    assert_eq!(bench.ask(&bob().delete(&key), NOW + 1).await.status(), 404);
    assert!(bench.bytes.removed.lock().unwrap().is_empty());
    assert_eq!(bench.names(&alice(), NOW + 1).await, ["a.png"]);
}

#[tokio::test]
async fn a_list_pages_newest_first_and_loses_nothing() {
    let bench = Bench::new();
    for n in 0..7 {
        // Pairs share their millisecond: the key decides between them.
        bench.upload(&alice(), &format!("{n}"), NOW + n / 2).await;
    }
    let mut names = Vec::new();
    let mut token: Option<String> = None;
    for expected in [3, 3, 1] {
        let mut query = vec![("limit", "3")];
        query.extend(token.as_deref().map(|token| ("nextToken", token)));
        let page = bench.ask(&alice().get("/metadata/list", &query), NOW + 10).await.json();
        assert_eq!(page["items"].as_array().unwrap().len(), expected);
        names
            .extend(page["items"].as_array().unwrap().iter().map(|item| item["fileName"].as_str().unwrap().to_owned()));
        token = page["nextToken"].as_str().map(str::to_owned);
    }
    assert_eq!((names, token), (["6", "5", "4", "3", "2", "1", "0"].map(str::to_owned).to_vec(), None));
}

#[tokio::test]
async fn a_page_that_ends_the_list_has_no_next_token() {
    let bench = Bench::new();
    bench.upload(&alice(), "a", NOW).await;
    let page = bench.ask(&alice().get("/metadata/list", &[("limit", "1")]), NOW).await.json();
    assert_eq!(page.get("nextToken"), None);
    let empty = bench.ask(&bob().get("/metadata/list", &[]), NOW).await.json();
    assert_eq!(empty, json!({"items": []}));
}

#[tokio::test]
async fn a_next_token_of_another_user_shows_only_ones_own_files() {
    let bench = Bench::new();
    bench.upload(&bob(), "bob", NOW).await;
    for n in 1..3 {
        bench.upload(&alice(), &format!("alice {n}"), NOW + n).await;
    }
    let page = bench.ask(&alice().get("/metadata/list", &[("limit", "1")]), NOW + 9).await.json();
    let token = page["nextToken"].as_str().unwrap();
    let page = bench.ask(&bob().get("/metadata/list", &[("nextToken", token)]), NOW + 9).await.json();
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    assert_eq!(page["items"][0]["fileName"], "bob");
}

#[tokio::test]
async fn deleting_removes_record_and_bytes() {
    let bench = Bench::new();
    let key = bench.upload(&alice(), "a.png", NOW).await;
    let answer = bench.ask(&alice().delete(&key), NOW + 1).await;
    assert_eq!((answer.status(), answer.0.body), (204, None));
    assert_eq!(*bench.bytes.removed.lock().unwrap(), std::slice::from_ref(&key));
    assert_eq!(bench.ask(&alice().delete(&key), NOW + 1).await.status(), 404);
    assert!(bench.names(&alice(), NOW + 1).await.is_empty());
    assert_eq!(bench.dashboard.sweep(NOW + 2, 10).await, Ok(0));
}

#[tokio::test]
async fn a_file_whose_bytes_could_not_be_removed_is_gone_for_users_and_swept_later() {
    let bench = Bench::new();
    let key = bench.upload(&alice(), "a.png", NOW).await;
    *bench.bytes.broken.lock().unwrap() = true;
    assert_eq!(bench.ask(&alice().delete(&key), NOW + 1).await.status(), 204);
    assert!(bench.names(&alice(), NOW + 1).await.is_empty());
    assert_eq!(bench.dashboard.sweep(NOW + 2, 10).await, Ok(0));
    *bench.bytes.broken.lock().unwrap() = false;
    assert_eq!(bench.dashboard.sweep(NOW + 2, 10).await, Ok(1));
    assert_eq!(*bench.bytes.removed.lock().unwrap(), [key]);
}

#[tokio::test]
async fn a_file_that_never_came_is_swept_after_its_grace() {
    let bench = Bench::new();
    let key = bench.announce(&alice(), "a.png", NOW).await;
    let end = NOW + 16 * MINUTE;
    assert_eq!(bench.names(&alice(), end - 1).await, ["a.png"]);
    assert!(bench.names(&alice(), end).await.is_empty());
    assert_eq!(bench.dashboard.completed(end, key.clone(), 5, "ab".repeat(32)).await, Err(StoreError::NotFound));
    assert_eq!(bench.dashboard.sweep(end - 1, 10).await, Ok(0));
    assert_eq!(bench.dashboard.sweep(end, 10).await, Ok(1));
    assert_eq!(*bench.bytes.removed.lock().unwrap(), [key]);
}

#[tokio::test]
async fn bytes_that_arrive_after_the_delete_find_nobody() {
    let bench = Bench::new();
    let key = bench.announce(&alice(), "a.png", NOW).await;
    assert_eq!(bench.ask(&alice().delete(&key), NOW + 1).await.status(), 204);
    assert_eq!(bench.dashboard.completed(NOW + 2, key, 5, "ab".repeat(32)).await, Err(StoreError::NotFound));
}

#[tokio::test]
async fn a_complete_file_does_not_end_by_itself() {
    let bench = Bench::new();
    bench.upload(&alice(), "a.png", NOW).await;
    let later = NOW + 365 * 24 * 60 * MINUTE;
    assert_eq!(bench.dashboard.sweep(later, 10).await, Ok(0));
    assert_eq!(bench.names(&alice(), later).await, ["a.png"]);
}

#[tokio::test]
async fn a_report_that_is_not_what_was_announced_is_refused() {
    let bench = Bench::new();
    let key = bench.announce(&alice(), "a.png", NOW).await;
    assert_eq!(bench.dashboard.completed(NOW, key.clone(), 6, "ab".repeat(32)).await, Err(StoreError::Conflict));
    assert_eq!(bench.dashboard.completed(NOW, key.clone(), 5, "ab".repeat(32)).await, Ok(()));
    assert_eq!(bench.dashboard.completed(NOW, key.clone(), 5, "ab".repeat(32)).await, Ok(()));
    assert_eq!(bench.dashboard.completed(NOW, key, 5, "cd".repeat(32)).await, Err(StoreError::Conflict));
}

#[tokio::test]
async fn bad_input_names_the_field_and_the_rule() {
    let bench = Bench::new();
    let cases = [
        (alice().post("/upload-url", &json!({"fileName": "a/b", "contentType": "a/b", "size": 1})), "fileName"),
        (alice().post("/upload-url", &json!({"fileName": "a", "contentType": "x", "size": 1})), "contentType"),
        (alice().post("/upload-url", &json!({"fileName": "a", "contentType": "a/b", "size": 1001})), "size"),
        (alice().post("/upload-url", &json!([])), "body"),
        (alice().get("/metadata", &[]), "key"),
        (alice().get("/metadata", &[("key", &"k".repeat(1025))]), "key"),
        (alice().get("/metadata/list", &[("limit", "0")]), "limit"),
        (alice().get("/metadata/list", &[("nextToken", "x")]), "nextToken"),
        (alice().delete(""), "key"),
    ];
    for (event, field) in cases {
        let answer = bench.ask(&event, NOW).await;
        let document = answer.json();
        assert_eq!((answer.status(), &document["field"]), (400, &json!(field)), "{document}");
        let rule = document["rule"].as_str().unwrap();
        assert!(document["message"].as_str().unwrap().ends_with(rule), "{document}");
    }
    let size = bench.ask(&alice().post("/upload-url", &json!({"fileName": "a", "contentType": "a/b"})), NOW).await;
    assert_eq!(
        size.json(),
        json!({"message": "size must be an integer from 1 to 1000", "field": "size", "rule": "an integer from 1 to 1000"})
    );
    assert!(bench.names(&admin(), NOW).await.is_empty());
}

#[tokio::test]
async fn unknown_routes_and_methods_are_refused() {
    let bench = Bench::new();
    let answer = bench.ask(&alice().event("PATCH", "/metadata", &[]), NOW).await;
    assert_eq!((answer.status(), answer.0.headers["allow"].as_str()), (405, "GET, DELETE"));
    let answer = bench.ask(&alice().get("/nope", &[]), NOW).await;
    assert_eq!((answer.status(), answer.json()), (404, json!({"message": "Not Found"})));
}

#[tokio::test]
async fn a_failing_store_is_told_without_its_cause() {
    for (error, status) in [(StoreError::Unavailable("/secret/path".into()), 503), (StoreError::Full, 507)] {
        let bench = Bench::refusing(error);
        let body = json!({"fileName": "a", "contentType": "a/b", "size": 1});
        for event in [alice().post("/upload-url", &body), alice().get("/metadata/list", &[]), alice().delete("k")] {
            let answer = bench.ask(&event, NOW).await;
            assert_eq!(answer.status(), status);
            assert!(!answer.json().to_string().contains("secret"));
        }
    }
}

#[tokio::test]
async fn an_answer_is_one_the_gateway_reads() {
    let bench = Bench::new();
    let answer = bench.dashboard.handle(&alice().get("/metadata/list", &[]), NOW).await;
    let read = events::Answer::read_v2(&serde_json::to_vec(&answer).unwrap()).unwrap();
    assert_eq!(read.status, 200);
    assert_eq!(serde_json::from_slice::<Value>(&read.body).unwrap(), json!({"items": []}));
}
