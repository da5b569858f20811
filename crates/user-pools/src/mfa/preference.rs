//! Which second factors a user uses and which comes first: SetUserMFAPreference and AdminSetUserMFAPreference.
use super::{Factor, accepts};
use crate::access::Access;
use crate::context::RequestContext;
use crate::error::{Error, ErrorKind, Result};
use crate::messages;
use crate::pool::{MfaRequirement, UserPool};
use crate::service::UserPools;
use crate::sign_in::trail::Trail;
use crate::user::User;
use crate::users::update::Aliases;

/// The settings of one kind of factor, as given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// `Enabled`; left out means no.
    pub enabled: bool,
    /// `PreferredMfa`.
    pub preferred: bool,
}

/// What is asked for; `None` leaves a kind as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preference {
    /// `SoftwareTokenMfaSettings`.
    pub software_token: Option<Wish>,
    /// `SMSMfaSettings`.
    pub sms: Option<Wish>,
    /// `EmailMfaSettings`.
    pub email: Option<Wish>,
}

impl Preference {
    fn wishes(&self) -> impl Iterator<Item = (Factor, Wish)> {
        let all = [(Factor::SoftwareToken, self.software_token), (Factor::Sms, self.sms), (Factor::Email, self.email)];
        all.into_iter().filter_map(|(factor, wish)| Some((factor, wish?)))
    }
}

impl UserPools {
    /// SetUserMFAPreference. K 52; InvalidParameter for contradictions, and for codes that have nowhere to go.
    pub async fn set_mfa_preference(&self, cx: &RequestContext, access: &Access, preference: Preference) -> Result<()> {
        let trail = Trail::of_user("SetUserMFAPreference", &access.user, Some(&access.client));
        let result = self.prefer(cx, &access.pool, &access.user, preference).await;
        self.conclude(cx, &trail, result)
    }

    /// AdminSetUserMFAPreference. UserNotFound, and as above.
    pub async fn admin_set_mfa_preference(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        username: &str,
        preference: Preference,
    ) -> Result<()> {
        let user = self.find_user(pool, username).await?.ok_or(messages::USER_DOES_NOT_EXIST)?;
        let trail = Trail::of_user("AdminSetUserMFAPreference", &user, None);
        let result = self.prefer(cx, pool, &user, preference).await;
        self.conclude(cx, &trail, result)
    }

    /// AdminDeleteSoftwareToken: the app and the factor are gone. In a pool that requires MFA the user enrols anew at the next sign-in.
    pub async fn admin_delete_software_token(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        username: &str,
    ) -> Result<()> {
        let user = self.find_user(pool, username).await?.ok_or(messages::USER_DOES_NOT_EXIST)?;
        let trail = Trail::of_user("AdminDeleteSoftwareToken", &user, None);
        let removed = self.update_user(cx, pool, &user.sub, Aliases::Respect, |user| {
            user.credentials.totp = None;
            user.credentials.totp_pending = None;
            set(user, Factor::SoftwareToken, Wish::default());
            Ok(())
        });
        let result = removed.await.map(drop);
        self.conclude(cx, &trail, result)
    }

    async fn prefer(&self, cx: &RequestContext, pool: &UserPool, user: &User, preference: Preference) -> Result<()> {
        check(preference)?;
        self.update_user(cx, pool, &user.sub, Aliases::Respect, |user| apply(pool, user, preference)).await.map(drop)
    }
}

/// Contradictions within the request (texts I).
fn check(preference: Preference) -> Result<()> {
    let refused = |text: &'static str| Err(Error::new(ErrorKind::InvalidParameter, text));
    if preference.wishes().filter(|(_, wish)| wish.preferred).count() > 1 {
        return refused("Only one MFA method can be preferred.");
    }
    if preference.wishes().any(|(_, wish)| wish.preferred && !wish.enabled) {
        return refused("An MFA method must be enabled to be preferred.");
    }
    Ok(())
}

fn apply(pool: &UserPool, user: &mut User, preference: Preference) -> Result<()> {
    for (factor, wish) in preference.wishes() {
        if wish.enabled {
            check_usable(pool, user, factor)?;
        }
        set(user, factor, wish);
    }
    if pool.settings.mfa == MfaRequirement::On && user.credentials.mfa_enabled.is_empty() {
        return Err(Error::new(
            ErrorKind::InvalidParameter,
            "User pool requires MFA: at least one MFA method must stay enabled.",
        ));
    }
    Ok(())
}

/// A factor that could not be asked for must not be switched on: at the next sign-in nobody could answer.
fn check_usable(pool: &UserPool, user: &User, factor: Factor) -> Result<()> {
    let Some(contact) = factor.contact() else {
        let proven = user.credentials.totp.as_ref().is_some_and(|totp| totp.verified);
        return if proven { Ok(()) } else { Err(messages::TOTP_NOT_VERIFIED) };
    };
    if !accepts(&pool.settings, factor) {
        return Err(messages::mfa_not_in_pool(factor.as_str()));
    }
    if user.attributes.contains_key(contact.attribute()) {
        Ok(())
    } else {
        Err(messages::mfa_without_address(factor.as_str()))
    }
}

fn set(user: &mut User, factor: Factor, wish: Wish) {
    let (name, credentials) = (factor.as_str(), &mut user.credentials);
    credentials.mfa_enabled.retain(|enabled| enabled != name);
    if wish.enabled {
        credentials.mfa_enabled.push(name.to_owned());
    }
    if wish.preferred {
        credentials.mfa_preferred = Some(name.to_owned());
    } else if credentials.mfa_preferred.as_deref() == Some(name) {
        credentials.mfa_preferred = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user::Totp;
    use crate::users::fixtures::{settings, user};

    const ON: Wish = Wish { enabled: true, preferred: false };
    const FIRST: Wish = Wish { enabled: true, preferred: true };

    fn pool(mfa: MfaRequirement) -> UserPool {
        let mut settings = settings();
        settings.mfa = mfa;
        let scope = crate::ids::Scope { account: "000000000000".into(), region: "us-east-1".into() };
        UserPool {
            scope,
            id: crate::ids::PoolId("us-east-1_Example01".into()),
            version: 1,
            created: 0,
            modified: 0,
            settings,
        }
    }

    fn app(wish: Wish) -> Preference {
        Preference { software_token: Some(wish), ..Preference::default() }
    }

    fn proven() -> User {
        let mut user = user();
        user.credentials.totp = Some(Totp { sealed: Vec::new(), verified: true, name: None, last_step: None });
        user
    }

    #[test]
    fn an_app_must_be_proven_before_it_is_switched_on() {
        let refused = apply(&pool(MfaRequirement::Optional), &mut user(), app(ON)).unwrap_err();
        assert_eq!(refused.message, "User has not verified software token mfa");
        assert!(apply(&pool(MfaRequirement::Optional), &mut user(), app(Wish::default())).is_ok());
    }

    #[test]
    fn switching_off_takes_the_preference_along() {
        let (pool, mut user) = (pool(MfaRequirement::Optional), proven());
        apply(&pool, &mut user, app(FIRST)).unwrap();
        assert_eq!(user.credentials.mfa_enabled, ["SOFTWARE_TOKEN_MFA"]);
        assert_eq!(user.credentials.mfa_preferred.as_deref(), Some("SOFTWARE_TOKEN_MFA"));
        apply(&pool, &mut user, app(Wish::default())).unwrap();
        assert!(user.credentials.mfa_enabled.is_empty() && user.credentials.mfa_preferred.is_none());
    }

    #[test]
    fn a_pool_that_requires_mfa_keeps_the_last_factor_on() {
        let (pool, mut user) = (pool(MfaRequirement::On), proven());
        apply(&pool, &mut user, app(ON)).unwrap();
        assert!(apply(&pool, &mut user, app(Wish::default())).is_err());
    }

    #[test]
    fn contradictions_are_refused() {
        assert!(check(app(Wish { enabled: false, preferred: true })).is_err());
        let two = Preference { software_token: Some(FIRST), sms: Some(FIRST), email: None };
        assert_eq!(check(two).unwrap_err().kind, ErrorKind::InvalidParameter);
        assert!(check(Preference { sms: Some(Wish::default()), ..app(FIRST) }).is_ok());
    }

    #[test]
    fn codes_need_an_address_and_a_pool_that_sends_them() {
        let sms = Preference { sms: Some(ON), ..Preference::default() };
        let (mut pool, mut user) = (pool(MfaRequirement::Optional), user());
        user.attributes.insert("phone_number".into(), "+12065550100".into());
        assert!(apply(&pool, &mut user.clone(), sms).is_err(), "the pool sends none");
        pool.settings.documents.insert("SmsMfaConfiguration".into(), serde_json::json!({}));
        assert!(apply(&pool, &mut user.clone(), sms).is_ok());
        user.attributes.clear();
        assert!(apply(&pool, &mut user, sms).is_err(), "nowhere to go");
    }
}
