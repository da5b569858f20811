//! What the claims stand on: a pool, a client, users; many tasks at once; pages to the end.
use crate::rows::{self, NOW};
use std::future::Future;
use std::sync::Arc;
use tokio::task::JoinSet;
use user_pools::client::AppClient;
use user_pools::pool::UserPool;
use user_pools::ports::{Page, Store};
use user_pools::user::User;

/// The store under test.
pub type Shared = Arc<dyn Store>;

/// A pool, its client and a user `alice`.
pub(crate) struct World {
    pub pool: UserPool,
    pub client: AppClient,
    pub alice: User,
}

/// Fills an empty store with one of each.
pub(crate) async fn world(store: &Shared) -> World {
    let pool = rows::pool("world");
    store.insert_pool(NOW, pool.clone(), Vec::new()).await.unwrap();
    let client = rows::client(&pool.id, "client");
    store.insert_client(NOW, client.clone()).await.unwrap();
    let alice = user(store, &pool, "alice").await;
    World { pool, client, alice }
}

/// A stored user.
pub(crate) async fn user(store: &Shared, pool: &UserPool, name: &str) -> User {
    let user = rows::user(&pool.id, name);
    store.insert_user(NOW, user.clone()).await.unwrap();
    user
}

/// Runs `count` acts in as many tasks at once; their answers in no order.
pub(crate) async fn at_once<T, F>(count: u8, act: impl Fn(u8) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for number in 0..count {
        tasks.spawn(act(number));
    }
    tasks.join_all().await
}

/// How many answers are like this.
pub(crate) fn count<T>(answers: &[T], like: impl Fn(&T) -> bool) -> usize {
    answers.iter().filter(|answer| like(answer)).count()
}

/// The first page of so many rows.
pub(crate) fn first(limit: usize) -> Page {
    Page { after: None, limit }
}

/// The page behind a key.
pub(crate) fn after(key: impl Into<String>, limit: usize) -> Page {
    Page { after: Some(key.into()), limit }
}

/// Thirty-two bytes, all the same.
pub(crate) fn hash(byte: u8) -> [u8; 32] {
    [byte; 32]
}
