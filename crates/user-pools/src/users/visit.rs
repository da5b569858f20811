//! How every unsigned call about a user begins: client, pool, secret hash, user; and how every call ends: its decision is noted.
use crate::client::AppClient;
use crate::context::RequestContext;
use crate::error::{Error, Result};
use crate::ids::{ClientId, PoolId};
use crate::made_up;
use crate::names;
use crate::pool::UserPool;
use crate::ports::Decision;
use crate::service::UserPools;
use crate::sign_in::Door;
use crate::threat::{Source, Witness};
use crate::user::User;

/// Who asks for what: the members that SignUp, ForgotPassword and their neighbours share.
#[derive(Clone, Debug)]
pub struct Asking {
    /// `ClientId`.
    pub client: ClientId,
    /// `SecretHash`.
    pub secret_hash: Option<String>,
    /// `Username`: any identifier the user answers to.
    pub username: String,
}

/// What a decision is about.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// AWS's operation name.
    pub action: &'static str,
    /// The pool.
    pub pool: Option<&'a PoolId>,
    /// The client.
    pub client: Option<&'a ClientId>,
    /// The user's sub.
    pub user: Option<&'a str>,
}

/// A call whose client is known and has authenticated itself.
pub(super) struct Visit {
    pub action: &'static str,
    pub client: AppClient,
    pub pool: UserPool,
    /// The identifier as compared.
    pub folded: String,
    /// Who answers to it.
    pub user: Option<User>,
    /// Under what uses are counted: the sub, or what an absent user would show in its place; one user, one count, whichever of their names is
    /// typed.
    pub who: String,
    /// Where it comes from.
    source: Source,
}

impl Visit {
    pub fn about(&self) -> About<'_> {
        About {
            action: self.action,
            pool: Some(&self.pool.id),
            client: Some(&self.client.id),
            user: self.user.as_ref().map(|user| user.sub.as_str()),
        }
    }

    /// Somebody to see it, where the pool is protected.
    pub fn witness(&self) -> Option<Witness> {
        Witness::at(&self.pool, &self.client.id, self.source.clone())
    }

    /// Whether failures may not tell users apart.
    pub fn hides_users(&self) -> bool {
        self.client.settings.hides_users()
    }
}

impl UserPools {
    /// Finds client, pool and user, and checks the secret hash over the name sent and the internal one. Refusals are noted here.
    pub(super) async fn visit(&self, cx: &RequestContext, action: &'static str, asking: &Asking) -> Result<Visit> {
        let about = About { action, pool: None, client: Some(&asking.client), user: None };
        let begun = self.begin_visit(cx, action, asking).await;
        begun.map_err(|error| self.refused(cx, about, error))
    }

    async fn begin_visit(&self, cx: &RequestContext, action: &'static str, asking: &Asking) -> Result<Visit> {
        let client = self.client(&asking.client).await?;
        let pool = self.pool_by_id(&client.pool).await?;
        let user = self.find_user(&pool, &asking.username).await?;
        let names = std::iter::once(asking.username.as_str()).chain(user.as_ref().map(|user| user.username.as_str()));
        self.check_secret_hash(&client, asking.secret_hash.as_deref(), &names.collect::<Vec<_>>())?;
        let source = Source::of(cx, &Door::Api, &client)?;
        let folded = names::fold(&pool.settings, &asking.username);
        // Made up for everybody: a present user costs no less.
        let made_up = made_up::username(&self.keys, &pool.settings, &pool.id, &folded);
        let who = user.as_ref().map_or(made_up, |user| user.sub.clone());
        Ok(Visit { action, client, pool, folded, user, who, source })
    }

    /// Notes how a call ended.
    pub(crate) fn decided<T>(&self, cx: &RequestContext, about: About<'_>, result: Result<T>) -> Result<T> {
        match result {
            Ok(value) => {
                self.decisions.note(decision(cx, about, true, about.action.to_owned()));
                Ok(value)
            }
            Err(error) => Err(self.refused(cx, about, error)),
        }
    }

    fn refused(&self, cx: &RequestContext, about: About<'_>, error: Error) -> Error {
        let mut decision = decision(cx, about, false, format!("{:?}", error.kind));
        decision.got = error.reason.as_ref().map(ToString::to_string);
        self.decisions.note(decision);
        error.noted()
    }
}

fn decision(cx: &RequestContext, about: About<'_>, allowed: bool, rule: String) -> Decision {
    Decision {
        pool: about.pool.map(ToString::to_string),
        client: about.client.map(ToString::to_string),
        user: about.user.map(str::to_owned),
        ..Decision::of(cx, about.action, allowed, rule)
    }
}
