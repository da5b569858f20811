//! The user behind an identity: found, made at the first sign-in, and written at every one.
use super::mapping;
use super::profile::{Profile, text_of};
use crate::attributes::CONTACTS;
use crate::context::RequestContext;
use crate::error::{Error, ErrorKind};
use crate::group::Group;
use crate::identity_provider::{Identity, IdentityProvider, SUBJECT};
use crate::names;
use crate::oauth::{ErrorCode, Refusal, Site};
use crate::pool::{Contact, UserPool};
use crate::ports::StoreError;
use crate::random;
use crate::service::UserPools;
use crate::sign_in::Place;
use crate::triggers::NewcomerFromProvider;
use crate::user::{Credentials, User, UserStatus};
use crate::users::update::Aliases;
use std::collections::BTreeMap;

/// The longest username (spec H.2).
const NAME_MAX: usize = 128;
/// Two browsers may come with the same new identity at once; the second finds the first's user.
const TRIES: usize = 3;

impl UserPools {
    /// The user of a profile, as stored now, and whether they have just come to be. This is the one place where federated users come to be
    /// and change: the functions of a first sign-in frame `make`, the one before a later sign-in comes before `rewrite`.
    pub(super) async fn federated_user(
        &self,
        cx: &RequestContext,
        site: &Site,
        provider: &IdentityProvider,
        profile: &Profile,
    ) -> Result<(User, bool), Refusal> {
        let (pool, place) = (&site.pool, Place { pool: site.pool.clone(), client: site.client.clone() });
        let given = mapping::given(provider, profile);
        for _ in 0..TRIES {
            let (user, newcomer) = match self.holder(pool, provider, profile, &given).await? {
                Some(user) => {
                    self.pre_authentication(cx, &place, Some(&user), &user.username).await?;
                    (self.rewrite(cx, pool, provider, profile, user, &given).await?, false)
                }
                None => match self.make(cx, site, provider, profile, &given).await? {
                    Some(user) => (user, true),
                    None => continue,
                },
            };
            if user.status == UserStatus::ExternalProvider {
                self.join_group(cx, pool, provider, &user).await?;
            }
            if newcomer {
                self.post_confirmation_external(cx, pool, &site.client.id, &user).await?;
            }
            return Ok((user, newcomer));
        }
        Err(StoreError::Conflict.into())
    }

    /// Who has the identity: by provider and subject, else by an attribute that an operator has linked. Never by an address alone, and never
    /// by a linked address that the provider itself calls unverified: there anybody may have entered it.
    async fn holder(
        &self,
        pool: &UserPool,
        provider: &IdentityProvider,
        profile: &Profile,
        given: &BTreeMap<String, String>,
    ) -> Result<Option<User>, Refusal> {
        let subject = (SUBJECT.to_owned(), profile.subject.clone());
        let attributes = given.iter().filter(|(name, _)| !is_doubted(profile, name));
        let attributes = attributes.map(|(name, value)| (name.clone(), value.clone()));
        for (attribute, value) in std::iter::once(subject).chain(attributes) {
            match self.store.user_by_identity(pool.id.clone(), provider.name.clone(), attribute, value).await {
                Ok(user) => return Ok(Some(user)),
                Err(StoreError::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    /// A new user; `None` when somebody has just made it.
    async fn make(
        &self,
        cx: &RequestContext,
        site: &Site,
        provider: &IdentityProvider,
        profile: &Profile,
        given: &BTreeMap<String, String>,
    ) -> Result<Option<User>, Refusal> {
        let pool = &site.pool;
        let username = username(provider, &profile.subject)?;
        let mut user = User {
            pool: pool.id.clone(),
            sub: random::uuid(&*self.random),
            username_folded: names::fold(&pool.settings, &username),
            username,
            aliases: Vec::new(),
            version: 1,
            status: UserStatus::ExternalProvider,
            enabled: true,
            created: cx.now,
            modified: cx.now,
            attributes: BTreeMap::new(),
            pending_attributes: BTreeMap::new(),
            credentials: Credentials::default(),
            signed_out_at: None,
            identities: vec![subject_of(cx, provider, profile, true)],
        };
        mapping::write(&pool.settings, &mut user, given, true).map_err(unwritten)?;
        let newcomer = NewcomerFromProvider { pool, client: &site.client.id, user: &mut user };
        self.pre_sign_up_external(cx, newcomer).await?;
        match self.store.insert_user(cx.now, user.clone()).await {
            Ok(()) => Ok(Some(user)),
            Err(StoreError::Exists(crate::ports::Taken::Identity)) => Ok(None),
            // Somebody else's account has that name: it is not taken over. Or two at once, of which one looks again.
            Err(StoreError::Exists(_)) => match self.holder(pool, provider, profile, &BTreeMap::new()).await? {
                Some(_) => Ok(None),
                None => Err(Refusal::new(ErrorCode::InvalidRequest, "federation.username")
                    .saying(format!("Already found an entry for username {}", user.username))),
            },
            Err(error) => Err(error.into()),
        }
    }

    /// Writes the mapping again, and turns a link by attribute into one by subject.
    async fn rewrite(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        provider: &IdentityProvider,
        profile: &Profile,
        user: User,
        given: &BTreeMap<String, String>,
    ) -> Result<User, Refusal> {
        if !user.enabled {
            return Err(Refusal::new(ErrorCode::InvalidRequest, "user.enabled").saying("User is not enabled"));
        }
        let change = |user: &mut User| {
            let of_this = |identity: &&mut Identity| {
                identity.provider == provider.name
                    && identity.attribute != SUBJECT
                    && given.get(&identity.attribute) == Some(&identity.value)
            };
            let known = user
                .identities
                .iter()
                .any(|one| one.provider == provider.name && one.attribute == SUBJECT && one.value == profile.subject);
            if let Some(link) = user.identities.iter_mut().find(of_this).filter(|_| !known) {
                *link = Identity { created: link.created, ..subject_of(cx, provider, profile, false) };
            }
            mapping::write(&pool.settings, user, given, false)
        };
        self.update_user(cx, pool, &user.sub, Aliases::Respect, change).await.map_err(unwritten)
    }

    /// The group of all who come by the provider (spec H.10).
    async fn join_group(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        provider: &IdentityProvider,
        user: &User,
    ) -> Result<(), Refusal> {
        let name = format!("{}_{}", pool.id, provider.name);
        let group = Group {
            pool: pool.id.clone(),
            name: name.clone(),
            version: 1,
            description: Some(format!("Autogenerated group for users who sign in using {}", provider.name)),
            role_arn: None,
            precedence: None,
            created: cx.now,
            modified: cx.now,
        };
        match self.store.insert_group(cx.now, group).await {
            Ok(()) | Err(StoreError::Exists(_)) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(self.store.add_to_group(cx.now, pool.id.clone(), name, user.sub.clone()).await?)
    }
}

/// Whether the provider says that the address in this attribute is not verified.
pub(super) fn is_doubted(profile: &Profile, attribute: &str) -> bool {
    let flag = CONTACTS.into_iter().find(|contact| contact.attribute() == attribute).map(Contact::verified_attribute);
    let said = flag.and_then(|flag| profile.claims.get(flag)).and_then(text_of);
    said.is_some_and(|said| said.eq_ignore_ascii_case("false"))
}

fn subject_of(cx: &RequestContext, provider: &IdentityProvider, profile: &Profile, primary: bool) -> Identity {
    Identity {
        provider: provider.name.clone(),
        kind: provider.kind,
        attribute: SUBJECT.to_owned(),
        value: profile.subject.clone(),
        primary,
        created: cx.now,
    }
}

/// `<provider>_<subject>`, where that can be a username.
fn username(provider: &IdentityProvider, subject: &str) -> Result<String, Refusal> {
    let name = format!("{}_{subject}", provider.name);
    let usable = name.chars().count() <= NAME_MAX && !subject.chars().any(|c| c.is_whitespace() || c.is_control());
    usable.then_some(name).ok_or_else(|| {
        Refusal::new(ErrorCode::InvalidRequest, "federation.username")
            .saying("The identity provider's subject cannot be part of a username")
    })
}

/// What the pool's schema does not take, in AWS's words; a fault of ours stays one.
fn unwritten(error: Error) -> Refusal {
    let rule = match error.kind {
        ErrorKind::InvalidParameter if error.message.starts_with("attributes required") => "federation.required",
        ErrorKind::InvalidParameter if error.message.contains("cannot be updated") => "federation.immutable",
        ErrorKind::InvalidParameter | ErrorKind::AliasExists => "federation.attributes",
        _ => return error.into(),
    };
    Refusal::new(ErrorCode::InvalidRequest, rule).saying(error.message.trim_end().to_owned())
}
