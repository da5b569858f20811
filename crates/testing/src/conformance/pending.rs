//! What waits for one answer.
use super::Shared;
use super::world::{at_once, count, hash};
use crate::rows::NOW;

pub async fn what_waits_is_taken_once_even_in_parallel(store: Shared) {
    store.put_pending(NOW, hash(1), vec![0], NOW + 50).await.unwrap();
    store.put_pending(NOW, hash(1), vec![7], NOW + 100).await.unwrap();
    let answers = at_once(32, |_| {
        let store = store.clone();
        async move { store.take_pending(NOW, hash(1)).await.unwrap() }
    })
    .await;
    assert_eq!(count(&answers, |answer| answer.as_deref() == Some(&[7])), 1);
    assert_eq!(count(&answers, Option::is_none), 31);
}

pub async fn what_has_waited_too_long_is_gone(store: Shared) {
    store.put_pending(NOW, hash(1), vec![7], NOW + 100).await.unwrap();
    assert_eq!(store.take_pending(NOW + 100, hash(1)).await.unwrap(), None);
    assert_eq!(store.take_pending(NOW + 99, hash(1)).await.unwrap().as_deref(), Some(&[7][..]));
}
