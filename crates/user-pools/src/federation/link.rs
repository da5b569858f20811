//! AdminLinkProviderForUser and AdminDisableProviderForUser. An operator's link decides who somebody is: it is made for identities that have
//! never signed in, and an identity is of one user only.
use crate::context::RequestContext;
use crate::error::{Error, Result};
use crate::identity_provider::{Identity, IdentityProvider, SUBJECT};
use crate::messages;
use crate::pool::UserPool;
use crate::ports::StoreError;
use crate::service::UserPools;
use crate::user::{User, UserStatus};
use crate::users::About;
use crate::users::update::Aliases;

/// The most identities of a user (spec H.8).
const MOST: usize = 5;
/// `ProviderName` of the pool's own users.
const OWN: &str = "Cognito";

/// `ProviderUserIdentifierType`.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// `ProviderName`.
    pub provider: Option<String>,
    /// `ProviderAttributeName`.
    pub attribute: Option<String>,
    /// `ProviderAttributeValue`.
    pub value: Option<String>,
}

impl Named {
    fn read(&self, incomplete: Error) -> Result<(&str, &str, &str)> {
        match (self.provider.as_deref(), self.attribute.as_deref(), self.value.as_deref()) {
            (Some(provider), Some(attribute), Some(value)) if !attribute.is_empty() && !value.is_empty() => {
                Ok((provider, attribute, value))
            }
            _ => Err(incomplete),
        }
    }

    fn is_own(&self) -> bool {
        self.provider.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(OWN))
    }
}

impl UserPools {
    /// AdminLinkProviderForUser. UserNotFound, ResourceNotFound (the provider), InvalidParameter, LimitExceeded, AliasExists never.
    pub async fn link_provider(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        destination: &Named,
        source: &Named,
    ) -> Result<()> {
        let user = self.destination(pool, destination).await?;
        let linked = self.link_identity(cx, pool, &user, source).await;
        self.decided(cx, about("AdminLinkProviderForUser", pool, &user), linked)
    }

    async fn destination(&self, pool: &UserPool, named: &Named) -> Result<User> {
        let value = named.value.as_deref().unwrap_or_default();
        let name = match named.provider.as_deref() {
            Some(provider) if !named.is_own() => format!("{provider}_{value}"),
            _ => value.to_owned(),
        };
        self.find_user(pool, &name).await?.ok_or(messages::USER_DOES_NOT_EXIST)
    }

    async fn link_identity(&self, cx: &RequestContext, pool: &UserPool, user: &User, source: &Named) -> Result<()> {
        if source.is_own() {
            return Err(messages::SOURCE_IS_LOCAL);
        }
        let (name, attribute, value) = source.read(messages::SOURCE_INCOMPLETE)?;
        let provider = self.identity_provider(&pool.id, name).await?;
        let attribute = key_of(&provider, attribute)?;
        match self.identity_holder(pool, name, &attribute, value).await? {
            Some(holder) if holder.sub == user.sub => return Err(messages::SOURCE_LINKED),
            Some(_) => return Err(messages::SOURCE_SIGNED_UP),
            None => {}
        }
        let new = Identity {
            provider: provider.name.clone(),
            kind: provider.kind,
            attribute,
            value: value.to_owned(),
            primary: false,
            created: cx.now,
        };
        let change = |user: &mut User| {
            if user.identities.iter().filter(|identity| !identity.primary).count() >= MOST {
                return Err(messages::TOO_MANY_IDENTITIES);
            }
            user.identities.push(new.clone());
            Ok(())
        };
        self.update_user(cx, pool, &user.sub, Aliases::Respect, change).await.map(drop)
    }

    /// AdminDisableProviderForUser. A linked identity is let go: its next sign-in makes a user of its own. A user whose own identity it is may
    /// no longer sign in by it: the user is disabled. `Cognito`: the user's password works no more. UserNotFound, InvalidParameter.
    pub async fn disable_provider(&self, cx: &RequestContext, pool: &UserPool, named: &Named) -> Result<()> {
        let (provider, attribute, value) = named.read(messages::USER_INCOMPLETE)?;
        let user = if named.is_own() {
            self.find_user(pool, value).await?
        } else {
            self.identity_provider(&pool.id, provider).await?;
            self.identity_holder(pool, provider, stored_name(attribute), value).await?
        };
        let user = user.ok_or(messages::IDENTITY_UNKNOWN)?;
        let done = self.disable_identity(cx, pool, &user, named).await;
        self.decided(cx, about("AdminDisableProviderForUser", pool, &user), done)
    }

    async fn disable_identity(&self, cx: &RequestContext, pool: &UserPool, user: &User, named: &Named) -> Result<()> {
        let (provider, attribute, value) = named.read(messages::USER_INCOMPLETE)?;
        let attribute = stored_name(attribute);
        let own = named.is_own();
        let change = |user: &mut User| {
            // The very identity that found the user: another attribute may have the same value.
            let it = |one: &&Identity| one.provider == provider && one.attribute == attribute && one.value == value;
            if own {
                user.credentials.password = None;
                user.status = UserStatus::ExternalProvider;
            } else if user.identities.iter().find(it).is_some_and(|identity| identity.primary) {
                user.enabled = false;
            } else {
                user.identities.retain(|identity| !it(&identity));
            }
            Ok(())
        };
        let changed = self.update_user(cx, pool, &user.sub, Aliases::Respect, change).await?;
        // Who came in by it is out: the browser's session, and of a user who is shut out every token, for good.
        if !changed.enabled {
            self.store.sign_out_user(cx.now, pool.id.clone(), user.sub.clone()).await?;
        }
        Ok(self.store.end_login_sessions_of(cx.now, pool.id.clone(), user.sub.clone()).await?)
    }

    async fn identity_holder(
        &self,
        pool: &UserPool,
        provider: &str,
        attribute: &str,
        value: &str,
    ) -> Result<Option<User>> {
        let (provider, attribute, value) = (provider.to_owned(), attribute.to_owned(), value.to_owned());
        match self.store.user_by_identity(pool.id.clone(), provider, attribute, value).await {
            Ok(user) => Ok(Some(user)),
            Err(StoreError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// `Cognito_Subject`, or for OIDC an attribute of the pool that is mapped from a claim.
fn key_of(provider: &IdentityProvider, attribute: &str) -> Result<String> {
    let mapped =
        provider.kind == crate::identity_provider::ProviderKind::Oidc && provider.mapping.contains_key(attribute);
    match attribute {
        name if is_subject(name) => Ok(SUBJECT.to_owned()),
        "username" => Ok(SUBJECT.to_owned()),
        name if mapped => Ok(name.to_owned()),
        name => Err(messages::source_attribute_unmapped(name)),
    }
}

fn is_subject(attribute: &str) -> bool {
    attribute.eq_ignore_ascii_case(SUBJECT)
}

/// The attribute as identities keep it.
fn stored_name(attribute: &str) -> &str {
    if is_subject(attribute) { SUBJECT } else { attribute }
}

fn about<'a>(action: &'static str, pool: &'a UserPool, user: &'a User) -> About<'a> {
    About { action, pool: Some(&pool.id), client: None, user: Some(&user.sub) }
}
