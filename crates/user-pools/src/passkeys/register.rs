//! StartWebAuthnRegistration and CompleteWebAuthnRegistration: one registration of a user at a time, taken by its first answer, bound to the
//! client that began it.
use super::ceremony::{failed, refused};
use super::{Ceremony, MOST, Passkey, enabled};
use crate::access::Access;
use crate::client::AppClient;
use crate::context::RequestContext;
use crate::error::Result;
use crate::ids::{ClientId, Millis};
use crate::messages;
use crate::pool::UserPool;
use crate::ports::{StoreError, Taken};
use crate::service::UserPools;
use crate::sign_in::flow::{self, Flow};
use crate::sign_in::trail::Trail;
use crate::user::User;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use webauthn_rs_core::proto::{COSEAlgorithm, Credential, RegisterPublicKeyCredential, RegistrationState};

/// How long a registration waits for its answer.
const LIFE: Millis = 5 * 60_000;

/// Who registers, and through which client. The login pages make one of a signed-in browser.
pub struct Registrant<'a> {
    /// The pool.
    pub pool: &'a UserPool,
    /// The user, signed in.
    pub user: &'a User,
    /// The client.
    pub client: &'a ClientId,
}

impl<'a> From<&'a Access> for Registrant<'a> {
    fn from(access: &'a Access) -> Self {
        Self { pool: &access.pool, user: &access.user, client: &access.client }
    }
}

/// A registration that waits, sealed.
#[derive(Serialize, Deserialize)]
struct Waiting {
    client: ClientId,
    relying_party: String,
    state: RegistrationState,
}

impl UserPools {
    /// StartWebAuthnRegistration: `CredentialCreationOptions`. WebAuthnNotEnabled, WebAuthnConfigurationMissing, LimitExceeded.
    pub async fn start_passkey(&self, cx: &RequestContext, who: Registrant<'_>) -> Result<Value> {
        let mut trail = Trail::of_user("StartWebAuthnRegistration", who.user, Some(who.client));
        trail.at("passkey");
        let result = self.passkey_options(cx, &who).await;
        self.conclude(cx, &trail, result)
    }

    async fn passkey_options(&self, cx: &RequestContext, who: &Registrant<'_>) -> Result<Value> {
        self.check_passkeys(who).await?;
        let ceremony = self.ceremony(who.pool).await?;
        let held = self.store.passkeys_of(who.pool.id.clone(), who.user.sub.clone()).await?;
        if held.len() >= MOST {
            return Err(messages::TOO_MANY_PASSKEYS);
        }
        let name = shown_name(who);
        let builder = ceremony.core.new_challenge_register_builder(who.user.sub.as_bytes(), name, name);
        let builder = builder
            .map_err(|error| failed(&error))?
            .credential_algorithms(vec![COSEAlgorithm::ES256, COSEAlgorithm::RS256])
            .user_verification_policy(ceremony.policy())
            .require_resident_key(true)
            .exclude_credentials(Some(held.iter().filter_map(|one| Some(credential(one)?.cred_id)).collect()));
        let (options, state) = ceremony.core.generate_challenge_register(builder).map_err(|error| failed(&error))?;
        let waiting = Waiting { client: who.client.clone(), relying_party: ceremony.relying_party, state };
        let key = self.registration_key(who);
        let sealed = self.keys.seal(&*self.random, &["passkey"], &serde_json::to_vec(&waiting).unwrap_or_default());
        self.store.put_pending(cx.now, key, sealed, cx.now.saturating_add(LIFE)).await?;
        Ok(serde_json::to_value(options.public_key).unwrap_or_default())
    }

    /// CompleteWebAuthnRegistration. The registration is used up whatever comes of it. The errors are those of H.11.
    pub async fn complete_passkey(&self, cx: &RequestContext, who: Registrant<'_>, document: &Value) -> Result<()> {
        let mut trail = Trail::of_user("CompleteWebAuthnRegistration", who.user, Some(who.client));
        trail.at("passkey");
        let result = self.register_passkey(cx, &who, document).await;
        self.conclude(cx, &trail, result)
    }

    async fn register_passkey(&self, cx: &RequestContext, who: &Registrant<'_>, document: &Value) -> Result<()> {
        self.check_passkeys(who).await?;
        let answer: RegisterPublicKeyCredential = serde_json::from_value(document.clone())
            .map_err(|error| messages::WEBAUTHN_DOCUMENT.because(error.to_string()))?;
        let sealed = self.store.take_pending(cx.now, self.registration_key(who)).await?;
        let waiting = sealed.and_then(|sealed| self.keys.open(&["passkey"], &sealed).ok());
        let waiting: Option<Waiting> = waiting.and_then(|plain| serde_json::from_slice(&plain).ok());
        let waiting = waiting.ok_or(messages::WEBAUTHN_CHALLENGE_NOT_FOUND)?;
        if waiting.client != *who.client {
            return Err(messages::WEBAUTHN_CLIENT_MISMATCH);
        }
        let ceremony = self.ceremony(who.pool).await?;
        if waiting.relying_party != ceremony.relying_party {
            return Err(messages::WEBAUTHN_RELYING_PARTY.because("the pool's relying party has changed since"));
        }
        let made = ceremony.core.register_credential(&answer, &waiting.state, None).map_err(|error| refused(&error))?;
        let held = self.store.passkeys_of(who.pool.id.clone(), who.user.sub.clone()).await?;
        let passkey = passkey(cx, who, &ceremony, document, &made, held.len() + 1);
        match self.store.insert_passkey(cx.now, passkey, MOST).await {
            Ok(()) => Ok(()),
            Err(StoreError::Exists(Taken::Key)) => {
                Err(messages::WEBAUTHN_CREDENTIAL.because("it is registered already"))
            }
            Err(StoreError::Full) => Err(messages::TOO_MANY_PASSKEYS),
            Err(error) => Err(error.into()),
        }
    }

    /// The pool takes passkeys, and the client has a way to sign in with one.
    async fn check_passkeys(&self, who: &Registrant<'_>) -> Result<()> {
        let client: AppClient = self.client_of(&who.pool.id, who.client).await?;
        let by_pages = client.settings.identity_providers.is_some();
        if enabled(&who.pool.settings) && (by_pages || flow::enabled(&client.settings, Flow::UserAuth)) {
            Ok(())
        } else {
            Err(messages::WEBAUTHN_NOT_ENABLED)
        }
    }

    fn registration_key(&self, who: &Registrant<'_>) -> [u8; 32] {
        let parts = ["passkey registration", &who.pool.id.0, &who.user.sub];
        self.keys.peppered(&parts.map(str::as_bytes)).swap_remove(0)
    }
}

/// The library's form of a stored passkey.
pub(crate) fn credential(passkey: &Passkey) -> Option<Credential> {
    serde_json::from_value(passkey.credential.clone()).ok()
}

/// What the authenticator shows the user.
fn shown_name<'a>(who: &Registrant<'a>) -> &'a str {
    let names = ["email", "phone_number", "preferred_username"];
    let known = names.iter().find_map(|name| who.user.attributes.get(*name));
    if who.pool.settings.username_attributes.is_empty() {
        &who.user.username
    } else {
        known.unwrap_or(&who.user.username)
    }
}

fn passkey(
    cx: &RequestContext,
    who: &Registrant<'_>,
    ceremony: &Ceremony,
    document: &Value,
    made: &Credential,
    number: usize,
) -> Passkey {
    let told = |pointer: &str| document.pointer(pointer);
    let transports = told("/response/transports").and_then(Value::as_array).into_iter().flatten();
    let attachment = told("/authenticatorAttachment").and_then(Value::as_str);
    let known = |one: &&str| ["usb", "nfc", "ble", "internal", "hybrid", "smart-card"].contains(one);
    Passkey {
        pool: who.pool.id.clone(),
        sub: who.user.sub.clone(),
        id: jose::base64url_encode(&made.cred_id),
        name: format!("Passkey {number}"),
        relying_party: ceremony.relying_party.clone(),
        attachment: attachment.filter(|one| ["platform", "cross-platform"].contains(one)).map(str::to_owned),
        transports: transports.filter_map(Value::as_str).filter(known).map(str::to_owned).collect(),
        created: cx.now,
        counter: made.counter,
        credential: serde_json::to_value(made).unwrap_or_default(),
    }
}
