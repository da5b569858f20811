//! Guessing brakes.
use super::Shared;
use super::world::{at_once, count};
use crate::rows::NOW;
use user_pools::ports::{Attempt, LockoutPolicy};

const POLICY: LockoutPolicy = LockoutPolicy { free: 3, unit: 1000, cap: 5000, forget_after: 60_000 };

async fn begin(store: &Shared, now: i64) -> Attempt {
    store.begin_attempt(now, "alice".to_owned(), POLICY).await.unwrap()
}

pub async fn attempts_lock_after_the_free_ones_and_the_lock_doubles(store: Shared) {
    for count in 1..=4 {
        assert_eq!(begin(&store, NOW).await, Attempt::Allowed { count });
    }
    assert_eq!(begin(&store, NOW + 1999).await, Attempt::Locked { until: NOW + 2000 });
    assert_eq!(begin(&store, NOW + 2000).await, Attempt::Allowed { count: 5 });
    assert_eq!(begin(&store, NOW + 5999).await, Attempt::Locked { until: NOW + 6000 });
    assert_eq!(begin(&store, NOW + 6000).await, Attempt::Allowed { count: 6 });
    // 8 seconds by the curve; the cap is 5.
    assert_eq!(begin(&store, NOW + 6001).await, Attempt::Locked { until: NOW + 11_000 });
    let other = store.begin_attempt(NOW, "bob".to_owned(), POLICY).await.unwrap();
    assert_eq!(other, Attempt::Allowed { count: 1 });
}

pub async fn attempts_during_a_lock_do_not_extend_it(store: Shared) {
    for _ in 0..4 {
        begin(&store, NOW).await;
    }
    for moment in 1..50 {
        assert_eq!(begin(&store, NOW + moment).await, Attempt::Locked { until: NOW + 2000 });
    }
    assert_eq!(begin(&store, NOW + 2000).await, Attempt::Allowed { count: 5 });
}

pub async fn attempts_are_forgotten_after_a_pause_and_by_success(store: Shared) {
    for _ in 0..3 {
        begin(&store, NOW).await;
    }
    assert_eq!(begin(&store, NOW + 60_000).await, Attempt::Allowed { count: 1 });
    store.clear_attempts(NOW, "alice".to_owned()).await.unwrap();
    store.clear_attempts(NOW, "alice".to_owned()).await.unwrap();
    assert_eq!(begin(&store, NOW + 60_000).await, Attempt::Allowed { count: 1 });
}

pub async fn parallel_attempts_cannot_slip_through(store: Shared) {
    let answers = at_once(32, |_| {
        let store = store.clone();
        async move { begin(&store, NOW).await }
    })
    .await;
    assert_eq!(count(&answers, |answer| matches!(answer, Attempt::Allowed { .. })), 4);
}

pub async fn a_clock_set_back_does_not_lock_for_long(store: Shared) {
    let year = 365 * 24 * 3_600_000;
    for _ in 0..4 {
        begin(&store, NOW + year).await;
    }
    assert_eq!(begin(&store, NOW).await, Attempt::Locked { until: NOW + 5000 });
    assert_eq!(begin(&store, NOW + 4000).await, Attempt::Locked { until: NOW + 5000 });
    assert!(matches!(begin(&store, NOW + 5000).await, Attempt::Allowed { .. }));
}

pub async fn uses_are_counted_in_a_window(store: Shared) {
    let count = |now| store.count_use(now, "codes".to_owned(), 100);
    assert_eq!(count(NOW).await.unwrap(), 1);
    assert_eq!(count(NOW + 60).await.unwrap(), 2);
    assert_eq!(count(NOW + 99).await.unwrap(), 3);
    // The window began with the first use, not with the last.
    assert_eq!(count(NOW + 100).await.unwrap(), 1);
    assert_eq!(store.count_use(NOW, "others".to_owned(), 100).await.unwrap(), 1);
}
