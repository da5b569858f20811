//! Terms documents.
use crate::door::Door;
use serde_json::json;

#[tokio::test]
async fn a_document_is_created_read_changed_listed_and_deleted() {
    let door = Door::new();
    let pool = door.bench.pool().await;
    let client = door.bench.client(&pool).await.id.0;
    let create = |name: &str, link: &str| {
        json!({
            "UserPoolId": pool.id.0, "ClientId": client, "TermsName": name, "TermsSource": "LINK", "Enforcement": "NONE",
            "Links": { "cognito:default": link },
        })
    };
    let made = door.signed("CreateTerms", create("terms-of-use", "https://app.example/t")).await["Terms"].clone();
    let now = door.bench.now() / 1000;
    let mut expected = create("terms-of-use", "https://app.example/t");
    expected["TermsId"] = made["TermsId"].clone();
    expected["CreationDate"] = json!(now);
    expected["LastModifiedDate"] = json!(now);
    assert_eq!(made, expected);
    let refused = door.refused_signed("CreateTerms", create("terms-of-use", "https://app.example/t")).await;
    assert_eq!(refused.1, "TermsExistsException");
    let refused = door.refused_signed("CreateTerms", create("privacy-policy", "javascript:alert(1)")).await;
    assert_eq!(refused.2, "The link for cognito:default must be an http or https URL.");
    let id = json!({ "UserPoolId": pool.id.0, "TermsId": made["TermsId"] });
    assert_eq!(door.signed("DescribeTerms", id.clone()).await["Terms"], made);
    door.bench.clock.advance(5000);
    let mut change = id.clone();
    change["TermsName"] = json!("privacy-policy");
    let changed = door.signed("UpdateTerms", change).await["Terms"].clone();
    assert_eq!((&changed["TermsName"], &changed["Links"]), (&json!("privacy-policy"), &made["Links"]));
    assert_eq!(changed["LastModifiedDate"], json!(now + 5));
    let by_client = json!({ "UserPoolId": pool.id.0, "ClientId": client, "TermsName": "privacy-policy" });
    assert_eq!(door.signed("DescribeTermsByClient", by_client.clone()).await["Terms"], changed);
    let listed = door.signed("ListTerms", json!({ "UserPoolId": pool.id.0 })).await;
    assert_eq!(listed["Terms"][0]["TermsId"], made["TermsId"]);
    door.signed("DeleteTerms", id.clone()).await;
    for (operation, body) in [("DescribeTerms", id.clone()), ("DeleteTerms", id), ("DescribeTermsByClient", by_client)]
    {
        let refused = door.refused_signed(operation, body).await;
        assert_eq!(refused.2, "Terms document does not exist.", "{operation}");
    }
}
