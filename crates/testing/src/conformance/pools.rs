//! Pools, their keys, the sequence of changes.
use super::Shared;
use super::world::{after, at_once, count, first, world};
use crate::rows::{self, NOW};
use serde_json::json;
use user_pools::Scope;
use user_pools::ports::{StoreError, Taken};
use user_pools::token::KeyPurpose;

pub async fn a_pool_reads_back_as_it_was_stored(store: Shared) {
    let mut pool = rows::pool("a");
    pool.settings.documents.insert("LambdaConfig".to_owned(), json!({"PreSignUp": "arn", "x": [1, 2.5, null]}));
    store.insert_pool(NOW, pool.clone(), Vec::new()).await.unwrap();
    let stored = store.pool(pool.id.clone()).await.unwrap();
    assert_eq!(serde_json::to_value(&stored).unwrap(), serde_json::to_value(&pool).unwrap());
    assert_eq!(store.pool(rows::pool_id("b")).await.unwrap_err(), StoreError::NotFound);
}

pub async fn a_taken_pool_id_is_refused_and_changes_nothing(store: Shared) {
    let pool = rows::pool("a");
    let key = |kid| vec![rows::signing_key(&rows::pool_id("a"), kid, KeyPurpose::Id)];
    store.insert_pool(NOW, pool.clone(), key("first")).await.unwrap();
    let answer = store.insert_pool(NOW, pool.clone(), key("second")).await;
    assert_eq!(answer.unwrap_err(), StoreError::Exists(Taken::Key));
    assert_eq!(store.signing_keys(pool.id).await.unwrap()[0].kid, "first");
}

pub async fn a_replacement_needs_the_version_that_was_read(store: Shared) {
    let mut pool = rows::pool("a");
    assert_eq!(store.replace_pool(NOW, pool.clone()).await.unwrap_err(), StoreError::NotFound);
    store.insert_pool(NOW, pool.clone(), Vec::new()).await.unwrap();
    pool.settings.name = "new".to_owned();
    assert_eq!(store.replace_pool(NOW, pool.clone()).await.unwrap(), 2);
    assert_eq!(store.replace_pool(NOW, pool.clone()).await.unwrap_err(), StoreError::Conflict);
    let stored = store.pool(pool.id).await.unwrap();
    assert_eq!((stored.settings.name.as_str(), stored.version), ("new", 2));
    assert_eq!(store.replace_pool(NOW, stored).await.unwrap(), 3);
}

pub async fn of_two_replacements_at_once_one_conflicts(store: Shared) {
    let pool = rows::pool("a");
    store.insert_pool(NOW, pool.clone(), Vec::new()).await.unwrap();
    let answers = at_once(32, |_| {
        let (store, pool) = (store.clone(), pool.clone());
        async move { store.replace_pool(NOW, pool).await }
    })
    .await;
    assert_eq!(count(&answers, Result::is_ok), 1);
    assert_eq!(count(&answers, |answer| *answer == Err(StoreError::Conflict)), 31);
}

pub async fn pools_are_listed_by_scope_oldest_first_in_pages(store: Shared) {
    for (name, age) in [("c", 3), ("a", 2), ("b", 1), ("d", 2)] {
        let mut pool = rows::pool(name);
        pool.created = NOW - age;
        store.insert_pool(NOW, pool, Vec::new()).await.unwrap();
    }
    let mut foreign = rows::pool("e");
    foreign.scope = Scope { account: "111111111111".to_owned(), region: "us-east-1".to_owned() };
    store.insert_pool(NOW, foreign, Vec::new()).await.unwrap();
    let names = |pools: Vec<user_pools::pool::UserPool>| pools.into_iter().map(|p| p.settings.name).collect::<String>();
    assert_eq!(names(store.list_pools(rows::scope(), first(10)).await.unwrap()), "cadb");
    assert_eq!(names(store.list_pools(rows::scope(), first(2)).await.unwrap()), "ca");
    assert_eq!(names(store.list_pools(rows::scope(), after("us-east-1_a", 2)).await.unwrap()), "db");
    assert_eq!(names(store.list_pools(rows::scope(), after("us-east-1_b", 2)).await.unwrap()), "");
}

pub async fn keys_are_replaced_as_a_set(store: Shared) {
    let pool = rows::pool("a");
    let key = |kid, purpose| rows::signing_key(&rows::pool_id("a"), kid, purpose);
    let first = vec![key("i1", KeyPurpose::Id), key("a1", KeyPurpose::Access)];
    store.insert_pool(NOW, pool.clone(), first).await.unwrap();
    let second = vec![key("i2", KeyPurpose::Id), key("a1", KeyPurpose::Access), key("i1", KeyPurpose::Id)];
    store.replace_signing_keys(NOW, pool.id.clone(), second).await.unwrap();
    let kids: Vec<_> = store.signing_keys(pool.id).await.unwrap().into_iter().map(|key| key.kid).collect();
    assert_eq!(kids, ["i2", "a1", "i1"]);
    let answer = store.replace_signing_keys(NOW, rows::pool_id("none"), Vec::new()).await;
    assert_eq!(answer.unwrap_err(), StoreError::NotFound);
}

pub async fn a_pool_with_a_domain_stays(store: Shared) {
    let world = world(&store).await;
    store.insert_domain(NOW, rows::domain(&world.pool.id, "login")).await.unwrap();
    assert_eq!(store.delete_pool(NOW, world.pool.id.clone()).await.unwrap_err(), StoreError::Conflict);
    store.user(world.pool.id.clone(), world.alice.sub).await.unwrap();
    store.delete_domain(NOW, world.pool.id.clone(), "login".to_owned()).await.unwrap();
    store.delete_pool(NOW, world.pool.id.clone()).await.unwrap();
    assert_eq!(store.delete_pool(NOW, world.pool.id).await.unwrap_err(), StoreError::NotFound);
}

pub async fn pool_ids_come_in_order_over_all_scopes(store: Shared) {
    for name in ["c", "a", "b"] {
        let mut pool = rows::pool(name);
        pool.scope.account = format!("account-{name}");
        store.insert_pool(NOW, pool, Vec::new()).await.unwrap();
    }
    assert_eq!(store.pool_ids(None, 2).await.unwrap(), [rows::pool_id("a"), rows::pool_id("b")]);
    assert_eq!(store.pool_ids(Some(rows::pool_id("b")), 2).await.unwrap(), [rows::pool_id("c")]);
    assert!(store.pool_ids(Some(rows::pool_id("c")), 2).await.unwrap().is_empty());
}

pub async fn every_control_plane_write_appends_one_change(store: Shared) {
    let pool = rows::pool("a");
    let id = || pool.id.clone();
    let client = rows::client(&pool.id, "c");
    store.insert_pool(NOW, pool.clone(), Vec::new()).await.unwrap();
    store.replace_pool(NOW, pool.clone()).await.unwrap();
    store.replace_signing_keys(NOW, id(), Vec::new()).await.unwrap();
    store.insert_client(NOW, client.clone()).await.unwrap();
    store.replace_client(NOW, client.clone()).await.unwrap();
    store.insert_domain(NOW, rows::domain(&pool.id, "d")).await.unwrap();
    store.replace_domain(NOW, rows::domain(&pool.id, "d")).await.unwrap();
    store.delete_domain(NOW, id(), "d".to_owned()).await.unwrap();
    store.insert_group(NOW, rows::group(&pool.id, "g", None)).await.unwrap();
    store.replace_group(NOW, rows::group(&pool.id, "g", None)).await.unwrap();
    store.delete_group(NOW, id(), "g".to_owned()).await.unwrap();
    store.insert_resource_server(NOW, rows::resource_server(&pool.id, "r")).await.unwrap();
    store.replace_resource_server(NOW, rows::resource_server(&pool.id, "r")).await.unwrap();
    store.delete_resource_server(NOW, id(), "r".to_owned()).await.unwrap();
    store.insert_branding(NOW, rows::branding(&client, "b")).await.unwrap();
    store.replace_branding(NOW, rows::branding(&client, "b")).await.unwrap();
    store.delete_branding(NOW, id(), "b".to_owned()).await.unwrap();
    store.insert_identity_provider(NOW, rows::identity_provider(&pool.id, "i")).await.unwrap();
    store.replace_identity_provider(NOW, rows::identity_provider(&pool.id, "i")).await.unwrap();
    store.delete_identity_provider(NOW, id(), "i".to_owned()).await.unwrap();
    store.delete_client(NOW, id(), client.id).await.unwrap();
    store.delete_pool(NOW + 5, id()).await.unwrap();
    let changes = store.changes(0, 100).await.unwrap();
    assert_eq!(store.changes_head().await.unwrap(), changes.last().unwrap().seq);
    let kinds: Vec<_> = changes.iter().map(|change| change.kind.as_str()).collect();
    let expected = "pool pool keys client client domain domain domain group group group \
        resource-server resource-server resource-server branding branding branding \
        identity-provider identity-provider identity-provider client pool";
    assert_eq!(kinds.join(" "), expected);
    assert!(changes.iter().all(|change| change.subject == pool.id.0));
    assert!(changes.is_sorted_by(|a, b| a.seq < b.seq));
    assert_eq!(changes.last().unwrap().at, NOW + 5);
    let rest = store.changes(changes[16].seq, 1).await.unwrap();
    assert_eq!(rest, changes[17..18]);
}

pub async fn a_refused_write_appends_no_change(store: Shared) {
    let world = world(&store).await;
    let before = store.changes(0, 100).await.unwrap().len();
    let mut old = world.pool.clone();
    old.version = 9;
    store.replace_pool(NOW, old).await.unwrap_err();
    store.insert_pool(NOW, world.pool.clone(), Vec::new()).await.unwrap_err();
    store.insert_client(NOW, world.client.clone()).await.unwrap_err();
    store.delete_group(NOW, world.pool.id, "none".to_owned()).await.unwrap_err();
    assert_eq!(store.changes(0, 100).await.unwrap().len(), before);
}
