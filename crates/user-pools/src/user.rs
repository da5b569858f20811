//! A user: names, attributes, status and credentials, one row guarded by `version`.
use crate::identity_provider::Identity;
use crate::ids::{Millis, PoolId};
use crate::pool::{AliasKind, Contact};
use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A user as stored. Changing anything is: read, change, `replace_user` (fails with Conflict when somebody else was quicker).
#[derive(Clone, Serialize, Deserialize)]
pub struct User {
    /// The pool.
    pub pool: PoolId,
    /// Immutable id, UUID text; the key.
    pub sub: String,
    /// The username as entered (in `UsernameAttributes` pools: the sub).
    pub username: String,
    /// The username as compared. It, the sub and the aliases are no other user's names in the pool, by a database constraint.
    pub username_folded: String,
    /// Names by which the user may also sign in, as compared.
    pub aliases: Vec<(AliasKind, String)>,
    /// Raised by one at every replacement.
    pub version: u64,
    /// Where the user stands (spec C.1).
    pub status: UserStatus,
    /// `AdminDisableUser` clears it.
    pub enabled: bool,
    /// Creation time.
    pub created: Millis,
    /// Time of the last change.
    pub modified: Millis,
    /// Attribute values as text, `sub` not among them.
    pub attributes: BTreeMap<String, String>,
    /// New contact values that wait for their code (`AttributesRequireVerificationBeforeUpdate`).
    pub pending_attributes: BTreeMap<String, String>,
    /// Password, verifier, second factors.
    pub credentials: Credentials,
    /// Tokens issued at or before this moment are no longer good for the user-pool API (global sign-out).
    pub signed_out_at: Option<Millis>,
    /// Identities at providers: the user's own first, then linked ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identities: Vec<Identity>,
}

impl std::fmt::Debug for User {
    /// Credentials and attributes stay out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User")
            .field("pool", &self.pool)
            .field("sub", &self.sub)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl User {
    /// Short digest of what a sign-in rests on: the present password hash and the last global sign-out. What was begun before either changed
    /// does not go on after it.
    pub fn stamp(&self) -> String {
        let phc = self.credentials.password.as_ref().map_or("", |password| password.phc.as_str());
        let mut digest = digest::Context::new(&digest::SHA256);
        digest.update(phc.as_bytes());
        if let Some(at) = self.signed_out_at {
            digest.update(&at.to_be_bytes());
        }
        hex::encode(&digest.finish().as_ref()[..8])
    }

    /// Codes may go to the addresses that a user without a password has come with: there is no other way in.
    pub(crate) fn vouch_for_addresses(&mut self) {
        if self.credentials.password.is_none() {
            let known = [Contact::Email, Contact::Phone].into_iter();
            self.credentials.vouched = known.filter(|one| self.attributes.contains_key(one.attribute())).collect();
        }
    }

    /// Whether a sign-in that rests on that stamp may be opened now. Storage asks it in the very act that opens one: what an operator or the
    /// user does between the check of a credential and that act must not leave a live session behind.
    pub fn admits(&self, stamp: &str) -> bool {
        let barred = matches!(self.status, UserStatus::Unconfirmed | UserStatus::ResetRequired);
        self.enabled && !barred && self.stamp() == stamp
    }
}

/// `UserStatusType` (the three values that AWS never reaches are left out).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UserStatus {
    /// Signed up, not confirmed.
    Unconfirmed,
    /// May sign in.
    Confirmed,
    /// Must reset the password by a code.
    ResetRequired,
    /// Has a temporary password.
    ForceChangePassword,
    /// Comes from an identity provider.
    ExternalProvider,
}

impl UserStatus {
    /// AWS's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unconfirmed => "UNCONFIRMED",
            Self::Confirmed => "CONFIRMED",
            Self::ResetRequired => "RESET_REQUIRED",
            Self::ForceChangePassword => "FORCE_CHANGE_PASSWORD",
            Self::ExternalProvider => "EXTERNAL_PROVIDER",
        }
    }
}

/// What a user can prove themselves with. Everything here is hashed or sealed.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Credentials {
    /// The password, if any.
    pub password: Option<Password>,
    /// Argon2id PHC strings of earlier passwords, newest first, as many as the policy's history asks.
    pub history: Vec<String>,
    /// The TOTP device in use.
    pub totp: Option<Totp>,
    /// The TOTP device being enrolled; it takes the other's place once a code has proven it.
    #[serde(default)]
    pub totp_pending: Option<Totp>,
    /// Second factors switched on, in AWS's names (`SOFTWARE_TOKEN_MFA` ...).
    pub mfa_enabled: Vec<String>,
    /// The preferred one of them.
    pub mfa_preferred: Option<String>,
    /// Addresses that a user without a password came with: codes to sign in by may go there before any has proven it. Whoever changes or
    /// takes over an address takes it off this list. Rows from before there was one have it full: any address would do then.
    #[serde(default = "any_address")]
    pub vouched: Vec<Contact>,
}

fn any_address() -> Vec<Contact> {
    vec![Contact::Email, Contact::Phone]
}

/// A password at rest.
#[derive(Clone, Serialize, Deserialize)]
pub struct Password {
    /// Argon2id PHC string; behind `imported:` a hash that came from elsewhere, of whatever kind the hasher reads.
    pub phc: String,
    /// The SRP verifier; only where a client of the pool may use SRP.
    pub srp: Option<SrpVerifier>,
    /// A temporary password ends here.
    pub expires_at: Option<Millis>,
}

/// An SRP verifier at rest (spec C.7): as good as a fast hash of the password, hence sealed.
#[derive(Clone, Serialize, Deserialize)]
pub struct SrpVerifier {
    /// The salt integer, lower-case hex without leading zeros.
    pub salt: String,
    /// v, sealed by the key ring with (pool, sub, "srp") as associated data.
    #[serde(with = "crate::base64_bytes")]
    pub sealed: Vec<u8>,
}

/// A TOTP seed at rest.
#[derive(Clone, Serialize, Deserialize)]
pub struct Totp {
    /// The seed, sealed by the key ring with (pool, sub, "totp") as associated data.
    #[serde(with = "crate::base64_bytes")]
    pub sealed: Vec<u8>,
    /// The seed has been proven by a code.
    pub verified: bool,
    /// `FriendlyDeviceName`.
    pub name: Option<String>,
    /// The last time step whose code was used; a code works once.
    pub last_step: Option<u64>,
}
