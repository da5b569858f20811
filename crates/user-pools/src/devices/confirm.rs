//! ConfirmDevice: the client keeps a secret of its own making and leaves us the verifier.
use super::{Device, forgotten_mark, place, tracking};
use crate::access::Access;
use crate::context::RequestContext;
use crate::error::Result;
use crate::messages;
use crate::ports::{StoreError, Taken};
use crate::service::UserPools;
use crate::sign_in::trail::Trail;
use crate::srp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// The request. `Debug` shows no verifier.
pub struct ConfirmDevice {
    /// `DeviceKey`: the one that came with the tokens of this very sign-in.
    pub key: String,
    /// `DeviceName`.
    pub name: Option<String>,
    /// `DeviceSecretVerifierConfig.Salt`, Base64.
    pub salt: String,
    /// `DeviceSecretVerifierConfig.PasswordVerifier`, Base64.
    pub verifier: String,
}

impl std::fmt::Debug for ConfirmDevice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConfirmDevice").field("key", &self.key).finish_non_exhaustive()
    }
}

impl UserPools {
    /// ConfirmDevice. True: the user has to be asked whether it shall be remembered. The same request again is a success; another verifier for
    /// a confirmed device is refused, as is a key that this sign-in was not given, and
    /// one that was forgotten: old tokens still name it.
    pub async fn confirm_device(&self, cx: &RequestContext, access: &Access, request: ConfirmDevice) -> Result<bool> {
        let mut trail = Trail::of_user("ConfirmDevice", &access.user, Some(&access.client));
        trail.at("device");
        let result = self.confirm(cx, access, request).await;
        self.conclude(cx, &trail, result)
    }

    async fn confirm(&self, cx: &RequestContext, access: &Access, request: ConfirmDevice) -> Result<bool> {
        let tracking = tracking(&access.pool.settings).ok_or(messages::DEVICES_NOT_TRACKED)?;
        if access.claims.str("device_key") != Some(request.key.as_str()) {
            return Err(messages::INVALID_DEVICE_KEY.because("it did not come with the tokens of this sign-in"));
        }
        let salt = number(&request.salt).ok_or(messages::INVALID_DEVICE_VERIFIER)?;
        let v = Zeroizing::new(number(&request.verifier).ok_or(messages::INVALID_DEVICE_VERIFIER)?);
        // A verifier of 0 or N would let everybody in.
        srp::ClientKey::parse(&srp::to_hex(&v)).map_err(|_| messages::INVALID_DEVICE_VERIFIER)?;
        let mut device = Device {
            pool: access.pool.id.clone(),
            sub: access.user.sub.clone(),
            key: request.key,
            name: request.name,
            salt: srp::to_hex(&salt),
            sealed: Vec::new(),
            remembered: !tracking.on_prompt,
            created: cx.now,
            modified: cx.now,
            authenticated: cx.now,
            last_ip: cx.client_ip.to_string(),
        };
        device.sealed = self.keys.seal(&*self.random, &place(&device), &v);
        match self
            .store
            .insert_device(cx.now, device.clone(), forgotten_mark(&device.pool, &device.sub, &device.key))
            .await
        {
            Ok(()) => Ok(tracking.on_prompt),
            Err(StoreError::Exists(Taken::Key)) if self.is_confirmed(&device, &v).await? => Ok(tracking.on_prompt),
            Err(StoreError::Exists(_)) => Err(messages::INVALID_DEVICE_KEY.because("confirmed with another verifier")),
            Err(StoreError::Conflict) => Err(messages::INVALID_DEVICE_KEY.because("it has been forgotten")),
            Err(StoreError::NotFound) => Err(messages::USER_DOES_NOT_EXIST),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the very same device has been confirmed before: a client that did not hear the answer asks again.
    async fn is_confirmed(&self, device: &Device, v: &[u8]) -> Result<bool> {
        let found = self.store.device(device.pool.clone(), device.sub.clone(), device.key.clone()).await;
        let stored = match found {
            Err(StoreError::NotFound) => return Ok(false),
            other => other?,
        };
        let same = self.device_verifier(&stored)?.ct_eq(v);
        Ok(stored.salt == device.salt && bool::from(same))
    }

    /// v of a confirmed device.
    pub(crate) fn device_verifier(&self, device: &Device) -> Result<Zeroizing<Vec<u8>>> {
        let broken = |_| StoreError::Unavailable("a device's verifier does not open".to_owned());
        Ok(self.keys.open(&place(device), &device.sealed).map_err(broken)?)
    }
}

/// A number in Base64, as its bytes without leading zeros; bounded, and not 0.
fn number(text: &str) -> Option<Vec<u8>> {
    const LONGEST: usize = 1024;
    let bytes = (text.len() <= LONGEST).then(|| STANDARD.decode(text).ok())??;
    let number = srp::minimal(&bytes).to_vec();
    (!number.is_empty()).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_bounded_and_not_zero() {
        assert_eq!(number("AIA=").as_deref(), Some(&[0x80][..]), "Java's leading zero goes");
        assert_eq!(number("AAAA"), None);
        assert_eq!(number(""), None);
        assert_eq!(number("%%"), None);
        assert_eq!(number(&"A".repeat(2000)), None);
    }
}
