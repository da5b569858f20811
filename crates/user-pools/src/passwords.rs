//! Passwords: the policy, the history, hashing and the SRP verifier beside the hash. Owns how a password is kept; refuses to know who may set one.
//! The Argon2 hash is the credential. The SRP verifier is as good as a fast hash, so it exists only where a client may use SRP, and sealed.
use crate::error::{Error, Result};
use crate::ids::{Millis, PoolId};
use crate::messages::{self, PasswordRule};
use crate::pool::{PasswordPolicy, UserPool};
use crate::ports::{Busy, Page};
use crate::service::UserPools;
use crate::sign_in::flow::{self, Flow};
use crate::srp;
use crate::user::{Credentials, Password, SrpVerifier, User};

const DAY: Millis = 24 * 60 * 60 * 1000;
/// Clients are looked through in pages of this size until one is found that may use SRP.
const CLIENT_PAGE: usize = 50;
/// Cognito's symbols (spec H.4); an inner space counts as one as well.
const SYMBOLS: &str = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- ";

/// Refuses a password below the policy, with the first rule that fails (spec H.4, K 35).
pub fn check_policy(policy: &PasswordPolicy, password: &str) -> Result<()> {
    match first_failure(policy, password) {
        Some(rule) => Err(messages::password_policy(rule)),
        None => Ok(()),
    }
}

fn first_failure(policy: &PasswordPolicy, password: &str) -> Option<PasswordRule> {
    let length = u32::try_from(password.chars().count()).unwrap_or(u32::MAX);
    let has = |class: fn(char) -> bool| password.chars().any(class);
    let failures = [
        (length < policy.minimum_length, PasswordRule::Length),
        (policy.require_uppercase && !has(|c| c.is_ascii_uppercase()), PasswordRule::Uppercase),
        (policy.require_lowercase && !has(|c| c.is_ascii_lowercase()), PasswordRule::Lowercase),
        (policy.require_numbers && !has(|c| c.is_ascii_digit()), PasswordRule::Numbers),
        (policy.require_symbols && !has(|c| SYMBOLS.contains(c)), PasswordRule::Symbols),
    ];
    failures.into_iter().find_map(|(failed, rule)| failed.then_some(rule))
}

impl UserPools {
    /// The whole way of a new permanent or temporary password: policy, history, protection. The caller stores it with [`Credentials::set_password`].
    pub async fn accept_password(&self, pool: &UserPool, user: &User, password: &str) -> Result<Password> {
        let policy = &pool.settings.password_policy;
        check_policy(policy, password)?;
        self.check_history(policy, &user.credentials, password).await?;
        self.protect(pool, &user.sub, &user.username, password).await
    }

    /// Refuses a password that is the current one or among the last ones, when the policy keeps a history.
    /// Each earlier hash costs one Argon2; the policy allows at most 24.
    pub async fn check_history(
        &self,
        policy: &PasswordPolicy,
        credentials: &Credentials,
        password: &str,
    ) -> Result<()> {
        let size = history_size(policy);
        let current = credentials.password.iter().map(|password| &password.phc);
        for phc in current.chain(&credentials.history).take(size) {
            if self.passwords.verify(password.to_owned(), bare(phc).to_owned()).await.map_err(busy)? {
                return Err(messages::PASSWORD_USED_BEFORE);
            }
        }
        Ok(())
    }

    /// Hashes a password; beside it the sealed SRP verifier where a client of the pool may use SRP.
    /// `username` is the internal one, because SRP hashes it (spec C.7.1): it may never change afterwards.
    pub async fn protect(&self, pool: &UserPool, sub: &str, username: &str, password: &str) -> Result<Password> {
        let phc = self.passwords.hash(password.to_owned()).await.map_err(busy)?;
        let srp = self.pool_uses_srp(&pool.id).await?.then(|| self.srp_verifier(&pool.id, sub, username, password));
        Ok(Password { phc, srp: srp.transpose()?, expires_at: None })
    }

    /// Makes the sealed verifier of a password just seen in plain text.
    pub(crate) fn srp_verifier(&self, pool: &PoolId, sub: &str, username: &str, password: &str) -> Result<SrpVerifier> {
        let verifier = srp::Verifier::create(&*self.random, pool.short_name(), username, password)?;
        let sealed = self.keys.seal(&*self.random, &[&pool.0, sub, "srp"], &verifier.v);
        Ok(SrpVerifier { salt: verifier.salt_hex(), sealed })
    }

    /// Whether any client of the pool may use SRP.
    pub(crate) async fn pool_uses_srp(&self, pool: &PoolId) -> Result<bool> {
        let mut after = None;
        loop {
            let page = Page { after, limit: CLIENT_PAGE };
            let clients = self.store.list_clients(pool.clone(), page).await?;
            let may = |flow| clients.iter().any(|client| flow::enabled(&client.settings, flow));
            if may(Flow::UserSrp) || may(Flow::UserAuth) {
                return Ok(true);
            }
            match clients.last() {
                Some(last) if clients.len() == CLIENT_PAGE => after = Some(last.id.0.clone()),
                _ => return Ok(false),
            }
        }
    }

    /// Whether the password is the user's. A user without a password costs the same time as one with.
    pub async fn password_matches(&self, user: &User, password: &str) -> Result<bool> {
        let Some(stored) = &user.credentials.password else {
            self.pretend_to_verify(password).await?;
            return Ok(false);
        };
        self.passwords.verify(password.to_owned(), bare(&stored.phc).to_owned()).await.map_err(busy)
    }

    /// Spends the time of a verification on nobody's password, so that an absent user answers no sooner.
    pub async fn pretend_to_verify(&self, password: &str) -> Result<()> {
        let phc = self.memory.absent_password.get_or_try_init(|| self.passwords.hash("nobody's".to_owned())).await;
        let phc = phc.map_err(|_| busy(Busy))?.clone();
        self.passwords.verify(password.to_owned(), phc).await.map_err(busy)?;
        Ok(())
    }
}

impl Credentials {
    /// Takes a new password; the one before goes into the history as far as the policy keeps one.
    pub fn set_password(&mut self, policy: &PasswordPolicy, password: Password) {
        if let Some(earlier) = self.password.replace(password) {
            self.history.insert(0, earlier.phc);
        }
        self.history.truncate(history_size(policy).saturating_sub(1));
    }
}

/// Before a hash that came from elsewhere, in [`Password::phc`].
const IMPORTED: &str = "imported:";

/// A stored hash as the hasher reads it.
fn bare(phc: &str) -> &str {
    phc.strip_prefix(IMPORTED).unwrap_or(phc)
}

impl Password {
    /// A password whose hash came from elsewhere. Its first use in plain text puts one of ours in its place; until then it is no good for SRP.
    pub(crate) fn imported(hash: &str) -> Self {
        Self { phc: format!("{IMPORTED}{hash}"), srp: None, expires_at: None }
    }

    /// Whether the hash came from elsewhere.
    pub(crate) fn is_imported(&self) -> bool {
        self.phc.starts_with(IMPORTED)
    }

    /// The same password as a temporary one: it ends after the policy's days.
    #[must_use]
    pub fn temporary(mut self, policy: &PasswordPolicy, now: Millis) -> Self {
        self.expires_at = Some(now.saturating_add(DAY.saturating_mul(policy.temporary_validity_days.into())));
        self
    }

    /// Whether a temporary password has ended.
    pub fn is_expired(&self, now: Millis) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}

fn history_size(policy: &PasswordPolicy) -> usize {
    usize::try_from(policy.history_size.unwrap_or(0)).unwrap_or(0)
}

fn busy(_: Busy) -> Error {
    messages::TOO_MANY_REQUESTS.because("the password hashing pool is full")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(policy: &PasswordPolicy, password: &str) -> String {
        check_policy(policy, password).unwrap_err().message.into_owned()
    }

    #[test]
    fn the_first_failing_rule_is_named_in_the_order_of_the_spec() {
        let policy = PasswordPolicy::default();
        let says = |rule: &str| format!("Password did not conform with policy: {rule}");
        assert_eq!(refusal(&policy, "a"), says("Password not long enough"));
        assert_eq!(refusal(&policy, "aaaaaaaa"), says("Password must have uppercase characters"));
        assert_eq!(refusal(&policy, "AAAAAAAA"), says("Password must have lowercase characters"));
        assert_eq!(refusal(&policy, "AAAAaaaa"), says("Password must have numeric characters"));
        assert_eq!(refusal(&policy, "AAAAaaa1"), says("Password must have symbol characters"));
        assert!(check_policy(&policy, "AAAaaa1!").is_ok());
    }

    #[test]
    fn length_is_counted_in_characters_and_other_scripts_are_no_latin_letters() {
        let policy = PasswordPolicy { minimum_length: 6, require_symbols: false, ..PasswordPolicy::default() };
        assert!(check_policy(&policy, "Aa1ééé").is_ok());
        assert_eq!(
            refusal(&policy, "Éa1ééé"),
            "Password did not conform with policy: Password must have uppercase characters"
        );
    }

    #[test]
    fn the_history_keeps_as_many_hashes_as_the_policy_asks() {
        let password = |phc: &str| Password { phc: phc.into(), srp: None, expires_at: None };
        let policy = PasswordPolicy { history_size: Some(3), ..PasswordPolicy::default() };
        let mut credentials = Credentials::default();
        for phc in ["1", "2", "3", "4"] {
            credentials.set_password(&policy, password(phc));
        }
        assert_eq!(credentials.history, ["3", "2"]);
        credentials.set_password(&PasswordPolicy::default(), password("5"));
        assert!(credentials.history.is_empty(), "without a history policy no earlier hash stays");
    }

    #[test]
    fn a_temporary_password_ends_after_the_policys_days() {
        let password = Password { phc: String::new(), srp: None, expires_at: None };
        let temporary = password.temporary(&PasswordPolicy::default(), 1000);
        assert!(!temporary.is_expired(7 * DAY + 999));
        assert!(temporary.is_expired(7 * DAY + 1000));
    }
}
