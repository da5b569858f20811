//! What the admin channel may ask: the values of this server, why a request was refused, its keys.
use super::App;
use crate::admin::{Ask, Reply};
use crate::platform::SystemRandom;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use user_pools::PoolId;
use user_pools::following::all_pools;
use user_pools::keys::{Overlap, new_signing_keys};
use user_pools::ports::Pools as _;
use user_pools::triggers::sender_code;

impl App {
    /// Answers a question of the admin channel.
    pub async fn admin(self: Arc<Self>, ask: Ask) -> Reply {
        let answered = match ask {
            Ask::Env => Ok(self.env.lock().map_or(Value::Null, |env| env.clone())),
            Ask::Explain { id } => self.explain(&id).await,
            Ask::Keys => self.list_keys().await,
            Ask::RotateSealing => self.rotate_sealing().await,
            Ask::RotateSigning { pool, now } => self.rotate_signing(pool, now).await,
            Ask::SenderKey { name } => Ok(self.sender_key(&name)),
            Ask::WithdrawSigning { kid } => self.withdraw_signing(&kid).await,
        };
        answered.map_or_else(Reply::Error, Reply::Ok)
    }

    async fn explain(&self, id: &str) -> Result<Value, String> {
        use user_pools::ports::Decisions as _;
        let failed = |error: user_pools::ports::StoreError| error.to_string();
        // The refusal asked about may have been answered a moment ago.
        self.decisions.flush().await;
        let id = if id == "last" {
            let newest = self.store.latest_decisions(true, 1).await.map_err(failed)?;
            newest.into_iter().next().map(|decision| decision.request_id).ok_or("nothing has been refused yet")?
        } else {
            id.to_owned()
        };
        let decisions = self.store.decisions_of(id.clone()).await.map_err(failed)?;
        if decisions.is_empty() {
            return Err(format!("no decision is known of request {id}; only the newest ones are kept"));
        }
        serde_json::to_value(decisions).map_err(|error| error.to_string())
    }

    /// The pools of all accounts and regions.
    async fn all_pools(&self) -> Result<BTreeSet<PoolId>, String> {
        all_pools(&self.store).await.map_err(|error| error.to_string())
    }

    async fn list_keys(&self) -> Result<Value, String> {
        let ids = self.keys.lock().await.ids();
        let mut signing = Vec::new();
        for pool in self.all_pools().await? {
            for row in self.store.signing_keys(pool).await.map_err(|error| error.to_string())? {
                signing.push(json!({"pool": row.pool, "kid": row.kid, "purpose": row.purpose, "state": row.state, "publishedUntil": row.published_until}));
            }
        }
        Ok(json!({"sealing": {"keys": ids, "active": self.pools.keys.active_id()}, "signing": signing}))
    }

    /// What a raw AES keyring is made of.
    fn sender_key(&self, name: &str) -> Value {
        let key = user_pools::triggers::sender_key(&self.pools.keys, name);
        json!({"keyNamespace": sender_code::NAMESPACE, "keyName": name, "key": STANDARD.encode(key.bytes())})
    }

    /// The file first, the ring second: a value sealed under a key that is not on disk could never be opened again.
    async fn rotate_sealing(&self) -> Result<Value, String> {
        let mut keys = self.keys.lock().await;
        let id = keys.rotate().map_err(|error| error.to_string())?;
        self.store.note_sealing_key(id).await.map_err(|error| error.to_string())?;
        keys.refresh(&self.pools.keys).map_err(|error| error.to_string())?;
        Ok(json!({"active": id, "keys": keys.ids()}))
    }

    async fn rotate_signing(&self, pool: Option<String>, at_once: bool) -> Result<Value, String> {
        let _alone = self.keys.lock().await;
        let pools = match pool {
            Some(pool) => BTreeSet::from([PoolId(pool)]),
            None => self.all_pools().await?,
        };
        for pool in &pools {
            let (ring, id, now) = (Arc::clone(&self.pools.keys), pool.clone(), self.clock.now());
            let fresh = tokio::task::spawn_blocking(move || new_signing_keys(&ring, &SystemRandom, &id, now)).await;
            let fresh = fresh.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
            let overlap = if at_once { Overlap::Withdrawn } else { Overlap::Published };
            self.pools.rotate_keys(now, pool, fresh, overlap).await.map_err(|error| error.to_string())?;
        }
        Ok(json!({"rotated": pools}))
    }

    async fn withdraw_signing(&self, kid: &str) -> Result<Value, String> {
        let _alone = self.keys.lock().await;
        for pool in self.all_pools().await? {
            let rows = self.store.signing_keys(pool.clone()).await.map_err(|error| error.to_string())?;
            if rows.iter().any(|row| row.kid == kid) {
                self.pools.withdraw_key(self.clock.now(), &pool, kid).await.map_err(|error| error.to_string())?;
                return Ok(json!({"withdrawn": kid, "pool": pool, "next": "cognate keys rotate --signing"}));
            }
        }
        Err(format!("no pool has a signing key {kid}; `cognate keys list` shows them"))
    }
}
