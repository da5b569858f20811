use crate::actor::{App, says};
use testing::{Bench, PASSWORD};
use user_pools::keys::{Overlap, PUBLISHED_AFTER_RETIREMENT, new_signing_keys};
use user_pools::token::SigningKeyRow;

fn fresh(app: &App<'_>) -> Vec<SigningKeyRow> {
    let pools = &app.bench.pools;
    new_signing_keys(&pools.keys, &*pools.random, &app.pool.id, app.bench.now()).unwrap()
}

async fn kids(app: &App<'_>) -> Vec<String> {
    let keys = app.bench.pools.pool_keys(app.bench.now(), &app.pool).await.unwrap();
    keys.jwks().keys.iter().map(|key| key.kid.clone()).collect()
}

fn header(token: &str) -> String {
    String::from_utf8(jose::base64url_decode(token.split('.').next().unwrap()).unwrap()).unwrap()
}

#[tokio::test]
async fn tokens_name_one_key_for_each_kind_and_the_issuer_publishes_both() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    bench.user(&app.pool, "alice").await;
    let tokens = app.tokens("alice", PASSWORD).await;
    let (id, access) = (header(tokens.id.as_ref().unwrap()), header(&tokens.access));
    assert_ne!(id, access);
    let kids = kids(&app).await;
    assert_eq!(kids.len(), 2);
    assert!(kids.iter().any(|kid| id == format!(r#"{{"kid":"{kid}","alg":"RS256"}}"#)));
    let published = bench.pools.memory.issuers.keys(&bench.pools.issuer(&app.pool)).unwrap();
    for token in [tokens.id.unwrap(), tokens.access] {
        assert!(jose::verify(&jose::Jwt::parse(&token).unwrap(), &published).is_ok());
    }
    assert!(bench.pools.memory.issuers.keys("http://localhost:4566/us-east-1_nowhere").is_none());
}

#[tokio::test]
async fn after_a_rotation_old_tokens_verify_until_they_have_died() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    bench.user(&app.pool, "alice").await;
    let before = app.tokens("alice", PASSWORD).await;
    bench.pools.rotate_keys(bench.now(), &app.pool.id, fresh(&app), Overlap::Published).await.unwrap();
    let after = app.tokens("alice", PASSWORD).await;
    assert_ne!(header(&before.access), header(&after.access));
    assert_eq!(kids(&app).await.len(), 4);
    for token in [&before.access, &after.access] {
        assert!(bench.pools.access(bench.now(), token).await.is_ok());
    }
    bench.clock.advance(PUBLISHED_AFTER_RETIREMENT);
    assert_eq!(kids(&app).await.len(), 2, "dead keys leave by themselves");
}

#[tokio::test]
async fn a_withdrawn_key_is_refused_at_once() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    bench.user(&app.pool, "alice").await;
    let before = app.tokens("alice", PASSWORD).await;
    bench.pools.rotate_keys(bench.now(), &app.pool.id, fresh(&app), Overlap::Withdrawn).await.unwrap();
    assert_eq!(says(bench.pools.access(bench.now(), &before.access).await.map(drop)), "Invalid Access Token");
}

#[tokio::test]
async fn announced_keys_are_published_before_they_sign() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    bench.user(&app.pool, "alice").await;
    let before = header(&app.tokens("alice", PASSWORD).await.access);
    let next = fresh(&app);
    let announced: Vec<_> = next.iter().map(|row| row.kid.clone()).collect();
    bench.pools.announce_keys(bench.now(), &app.pool.id, next).await.unwrap();
    assert_eq!(header(&app.tokens("alice", PASSWORD).await.access), before);
    assert!(announced.iter().all(|kid| futures_contains(&app, kid)));
    bench.pools.rotate_keys(bench.now(), &app.pool.id, Vec::new(), Overlap::Published).await.unwrap();
    let after = header(&app.tokens("alice", PASSWORD).await.access);
    assert!(announced.iter().any(|kid| after.contains(kid.as_str())));
}

fn futures_contains(app: &App<'_>, kid: &str) -> bool {
    let issuer = app.bench.pools.issuer(&app.pool);
    app.bench.pools.memory.issuers.keys(&issuer).unwrap().get(kid).is_some()
}

#[tokio::test]
async fn another_process_follows_the_changes() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    let issuer = bench.pools.issuer(&app.pool);
    let other = user_pools::UserPools { memory: std::sync::Arc::default(), ..bench.pools.clone() };
    assert!(other.memory.issuers.keys(&issuer).is_none());
    let seq = other.follow_key_changes(bench.now(), None).await.unwrap();
    let seen = other.memory.issuers.keys(&issuer).unwrap();
    bench.pools.rotate_keys(bench.now(), &app.pool.id, fresh(&app), Overlap::Published).await.unwrap();
    let next = other.follow_key_changes(bench.now(), Some(seq)).await.unwrap();
    assert!(next > seq);
    assert!(other.memory.issuers.keys(&issuer).unwrap().generation() > seen.generation());
    bench.pools.store.delete_pool(bench.now(), app.pool.id.clone()).await.unwrap();
    other.follow_key_changes(bench.now(), Some(next)).await.unwrap();
    assert!(other.memory.issuers.keys(&issuer).is_none());
}

#[tokio::test]
async fn who_is_behind_the_kept_changes_reads_all_keys_anew() {
    let bench = Bench::new();
    let (gone, stays) = (App::new(&bench).await, App::new(&bench).await);
    let issuers = [&gone, &stays].map(|app| bench.pools.issuer(&app.pool));
    let other = user_pools::UserPools { memory: std::sync::Arc::default(), ..bench.pools.clone() };
    let known = || issuers.each_ref().map(|issuer| other.memory.issuers.keys(issuer).is_some());
    let seen = other.follow_key_changes(bench.now(), None).await.unwrap();
    assert_eq!(known(), [true, true]);
    let generation = || other.memory.issuers.keys(&issuers[1]).unwrap().generation();
    let before = generation();
    bench.pools.store.delete_pool(bench.now(), gone.pool.id.clone()).await.unwrap();
    bench.pools.rotate_keys(bench.now(), &stays.pool.id, fresh(&stays), Overlap::Published).await.unwrap();
    bench.pools.store.insert_group(bench.now(), testing::rows::group(&stays.pool.id, "g", None)).await.unwrap();
    bench.prune_changes().await;
    other.follow_key_changes(bench.now(), Some(seen)).await.unwrap();
    assert_eq!(known(), [false, true]);
    assert!(generation() > before);
}

#[tokio::test]
async fn the_certificate_is_the_same_until_the_keys_are_rotated() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    let first = bench.pools.signing_certificate(&app.pool).await.unwrap();
    assert!(first.starts_with("MII") && !first.contains('\n') && !first.contains('-'), "{first}");
    bench.clock.advance(400 * 24 * 60 * 60 * 1000);
    assert_eq!(bench.pools.signing_certificate(&app.pool).await.unwrap(), first);
    bench.pools.rotate_keys(bench.now(), &app.pool.id, fresh(&app), Overlap::Published).await.unwrap();
    assert_ne!(bench.pools.signing_certificate(&app.pool).await.unwrap(), first);
}
