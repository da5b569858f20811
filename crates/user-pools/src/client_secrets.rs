//! Rotating the secret of a client: a second one is added, both work, the old one goes. A client that has secrets keeps at least one.
use crate::client::{AppClient, ClientSecret};
use crate::clients::missing_client;
use crate::error::Result;
use crate::ids::{ClientId, Millis, PoolId, fresh_secret};
use crate::messages;
use crate::ports::StoreError;
use crate::service::UserPools;
use zeroize::Zeroizing;

/// Live secrets of a client, at most (spec H.8).
const MOST: usize = 2;

/// What AddUserPoolClientSecret made.
pub struct AddedSecret {
    /// `ClientSecretId`.
    pub id: String,
    /// `ClientSecretCreateDate`.
    pub created: Millis,
    /// The secret, where it was generated here: nobody else knows it yet.
    pub generated: Option<Zeroizing<String>>,
}

impl UserPools {
    /// AddUserPoolClientSecret. InvalidParameter for a public client, LimitExceeded for the third one.
    pub async fn add_client_secret(
        &self,
        now: Millis,
        pool: &PoolId,
        id: &ClientId,
        given: Option<Zeroizing<String>>,
    ) -> Result<AddedSecret> {
        let generated = given.is_none().then(|| fresh_secret(&*self.random));
        let text = given.or_else(|| generated.clone()).unwrap_or_default();
        let (added, created) = self
            .change_secrets(now, pool, id, |client| {
                match client.secrets.len() {
                    0 => return Err(messages::client_is_public(id)),
                    MOST.. => return Err(messages::TOO_MANY_SECRETS),
                    _ => {}
                }
                let secret = self.seal_client_secret(now, client, &text);
                client.secrets.push(secret.clone());
                Ok((secret.id, secret.created))
            })
            .await?;
        Ok(AddedSecret { id: added, created, generated })
    }

    /// DeleteUserPoolClientSecret. ResourceNotFound, InvalidParameter for the last one.
    pub async fn delete_client_secret(&self, now: Millis, pool: &PoolId, id: &ClientId, secret: &str) -> Result<()> {
        self.change_secrets(now, pool, id, |client| {
            let at = client.secrets.iter().position(|live| live.id == secret);
            let at = at.ok_or_else(|| messages::client_secret_does_not_exist(secret))?;
            if client.secrets.len() == 1 {
                return Err(messages::LAST_SECRET);
            }
            client.secrets.remove(at);
            Ok(())
        })
        .await
    }

    /// Read, change, replace; again when somebody else was quicker, so that two at once can neither add a third nor remove the last.
    async fn change_secrets<T: Send>(
        &self,
        now: Millis,
        pool: &PoolId,
        id: &ClientId,
        change: impl Fn(&mut AppClient) -> Result<T> + Send + Sync,
    ) -> Result<T> {
        loop {
            let mut client = self.client_of(pool, id).await?;
            let done = change(&mut client)?;
            client.modified = now;
            match self.store.replace_client(now, client).await {
                Ok(_) => return Ok(done),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(missing_client(error, id)),
            }
        }
    }

    /// Seals a secret for its client, under an id of AWS's form, `<client>--<epoch>`, that none of the live ones has.
    pub(crate) fn seal_client_secret(&self, now: Millis, client: &AppClient, text: &str) -> ClientSecret {
        let name = |at: Millis| format!("{}--{at}", client.id);
        let mut at = now;
        while client.secrets.iter().any(|live| live.id == name(at)) {
            at += 1;
        }
        let sealed = self.keys.seal(&*self.random, &[&client.pool.0, &client.id.0, "secret"], text.as_bytes());
        ClientSecret { id: name(at), sealed, created: now }
    }
}
