use crate::actor::App;
use serde_json::json;
use testing::Bench;
use user_pools::UserPools;
use user_pools::domain::Domain;
use user_pools::ports::Pools as _;

const HOST: &str = "login.example.com";

fn domain(app: &App<'_>, name: &str, custom: bool) -> Domain {
    Domain {
        scope: app.pool.scope.clone(),
        name: name.to_owned(),
        pool: app.pool.id.clone(),
        version: 1,
        managed_login_version: 2,
        custom: custom.then(|| json!({ "CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/one" })),
        routing: None,
        created: app.bench.now(),
    }
}

fn serves(pools: &UserPools, host: &str) -> bool {
    pools.memory.custom_domains.contains(host)
}

#[tokio::test]
async fn a_custom_domain_is_served_when_its_change_is_answered() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    let pools = &bench.pools;
    pools.create_domain(bench.now(), domain(&app, HOST, true)).await.unwrap();
    assert!(serves(pools, HOST));
    pools.update_domain(bench.now(), &app.pool.id, HOST.to_owned(), |domain| domain.custom = None).await.unwrap();
    assert!(!serves(pools, HOST), "a name without a certificate is a prefix");
    let again = |domain: &mut Domain| domain.custom = Some(json!({}));
    pools.update_domain(bench.now(), &app.pool.id, HOST.to_owned(), again).await.unwrap();
    assert!(serves(pools, HOST));
    pools.delete_domain(bench.now(), app.pool.id.clone(), HOST.to_owned()).await.unwrap();
    assert!(!serves(pools, HOST));
}

#[tokio::test]
async fn a_prefix_is_no_host_name() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    bench.pools.create_domain(bench.now(), domain(&app, "login", false)).await.unwrap();
    assert!(!serves(&bench.pools, "login"));
}

#[tokio::test]
async fn another_process_follows_custom_domains() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    let other = UserPools { memory: std::sync::Arc::default(), ..bench.pools.clone() };
    bench.pools.create_domain(bench.now(), domain(&app, HOST, true)).await.unwrap();
    assert!(!serves(&other, HOST));
    other.follow_custom_domains().await.unwrap();
    assert!(serves(&other, HOST));
    bench.pools.delete_domain(bench.now(), app.pool.id.clone(), HOST.to_owned()).await.unwrap();
    other.follow_custom_domains().await.unwrap();
    assert!(!serves(&other, HOST));
}

#[tokio::test]
async fn who_is_behind_the_kept_changes_reads_all_domains_anew() {
    let bench = Bench::new();
    let (gone, stays) = (App::new(&bench).await, App::new(&bench).await);
    let other = UserPools { memory: std::sync::Arc::default(), ..bench.pools.clone() };
    bench.pools.create_domain(bench.now(), domain(&gone, HOST, true)).await.unwrap();
    other.follow_custom_domains().await.unwrap();
    assert!(serves(&other, HOST));
    bench.pools.delete_domain(bench.now(), gone.pool.id.clone(), HOST.to_owned()).await.unwrap();
    bench.store.delete_pool(bench.now(), gone.pool.id.clone()).await.unwrap();
    bench.pools.create_domain(bench.now(), domain(&stays, "new.example.com", true)).await.unwrap();
    bench.prune_changes().await;
    other.follow_custom_domains().await.unwrap();
    assert!(!serves(&other, HOST));
    assert!(serves(&other, "new.example.com"));
}
