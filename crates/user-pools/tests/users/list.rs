//! ListUsers.
use crate::app::{App, HOUR, refusal, with_alias};
use user_pools::users::ListUsers;

async fn names(app: &App, filter: &str) -> Vec<String> {
    let request = ListUsers { filter: filter.to_owned(), ..ListUsers::default() };
    let page = app.bench.pools.list_users(&app.bench.cx(), &app.pool, &request).await.unwrap();
    page.users.into_iter().map(|user| user.username).collect()
}

async fn three() -> App {
    let app = App::new(with_alias).await;
    for name in ["carol", "Ann", "bob"] {
        app.bench.user(&app.pool, name).await;
    }
    app
}

#[tokio::test]
async fn filters_find_by_whole_value_and_by_beginning() {
    let app = three().await;
    assert_eq!(names(&app, "").await, ["carol", "Ann", "bob"], "in order of creation");
    assert_eq!(names(&app, "email = \"ann@EXAMPLE.com\"").await, ["Ann"], "without case");
    assert_eq!(names(&app, "username = \"ann\"").await, Vec::<String>::new(), "usernames with case");
    assert_eq!(names(&app, "email ^= \"\"").await, ["Ann", "bob", "carol"], "in the attribute's order");
    assert_eq!(names(&app, "cognito:user_status = \"CONFIRMED\"").await.len(), 3);
    app.bench.pools.admin_disable_user(&app.bench.cx(), &app.pool, "bob").await.unwrap();
    assert_eq!(names(&app, "status = \"Disabled\"").await, ["bob"]);
}

#[tokio::test]
async fn pages_follow_each_other_and_tokens_are_bound() {
    let app = three().await;
    let page = async |token: Option<String>, filter: &str| {
        let request = ListUsers { filter: filter.to_owned(), limit: Some(2), token };
        app.bench.pools.list_users(&app.bench.cx(), &app.pool, &request).await
    };
    let first = page(None, "").await.unwrap();
    assert_eq!(first.users.len(), 2);
    let last = page(first.next.clone(), "").await.unwrap();
    assert_eq!((last.users.len(), last.next), (1, None));
    let bad = "InvalidParameter: Invalid Pagination Token";
    assert_eq!(refusal(page(first.next.clone(), "email ^= \"a\"").await), bad, "another filter");
    assert_eq!(refusal(page(Some("x".into()), "").await), bad);
    app.bench.clock.advance(HOUR);
    assert_eq!(refusal(page(first.next, "").await), bad, "an hour later");
}
