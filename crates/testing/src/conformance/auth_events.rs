//! Events of users.
use super::Shared;
use super::world::{after, first, user, world};
use crate::rows::{self, NOW};
use user_pools::ports::StoreError;
use user_pools::threat::{Asked, AuthEvent, EVENT_FAILURES_KEPT, EVENTS_KEPT, EventFeedback, EventResponse};
use user_pools::user::User;

async fn ids(store: &Shared, user: &User, page: user_pools::ports::Page) -> Vec<String> {
    let listed = store.list_auth_events(user.pool.clone(), user.sub.clone(), page).await.unwrap();
    listed.into_iter().map(|event| event.id).collect()
}

pub async fn events_are_listed_newest_first_in_pages(store: Shared) {
    let world = world(&store).await;
    let bob = user(&store, &world.pool, "bob").await;
    let events = ["a", "b", "c"].map(|id| rows::auth_event(&world.alice, id)).to_vec();
    store.append_auth_events(NOW, events).await.unwrap();
    store.append_auth_events(NOW, vec![rows::auth_event(&bob, "a")]).await.unwrap();
    assert_eq!(ids(&store, &world.alice, first(2)).await, ["c", "b"]);
    assert_eq!(ids(&store, &world.alice, after("b", 2)).await, ["a"]);
    assert!(ids(&store, &world.alice, after("gone", 2)).await.is_empty());
    assert_eq!(ids(&store, &bob, first(9)).await, ["a"]);
}

pub async fn an_event_that_comes_again_goes_on(store: Shared) {
    let world = world(&store).await;
    let begun = AuthEvent { response: EventResponse::InProgress, ..rows::auth_event(&world.alice, "a") };
    let ended = AuthEvent { answers: vec![(Asked::Mfa, true)], at: NOW + 5, ..rows::auth_event(&world.alice, "a") };
    store.append_auth_events(NOW, vec![begun.clone(), ended.clone()]).await.unwrap();
    let (pool, sub) = (world.pool.id, world.alice.sub);
    assert_eq!(store.list_auth_events(pool, sub, first(9)).await.unwrap(), [begun.followed_by(ended)]);
}

pub async fn a_user_has_so_many_events_and_the_newest(store: Shared) {
    let world = world(&store).await;
    let events = (0..EVENTS_KEPT + 5).map(|number| rows::auth_event(&world.alice, &format!("{number}"))).collect();
    store.append_auth_events(NOW, events).await.unwrap();
    let kept = ids(&store, &world.alice, first(9999)).await;
    assert_eq!((kept.len(), kept.last().unwrap().as_str()), (EVENTS_KEPT as usize, "5"));
}

pub async fn failures_push_out_nothing_but_failures(store: Shared) {
    let world = world(&store).await;
    let failed = |id: String| AuthEvent { response: EventResponse::Fail, ..rows::auth_event(&world.alice, &id) };
    let begun = AuthEvent { response: EventResponse::InProgress, ..rows::auth_event(&world.alice, "begun") };
    let mut events = vec![rows::auth_event(&world.alice, "passed"), begun];
    events.extend((0..EVENTS_KEPT + EVENT_FAILURES_KEPT).map(|number| failed(format!("{number}"))));
    store.append_auth_events(NOW, events).await.unwrap();
    let kept = ids(&store, &world.alice, first(9999)).await;
    let oldest = EVENTS_KEPT.to_string();
    assert_eq!(kept.len(), EVENT_FAILURES_KEPT as usize + 2);
    assert_eq!(kept[kept.len() - 3..], [oldest.as_str(), "begun", "passed"]);
    // One that was begun and fails now is the oldest failure.
    store.append_auth_events(NOW, vec![failed("begun".to_owned())]).await.unwrap();
    let kept = ids(&store, &world.alice, first(9999)).await;
    assert_eq!(kept.len(), EVENT_FAILURES_KEPT as usize + 1);
    assert_eq!(kept.last().unwrap(), "passed");
}

pub async fn feedback_is_about_an_event_of_that_user(store: Shared) {
    let world = world(&store).await;
    let bob = user(&store, &world.pool, "bob").await;
    store.append_auth_events(NOW, vec![rows::auth_event(&world.alice, "a")]).await.unwrap();
    let feedback = EventFeedback { valid: false, provider: "Admin".to_owned(), at: NOW };
    let tell = |user: &User, id: &str| {
        store.set_auth_event_feedback(NOW, user.pool.clone(), user.sub.clone(), id.to_owned(), feedback.clone())
    };
    tell(&world.alice, "a").await.unwrap();
    assert_eq!(tell(&bob, "a").await.unwrap_err(), StoreError::NotFound);
    assert_eq!(tell(&world.alice, "b").await.unwrap_err(), StoreError::NotFound);
    let listed = store.list_auth_events(world.pool.id, world.alice.sub, first(9)).await.unwrap();
    assert_eq!(listed[0].feedback.as_ref(), Some(&feedback));
}

pub async fn events_go_with_their_user_and_none_is_about_nobody(store: Shared) {
    let world = world(&store).await;
    let (alice, bob) = (&world.alice, user(&store, &world.pool, "bob").await);
    store.append_auth_events(NOW, vec![rows::auth_event(alice, "a")]).await.unwrap();
    store.delete_user(NOW, alice.pool.clone(), alice.sub.clone()).await.unwrap();
    let events = ["b", "c", "c"].into_iter().zip([alice, &bob, &bob]).map(|(id, user)| rows::auth_event(user, id));
    assert_eq!(store.append_auth_events(NOW, events.collect()).await.unwrap(), [false, true, true]);
    assert!(ids(&store, alice, first(9)).await.is_empty());
    assert_eq!(ids(&store, &bob, first(9)).await, ["c"], "the others of the batch stand");
}
