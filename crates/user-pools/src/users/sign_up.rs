//! SignUp: a person makes their own account and is sent a code (spec C.17).
use super::visit::{Asking, Visit};
use crate::attributes::{self, CONTACTS, Given, Writer};
use crate::context::RequestContext;
use crate::error::{Error, Result};
use crate::ids::Millis;
use crate::messages;
use crate::names::{self, NewName};
use crate::passwords;
use crate::pool::{AliasKind, Contact, MfaRequirement, PoolSettings, UserPool};
use crate::ports::{CodePurpose, StoreError, Taken};
use crate::service::UserPools;
use crate::templates::{Delivery, Letter, Occasion};
use crate::threat::EventKind;
use crate::triggers::{Birth, Confirmed};
use crate::user::{Credentials, User, UserStatus};
use std::collections::BTreeMap;
use std::fmt;

/// The request. `ValidationData` and `ClientMetadata` go to triggers only, with the request context.
pub struct SignUp {
    /// Client, secret hash and the new username.
    pub asking: Asking,
    /// `Password`; none where the pool lets users in by codes.
    pub password: Option<String>,
    /// `UserAttributes`.
    pub attributes: Given,
}

impl fmt::Debug for SignUp {
    /// Password and attributes stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignUp").field("client", &self.asking.client).finish_non_exhaustive()
    }
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct SignedUp {
    /// `UserSub`.
    pub sub: String,
    /// The username as stored: the sub in `UsernameAttributes` pools.
    pub username: String,
    /// `UserConfirmed`.
    pub confirmed: bool,
    /// `CodeDeliveryDetails`; absent where the pool verifies nothing.
    pub delivery: Option<Delivery>,
    /// `Session`, where the client may use USER_AUTH: for ConfirmSignUp, or for a first sign-in where there is nothing to confirm.
    pub session: Option<String>,
}

impl UserPools {
    /// SignUp. Errors: NotAuthorized, InvalidParameter, InvalidPassword, UsernameExists, those of PreSignUp,
    /// and CodeDeliveryFailure and those of PostConfirmation (the user exists then).
    pub async fn sign_up(&self, cx: &RequestContext, request: SignUp) -> Result<SignedUp> {
        let visit = self.visit(cx, "SignUp", &request.asking).await?;
        let result = self.sign_up_visited(cx, &visit, &request).await;
        let sub = result.as_ref().ok().map(|made| made.sub.as_str());
        self.saw(cx, visit.witness(), sub, (EventKind::SignUp, &result));
        self.decided(cx, visit.about(), result)
    }

    async fn sign_up_visited(&self, cx: &RequestContext, visit: &Visit, request: &SignUp) -> Result<SignedUp> {
        let Visit { pool, client, .. } = visit;
        if pool.settings.admin_create_only {
            return Err(messages::SIGN_UP_NOT_PERMITTED);
        }
        let name = names::check_new(&pool.settings, &request.asking.username)?;
        if let Some(password) = &request.password {
            passwords::check_policy(&pool.settings.password_policy, password)?;
        }
        let writer = Writer::Client(&client.settings);
        let attributes = new_attributes(pool, writer, name, &request.asking.username, &request.attributes)?;
        if request.password.is_none() && !may_lack_password(&pool.settings, &attributes) {
            return Err(messages::PASSWORD_REQUIRED);
        }
        if visit.user.is_some() {
            return Err(name_taken(name));
        }
        let own = [Some(&request.asking.username), names::preferred_alias(&pool.settings, attributes.iter())];
        self.refuse_squatting(pool, own.into_iter().flatten()).await?;
        let mut user = self.new_user(cx.now, pool, name, &request.asking.username, attributes, UserStatus::Unconfirmed);
        self.pre_sign_up(cx, pool, Some(&client.id), &mut user, Birth::SignUp).await?;
        if let Some(password) = &request.password {
            user.credentials.password = Some(self.protect(pool, &user.sub, &user.username, password).await?);
        }
        user.vouch_for_addresses();
        self.store.insert_user(cx.now, user.clone()).await.map_err(|error| insert_refused(name, error))?;
        if user.status == UserStatus::Confirmed {
            self.post_confirmation(cx, pool, Some(&client.id), &user, Confirmed::SignUp).await?;
            let session = self.signed_up_session(cx, pool, client, &user);
            return Ok(SignedUp { sub: user.sub, username: user.username, confirmed: true, delivery: None, session });
        }
        let delivery = self.send_sign_up_code(cx, visit, &user).await?;
        let session = self.signed_up_session(cx, pool, client, &user);
        Ok(SignedUp { sub: user.sub, username: user.username, confirmed: false, delivery, session })
    }

    /// A user that is not stored yet.
    pub(crate) fn new_user(
        &self,
        now: Millis,
        pool: &UserPool,
        name: NewName,
        username: &str,
        attributes: BTreeMap<String, String>,
        status: UserStatus,
    ) -> User {
        let sub = crate::random::uuid(&*self.random);
        let username = if name == NewName::Username { username.to_owned() } else { sub.clone() };
        User {
            pool: pool.id.clone(),
            sub,
            username_folded: names::fold(&pool.settings, &username),
            username,
            aliases: names::active_aliases(&pool.settings, status, &attributes),
            version: 1,
            status,
            enabled: true,
            created: now,
            modified: now,
            attributes,
            pending_attributes: BTreeMap::new(),
            credentials: Credentials::default(),
            signed_out_at: None,
            identities: Vec::new(),
        }
    }

    /// Sends the code (or link) that confirms a sign-up. `None` where the pool verifies no contact that the user has.
    async fn send_sign_up_code(&self, cx: &RequestContext, visit: &Visit, user: &User) -> Result<Option<Delivery>> {
        let Some((contact, address)) = sign_up_contact(&visit.pool, user) else { return Ok(None) };
        let (pool, client) = (&visit.pool, Some(&visit.client.id));
        let letter = Letter { pool, user, occasion: Occasion::SignUp, contact, address, client, waits: true };
        self.send_code(cx, CodePurpose::SignUp, letter).await.map(Some)
    }
}

/// Whether somebody with these attributes can sign in without a password: the pool sends codes to an address they have (spec C.10).
pub(super) fn may_lack_password(settings: &PoolSettings, attributes: &BTreeMap<String, String>) -> bool {
    let factors = [("EMAIL_OTP", Contact::Email), ("SMS_OTP", Contact::Phone)];
    let offers = |factor: &str| settings.first_factors.iter().any(|one| one == factor);
    let usable = |(factor, contact): (&str, Contact)| offers(factor) && attributes.contains_key(contact.attribute());
    settings.mfa != MfaRequirement::On && factors.into_iter().any(usable)
}

/// Where the code of a sign-up goes, if anywhere: the phone before the e-mail address.
pub(super) fn sign_up_contact<'a>(pool: &UserPool, user: &'a User) -> Option<(Contact, &'a str)> {
    let auto = |contact: &Contact| pool.settings.auto_verified.contains(contact);
    CONTACTS
        .into_iter()
        .filter(auto)
        .find_map(|contact| Some((contact, user.attributes.get(contact.attribute())?.as_str())))
}

/// The attributes of a new user, the username among them where it is one.
pub(crate) fn new_attributes(
    pool: &UserPool,
    writer: Writer<'_>,
    name: NewName,
    username: &str,
    given: &Given,
) -> Result<BTreeMap<String, String>> {
    let NewName::Contact(contact) = name else { return attributes::new(&pool.settings, writer, given, None) };
    let same = |value: &String| names::fold(&pool.settings, value) == names::fold(&pool.settings, username);
    let differs = given.iter().any(|(name, value)| name == contact.attribute() && !same(value));
    if differs {
        return Err(messages::USERNAME_ATTRIBUTE_DIFFERS);
    }
    attributes::new(&pool.settings, writer, given, Some((contact.attribute(), username)))
}

/// SignUp's words for a name that is taken (K 4, 5).
pub(super) fn name_taken(name: NewName) -> Error {
    match name {
        NewName::Username => messages::USER_ALREADY_EXISTS,
        NewName::Contact(contact) => messages::given_account_exists(contact.attribute()),
    }
}

fn insert_refused(name: NewName, error: StoreError) -> Error {
    match error {
        StoreError::Exists(Taken::Alias(kind @ (AliasKind::Email | AliasKind::Phone))) => {
            messages::given_account_exists(kind.attribute())
        }
        StoreError::Exists(_) => name_taken(name),
        other => other.into(),
    }
}
