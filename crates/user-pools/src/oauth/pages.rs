//! What the login pages need beside the calls of the API: requests of their own in the client's name.
use crate::client::AppClient;
use crate::error::Result;
use crate::secret_hash;
use crate::service::UserPools;
use crate::users::Asking;

impl UserPools {
    /// A request of the login pages about a user. The page is the client's own: where the client has a secret, its hash is computed here.
    pub fn page_asking(&self, client: &AppClient, username: &str) -> Result<Asking> {
        let secrets = self.client_secrets(client)?;
        let hash = secrets.first().map(|secret| secret_hash::compute(secret.as_bytes(), username, &client.id.0));
        Ok(Asking { client: client.id.clone(), secret_hash: hash, username: username.to_owned() })
    }
}
