//! ListWebAuthnCredentials and DeleteWebAuthnCredential: a user's own.
use super::Passkey;
use crate::access::Access;
use crate::context::RequestContext;
use crate::error::Result;
use crate::messages;
use crate::ports::StoreError;
use crate::service::UserPools;
use crate::sign_in::trail::Trail;

impl UserPools {
    /// All passkeys of the token's user, oldest first; at most twenty.
    pub async fn own_passkeys(&self, access: &Access) -> Result<Vec<Passkey>> {
        Ok(self.store.passkeys_of(access.pool.id.clone(), access.user.sub.clone()).await?)
    }

    /// DeleteWebAuthnCredential. ResourceNotFound for what is not the user's.
    pub async fn delete_passkey(&self, cx: &RequestContext, access: &Access, id: &str) -> Result<()> {
        let mut trail = Trail::of_user("DeleteWebAuthnCredential", &access.user, Some(&access.client));
        trail.at("passkey");
        let (pool, sub) = (access.pool.id.clone(), access.user.sub.clone());
        let result = match self.store.delete_passkey(pool, sub, id.to_owned()).await {
            Err(StoreError::NotFound) => Err(messages::PASSKEY_DOES_NOT_EXIST),
            other => other.map_err(Into::into),
        };
        self.conclude(cx, &trail, result)
    }
}
