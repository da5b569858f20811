//! Many at once.
use crate::app::{App, NEW_PASSWORD, by_email};
use std::sync::Arc;

const ANN: &str = "ann@example.com";
const MANY: usize = 32;

/// Runs the act many times at once and counts how often it succeeded.
async fn winners<F, Fut>(act: F) -> usize
where
    F: Fn(usize) -> Fut,
    Fut: Future<Output = bool> + Send + 'static,
{
    let tasks: Vec<_> = (0..MANY).map(|number| tokio::spawn(act(number))).collect();
    let mut won = 0;
    for task in tasks {
        won += usize::from(task.await.unwrap());
    }
    won
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_sign_up_by_one_address_one_succeeds() {
    let app = Arc::new(App::new(by_email).await);
    let won = winners(|_| {
        let app = app.clone();
        async move { app.sign_up(ANN, &[]).await.is_ok() }
    })
    .await;
    assert_eq!(won, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_bring_one_code_one_succeeds() {
    let app = Arc::new(App::new(by_email).await);
    app.sign_up(ANN, &[]).await.unwrap();
    let code = app.code(ANN);
    let won = winners(|_| {
        let (app, code) = (app.clone(), code.clone());
        async move { app.confirm(ANN, &code).await.is_ok() }
    })
    .await;
    assert_eq!(won, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_recoveries_with_one_code_one_sets_the_password() {
    let app = Arc::new(App::new(by_email).await);
    app.bench.user(&app.pool, ANN).await;
    app.forgot(ANN).await.unwrap();
    let code = app.code(ANN);
    let won = winners(|number| {
        let (app, code) = (app.clone(), code.clone());
        async move { app.confirm_forgot(ANN, &code, &format!("{NEW_PASSWORD}{number}")).await.is_ok() }
    })
    .await;
    assert_eq!(won, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn changes_at_once_all_count() {
    let app = Arc::new(App::new(by_email).await);
    app.bench.user(&app.pool, ANN).await;
    let names: Vec<&str> =
        vec!["name", "given_name", "family_name", "nickname", "profile", "website", "zoneinfo", "locale"];
    let tasks: Vec<_> = names
        .iter()
        .map(|name| {
            let (app, given) = (app.clone(), vec![((*name).to_owned(), "x".to_owned())]);
            tokio::spawn(async move {
                let (pools, pool) = (&app.bench.pools, &app.pool);
                pools.admin_update_user_attributes(&app.bench.cx(), pool, ANN, &given).await.unwrap();
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let user = app.user(ANN).await;
    assert!(names.iter().all(|name| user.attributes.contains_key(*name)));
}
