//! Clients, domains, resource servers, branding, decisions.
use super::Shared;
use super::world::{after, first, world};
use crate::rows::{self, NOW};
use serde_json::json;
use user_pools::ClientId;
use user_pools::ports::{StoreError, Taken};

pub async fn clients_are_found_by_id_alone_and_listed_in_pages(store: Shared) {
    let world = world(&store).await;
    for (id, age) in [("c1", 1), ("c2", 3), ("c3", 2)] {
        let mut client = rows::client(&world.pool.id, id);
        client.created = NOW - age;
        store.insert_client(NOW, client).await.unwrap();
    }
    assert_eq!(store.client(ClientId("c2".to_owned())).await.unwrap().settings.name, "c2");
    assert_eq!(store.client(ClientId("none".to_owned())).await.unwrap_err(), StoreError::NotFound);
    let ids = |clients: Vec<user_pools::client::AppClient>| clients.into_iter().map(|c| c.id.0).collect::<Vec<_>>();
    assert_eq!(ids(store.list_clients(world.pool.id.clone(), first(3)).await.unwrap()), ["c2", "c3", "c1"]);
    assert_eq!(ids(store.list_clients(world.pool.id, after("c3", 9)).await.unwrap()), ["c1", "client"]);
}

pub async fn a_client_of_no_pool_is_refused(store: Shared) {
    let client = rows::client(&rows::pool_id("none"), "c");
    assert_eq!(store.insert_client(NOW, client).await.unwrap_err(), StoreError::NotFound);
}

pub async fn a_client_of_another_pool_is_not_deleted(store: Shared) {
    let world = world(&store).await;
    store.insert_pool(NOW, rows::pool("other"), Vec::new()).await.unwrap();
    let taken = store.insert_client(NOW, rows::client(&rows::pool_id("other"), "client")).await;
    assert_eq!(taken.unwrap_err(), StoreError::Exists(Taken::Key));
    let answer = store.delete_client(NOW, rows::pool_id("other"), world.client.id.clone()).await;
    assert_eq!(answer.unwrap_err(), StoreError::NotFound);
    store.client(world.client.id).await.unwrap();
}

pub async fn a_domain_name_is_unique_over_all_pools(store: Shared) {
    let world = world(&store).await;
    let other = rows::pool("other");
    store.insert_pool(NOW, other.clone(), Vec::new()).await.unwrap();
    store.insert_domain(NOW, rows::domain(&world.pool.id, "login")).await.unwrap();
    let answer = store.insert_domain(NOW, rows::domain(&other.id, "login")).await;
    assert_eq!(answer.unwrap_err(), StoreError::Exists(Taken::Key));
    assert_eq!(store.domain("login".to_owned()).await.unwrap().pool, world.pool.id);
    let answer = store.delete_domain(NOW, other.id.clone(), "login".to_owned()).await;
    assert_eq!(answer.unwrap_err(), StoreError::NotFound);
    let orphan = rows::domain(&rows::pool_id("none"), "orphan");
    assert_eq!(store.insert_domain(NOW, orphan).await.unwrap_err(), StoreError::NotFound);
}

pub async fn a_pool_has_one_domain_of_each_kind(store: Shared) {
    let world = world(&store).await;
    store.insert_domain(NOW, rows::domain(&world.pool.id, "login")).await.unwrap();
    let second = store.insert_domain(NOW, rows::domain(&world.pool.id, "second")).await;
    assert_eq!(second.unwrap_err(), StoreError::Exists(Taken::Owner));
    let mut custom = rows::domain(&world.pool.id, "login.example.com");
    custom.custom = Some(json!({"CertificateArn": "arn"}));
    store.insert_domain(NOW, custom).await.unwrap();
    let names: Vec<_> = store.domains_of(world.pool.id).await.unwrap().into_iter().map(|d| d.name).collect();
    assert_eq!(names, ["login", "login.example.com"]);
}

pub async fn resource_servers_are_keyed_within_their_pool(store: Shared) {
    let world = world(&store).await;
    let other = rows::pool("other");
    store.insert_pool(NOW, other.clone(), Vec::new()).await.unwrap();
    for identifier in ["b", "a", "c"] {
        store.insert_resource_server(NOW, rows::resource_server(&world.pool.id, identifier)).await.unwrap();
    }
    store.insert_resource_server(NOW, rows::resource_server(&other.id, "a")).await.unwrap();
    let taken = store.insert_resource_server(NOW, rows::resource_server(&other.id, "a")).await;
    assert_eq!(taken.unwrap_err(), StoreError::Exists(Taken::Key));
    let page = store.list_resource_servers(world.pool.id.clone(), after("a", 5)).await.unwrap();
    assert_eq!(page.iter().map(|s| s.identifier.as_str()).collect::<String>(), "bc");
    store.delete_resource_server(NOW, world.pool.id.clone(), "a".to_owned()).await.unwrap();
    let gone = store.resource_server(world.pool.id, "a".to_owned()).await;
    assert_eq!(gone.unwrap_err(), StoreError::NotFound);
    store.resource_server(other.id, "a".to_owned()).await.unwrap();
}

pub async fn a_client_has_one_branding(store: Shared) {
    let world = world(&store).await;
    let branding = rows::branding(&world.client, "b1");
    store.insert_branding(NOW, branding.clone()).await.unwrap();
    let second = store.insert_branding(NOW, rows::branding(&world.client, "b2")).await;
    assert_eq!(second.unwrap_err(), StoreError::Exists(Taken::Owner));
    let found = store.branding_of_client(world.pool.id.clone(), world.client.id.clone()).await.unwrap();
    assert_eq!((found.id.as_str(), found.settings), ("b1", branding.settings));
    let elsewhere = store.branding_of_client(rows::pool_id("none"), world.client.id.clone()).await;
    assert_eq!(elsewhere.unwrap_err(), StoreError::NotFound);
    store.delete_branding(NOW, world.pool.id, "b1".to_owned()).await.unwrap();
    store.insert_branding(NOW, rows::branding(&world.client, "b2")).await.unwrap();
}

pub async fn every_change_of_a_look_changes_its_mark(store: Shared) {
    let world = world(&store).await;
    let (pool, client) = (&world.pool.id, &world.client.id);
    let mut marks = vec![store.brand_mark(pool.clone(), client.clone()).await.unwrap()];
    let mut branding = rows::branding(&world.client, "b");
    store.insert_branding(NOW, branding.clone()).await.unwrap();
    marks.push(store.brand_mark(pool.clone(), client.clone()).await.unwrap());
    branding.version = store.replace_branding(NOW, branding.clone()).await.map(|_| 1).unwrap();
    marks.push(store.brand_mark(pool.clone(), client.clone()).await.unwrap());
    for who in ["ALL", client.0.as_str(), client.0.as_str()] {
        store.put_ui_customization(NOW, rows::ui_customization(pool, who)).await.unwrap();
        marks.push(store.brand_mark(pool.clone(), client.clone()).await.unwrap());
    }
    store.delete_ui_customization(NOW, pool.clone(), client.clone()).await.unwrap();
    marks.push(store.brand_mark(pool.clone(), client.clone()).await.unwrap());
    store.put_ui_customization(NOW, rows::ui_customization(pool, &client.0)).await.unwrap();
    marks.push(store.brand_mark(pool.clone(), client.clone()).await.unwrap());
    let different: std::collections::HashSet<_> = marks.iter().collect();
    // After the client's own is gone the look is that of three changes ago again.
    assert_eq!(different.len(), marks.len() - 1, "{marks:?}");
    assert_eq!(marks[3], marks[6]);
}

pub async fn a_ui_customization_is_replaced_removed_and_goes_with_its_client(store: Shared) {
    let world = world(&store).await;
    let (pool, client) = (&world.pool.id, &world.client.id);
    let gone = |who: &str| store.ui_customization(pool.clone(), ClientId(who.to_owned()));
    assert_eq!(gone("ALL").await.unwrap_err(), StoreError::NotFound);
    let mut ui = rows::ui_customization(pool, "ALL");
    store.put_ui_customization(NOW, ui.clone()).await.unwrap();
    ui.image = None;
    store.put_ui_customization(NOW, ui).await.unwrap();
    assert_eq!(gone("ALL").await.unwrap().image, None);
    store.delete_ui_customization(NOW, pool.clone(), ClientId("ALL".to_owned())).await.unwrap();
    store.delete_ui_customization(NOW, pool.clone(), ClientId("ALL".to_owned())).await.unwrap();
    assert_eq!(gone("ALL").await.unwrap_err(), StoreError::NotFound);
    store.put_ui_customization(NOW, rows::ui_customization(pool, &client.0)).await.unwrap();
    assert_eq!(gone(&client.0).await.unwrap().image, Some(vec![0xff, 0xd8, 0xff, 0]));
    store.delete_client(NOW, pool.clone(), client.clone()).await.unwrap();
    assert_eq!(gone(&client.0).await.unwrap_err(), StoreError::NotFound);
    let nowhere = store.put_ui_customization(NOW, rows::ui_customization(&rows::pool_id("none"), "ALL")).await;
    assert_eq!(nowhere.unwrap_err(), StoreError::NotFound);
}

pub async fn small_rows_are_guarded_by_their_versions(store: Shared) {
    let world = world(&store).await;
    let pool = &world.pool.id;
    store.insert_domain(NOW, rows::domain(pool, "d")).await.unwrap();
    store.insert_group(NOW, rows::group(pool, "g", None)).await.unwrap();
    store.insert_resource_server(NOW, rows::resource_server(pool, "r")).await.unwrap();
    store.insert_branding(NOW, rows::branding(&world.client, "b")).await.unwrap();
    for expected in [Ok(2), Err(StoreError::Conflict)] {
        assert_eq!(store.replace_client(NOW, world.client.clone()).await, expected);
        assert_eq!(store.replace_domain(NOW, rows::domain(pool, "d")).await, expected);
        assert_eq!(store.replace_group(NOW, rows::group(pool, "g", Some(1))).await, expected);
        assert_eq!(store.replace_resource_server(NOW, rows::resource_server(pool, "r")).await, expected);
        assert_eq!(store.replace_branding(NOW, rows::branding(&world.client, "b")).await, expected);
    }
    assert_eq!(store.group(pool.clone(), "g".to_owned()).await.unwrap().version, 2);
    let missing = Err(StoreError::NotFound);
    assert_eq!(store.replace_client(NOW, rows::client(pool, "none")).await, missing);
    assert_eq!(store.replace_domain(NOW, rows::domain(pool, "none")).await, missing);
    assert_eq!(store.replace_group(NOW, rows::group(pool, "none", None)).await, missing);
    assert_eq!(store.replace_resource_server(NOW, rows::resource_server(pool, "none")).await, missing);
    assert_eq!(store.replace_branding(NOW, rows::branding(&world.client, "none")).await, missing);
}

pub async fn decisions_are_found_by_request_and_listed_newest_first(store: Shared) {
    let noted = vec![rows::decision("one", true), rows::decision("two", false), rows::decision("one", false)];
    store.append_decisions(NOW, noted).await.unwrap();
    store.append_decisions(NOW, vec![rows::decision("three", true)]).await.unwrap();
    let of_one = store.decisions_of("one".to_owned()).await.unwrap();
    assert_eq!(of_one.iter().map(|decision| decision.allowed).collect::<Vec<_>>(), [true, false]);
    let newest = |refused| {
        let store = store.clone();
        async move {
            let newest = store.latest_decisions(refused, 3).await.unwrap();
            newest.into_iter().map(|decision| decision.request_id).collect::<Vec<_>>()
        }
    };
    assert_eq!(newest(false).await, ["three", "one", "two"]);
    assert_eq!(newest(true).await, ["one", "two"]);
}
