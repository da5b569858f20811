//! The outbox.
use super::Shared;
use super::world::{at_once, hash, user, world};
use crate::rows::{self, HOUR, NOW};
use user_pools::ports::{CodePurpose, Queued, StoreError};

async fn due(store: &Shared, now: i64) -> Vec<String> {
    let claimed = store.claim_messages(now, now + 1000, 100).await.unwrap();
    claimed.into_iter().map(|message| message.id).collect()
}

pub async fn a_message_reads_back_as_it_was_stored(store: Shared) {
    let world = world(&store).await;
    let stored = Queued { sealed: vec![0, 255, 7], attempts: 3, ..rows::message(&world.alice, "m") };
    store.put_message(NOW, stored.clone()).await.unwrap();
    let read = store.claim_messages(NOW, NOW + 1000, 9).await.unwrap().remove(0);
    assert_eq!((read.id, read.pool, read.sub), (stored.id, stored.pool, stored.sub));
    assert_eq!((read.topic, read.sealed, read.attempts), (stored.topic, stored.sealed, 3));
    assert_eq!((read.due_at, read.expires_at), (NOW + 1000, stored.expires_at));
}

pub async fn a_message_is_claimed_by_one_even_in_parallel(store: Shared) {
    let world = world(&store).await;
    for number in 0..5 {
        store.put_message(NOW, rows::message(&world.alice, &format!("m{number}"))).await.unwrap();
    }
    let claims = at_once(32, |_| {
        let store = store.clone();
        async move { store.claim_messages(NOW, NOW + 1000, 2).await.unwrap().len() }
    })
    .await;
    assert_eq!(claims.iter().sum::<usize>(), 5);
    assert!(claims.iter().all(|claimed| *claimed <= 2));
    assert!(due(&store, NOW + 999).await.is_empty());
    assert_eq!(due(&store, NOW + 1000).await.len(), 5);
}

pub async fn a_failed_attempt_is_counted_and_comes_back_when_it_is_due(store: Shared) {
    let world = world(&store).await;
    let message = rows::message(&world.alice, "m");
    store.put_message(NOW, message.clone()).await.unwrap();
    store.retry_message(NOW, message.id.clone(), NOW + 500).await.unwrap();
    assert!(due(&store, NOW + 499).await.is_empty());
    let claimed = store.claim_messages(NOW + 500, NOW + 900, 9).await.unwrap();
    assert_eq!(claimed[0].attempts, 1);
    store.end_message(NOW, message.id.clone()).await.unwrap();
    store.end_message(NOW, message.id.clone()).await.unwrap();
    store.retry_message(NOW, message.id, NOW).await.unwrap();
    assert!(due(&store, NOW + 5000).await.is_empty());
}

pub async fn an_expired_message_is_absent(store: Shared) {
    let world = world(&store).await;
    store.put_message(NOW, rows::message(&world.alice, "m")).await.unwrap();
    assert!(due(&store, NOW + HOUR).await.is_empty());
}

pub async fn a_new_message_replaces_the_earlier_of_its_user_and_topic(store: Shared) {
    let world = world(&store).await;
    let bob = user(&store, &world.pool, "bob").await;
    let message =
        |user, id: &str, topic: &str| Queued { id: id.to_owned(), topic: topic.to_owned(), ..rows::message(user, id) };
    for row in [message(&world.alice, "1", "a"), message(&world.alice, "2", "b"), message(&bob, "3", "a")] {
        store.put_message(NOW, row).await.unwrap();
    }
    store.put_message(NOW, message(&world.alice, "4", "a")).await.unwrap();
    let mut left = due(&store, NOW).await;
    left.sort();
    assert_eq!(left, ["2", "3", "4"]);
}

pub async fn a_message_waits_until_it_ends_or_another_takes_its_place(store: Shared) {
    let world = world(&store).await;
    let message = |id: &str| Queued { id: id.to_owned(), topic: "a".to_owned(), ..rows::message(&world.alice, id) };
    let waits = async |id: &str| store.has_message(id.to_owned()).await.unwrap();
    assert!(!waits("1").await);
    store.put_message(NOW, message("1")).await.unwrap();
    store.claim_messages(NOW, NOW + 1000, 9).await.unwrap();
    assert!(waits("1").await, "claimed is not yet delivered");
    store.put_message(NOW, message("2")).await.unwrap();
    assert!(!waits("1").await && waits("2").await);
    store.end_message(NOW, "2".to_owned()).await.unwrap();
    assert!(!waits("2").await);
}

pub async fn a_code_and_its_message_are_one_act(store: Shared) {
    let world = world(&store).await;
    let code = || rows::code(&world.alice, CodePurpose::SignUp, hash(1));
    let nobody = rows::user(&world.pool.id, "nobody");
    let refused = store.put_code(NOW, code(), rows::message(&nobody, "m")).await;
    assert_eq!(refused.unwrap_err(), StoreError::NotFound);
    let absent = store.code(NOW, world.pool.id.clone(), world.alice.sub.clone(), CodePurpose::SignUp).await;
    assert_eq!(absent.unwrap_err(), StoreError::NotFound, "no code without its message");
    store.put_code(NOW, code(), rows::message(&world.alice, "m")).await.unwrap();
    assert_eq!(due(&store, NOW).await.len(), 1);
}

pub async fn a_made_up_message_is_stored_with_its_mark(store: Shared) {
    let world = world(&store).await;
    for (id, until) in [("1", NOW + HOUR), ("2", NOW + 2 * HOUR)] {
        let message = Queued { id: id.to_owned(), sub: None, ..rows::message(&world.alice, "m") };
        store.put_simulated(NOW, hash(9), until, message).await.unwrap();
    }
    assert!(!store.spend(NOW, hash(9), NOW).await.unwrap());
    assert!(!store.spend(NOW + HOUR, hash(9), NOW + HOUR).await.unwrap(), "the later one prolongs it");
    assert!(store.spend(NOW + 2 * HOUR, hash(9), NOW + 2 * HOUR).await.unwrap());
    assert_eq!(due(&store, NOW).await.len(), 2);
}

pub async fn a_deleted_user_gets_no_more_messages(store: Shared) {
    let world = world(&store).await;
    store.put_message(NOW, rows::message(&world.alice, "m")).await.unwrap();
    store.delete_user(NOW, world.pool.id, world.alice.sub).await.unwrap();
    assert!(due(&store, NOW).await.is_empty());
}
