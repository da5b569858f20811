//! The secrets of a client, rotated.
use crate::app::refusal;
use testing::{Bench, CLIENT_SECRET};
use user_pools::client::AppClient;
use user_pools::oauth::ClientCredentials;
use user_pools::pool::UserPool;
use zeroize::Zeroizing;

const OWN: &str = "own_secret_of_at_least_24_letters";

struct Scene {
    bench: Bench,
    pool: UserPool,
    client: AppClient,
}

impl Scene {
    async fn new() -> Self {
        let bench = Bench::new();
        let pool = bench.pool().await;
        let client = bench.confidential_client(&pool).await;
        Self { bench, pool, client }
    }

    async fn add(&self, given: Option<&str>) -> user_pools::Result<(String, Option<String>)> {
        let given = given.map(|text| Zeroizing::new(text.to_owned()));
        let now = self.bench.now();
        let added = self.bench.pools.add_client_secret(now, &self.pool.id, &self.client.id, given).await?;
        Ok((added.id, added.generated.map(|text| text.to_string())))
    }

    async fn delete(&self, id: &str) -> user_pools::Result<()> {
        self.bench.pools.delete_client_secret(self.bench.now(), &self.pool.id, &self.client.id, id).await
    }

    async fn stored(&self) -> AppClient {
        self.bench.pools.client(&self.client.id).await.unwrap()
    }

    /// Whether the secret opens the token endpoint, and its hash a sign-in.
    async fn proves(&self, secret: &str) -> bool {
        let given = ClientCredentials { id: &self.client.id.0, secret: Some(secret) };
        let by_itself = self.bench.pools.authenticate_client(None, given).await.is_ok();
        let hash = user_pools::secret_hash::compute(secret.as_bytes(), "ann", &self.client.id.0);
        let by_hash = self.bench.pools.check_secret_hash(&self.stored().await, Some(&hash), &["ann"]).is_ok();
        assert_eq!(by_itself, by_hash);
        by_itself
    }
}

#[tokio::test]
async fn two_secrets_live_side_by_side_until_one_goes() {
    let scene = Scene::new().await;
    let first = scene.stored().await.secrets[0].id.clone();
    let (second, generated) = scene.add(None).await.unwrap();
    let generated = generated.unwrap();
    assert!(scene.proves(CLIENT_SECRET).await && scene.proves(&generated).await);
    assert!(!scene.proves("another-secret-that-nobody-has").await);
    assert_eq!(refusal(scene.add(None).await), "LimitExceeded: Client secrets cannot exceed limit of 2 secrets.");
    scene.delete(&first).await.unwrap();
    assert!(!scene.proves(CLIENT_SECRET).await && scene.proves(&generated).await);
    let last = refusal(scene.delete(&second).await);
    assert_eq!(last, "InvalidParameter: The last client secret of an app client cannot be deleted.");
    assert_eq!(refusal(scene.delete(&first).await), format!("ResourceNotFound: Client secret {first} does not exist."));
}

#[tokio::test]
async fn ids_name_client_and_moment_and_never_meet() {
    let scene = Scene::new().await;
    let client = scene.stored().await;
    assert_eq!(client.secrets[0].id, format!("{}--{}", client.id, client.created));
    // The clock of the bench stands still: the second one comes in the same millisecond.
    let (second, generated) = scene.add(Some(OWN)).await.unwrap();
    assert_eq!((second, generated), (format!("{}--{}", client.id, client.created + 1), None));
    let stored = serde_json::to_string(&scene.stored().await).unwrap();
    assert!(!stored.contains(OWN) && !stored.contains(CLIENT_SECRET), "{stored}");
}

#[tokio::test]
async fn a_public_client_gets_no_secret() {
    let bench = Bench::new();
    let pool = bench.pool().await;
    let client = bench.client(&pool).await;
    let refused = bench.pools.add_client_secret(bench.now(), &pool.id, &client.id, None).await;
    let sentence = format!("InvalidParameter: Client {} is not configured with a client secret.", client.id);
    assert_eq!(refusal(refused), sentence);
    let other = bench.pool().await;
    let foreign = bench.pools.add_client_secret(bench.now(), &other.id, &client.id, None).await;
    assert_eq!(refusal(foreign), format!("ResourceNotFound: User pool client {} does not exist.", client.id));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_neither_add_a_third_nor_remove_the_last() {
    let scene = std::sync::Arc::new(Scene::new().await);
    let many = |act: fn(std::sync::Arc<Scene>) -> tokio::task::JoinHandle<bool>| {
        let tasks: Vec<_> = (0..16).map(|_| act(scene.clone())).collect();
        async move {
            let mut won = 0;
            for task in tasks {
                won += usize::from(task.await.unwrap());
            }
            won
        }
    };
    assert_eq!(many(|scene| tokio::spawn(async move { scene.add(None).await.is_ok() })).await, 1);
    let removed = many(|scene| {
        tokio::spawn(async move {
            let mut any = false;
            for secret in scene.stored().await.secrets {
                any |= scene.delete(&secret.id).await.is_ok();
            }
            any
        })
    });
    assert_eq!(removed.await, 1);
    assert_eq!(scene.stored().await.secrets.len(), 1);
}
