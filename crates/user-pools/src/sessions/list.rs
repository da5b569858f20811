//! A user's sessions, listed. These acts do not ask whether the pool tracks sessions: the API's doors do, an account page need not.
use super::Session;
use crate::access::Access;
use crate::error::Result;
use crate::ids::Millis;
use crate::ports::Page;
use crate::service::UserPools;
use crate::user::User;

/// SSO sessions shown at most: the newest.
const SSO_SHOWN: usize = 25;
/// Token sessions of a page.
const TOKENS_SHOWN: usize = 100;

/// A page of sessions: SSO sessions first, then token sessions, the newest of each first.
#[derive(Debug)]
pub struct SessionPage {
    /// The sessions.
    pub sessions: Vec<Session>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

impl UserPools {
    /// The sessions of a user. `after`: where an earlier page ended. `current`: the `origin_jti` of whoever asks.
    pub async fn sessions_of(
        &self,
        now: Millis,
        user: &User,
        after: Option<String>,
        current: Option<&str>,
    ) -> Result<SessionPage> {
        let (pool, sub) = (user.pool.clone(), user.sub.clone());
        let logins = match after {
            None => self.store.list_login_sessions(now, pool.clone(), sub.clone(), SSO_SHOWN).await?,
            Some(_) => Vec::new(),
        };
        let page = Page { after, limit: TOKENS_SHOWN + 1 };
        let mut sign_ins = self.store.list_sign_ins(now, pool, sub, page).await?;
        let more = sign_ins.len() > TOKENS_SHOWN;
        sign_ins.truncate(TOKENS_SHOWN);
        let next = sign_ins.last().filter(|_| more).map(|last| last.origin_jti.clone());
        let mut sessions: Vec<_> = logins.into_iter().map(Session::of_login).collect();
        let tokens: Vec<_> = sign_ins.into_iter().map(|sign_in| Session::of_sign_in(sign_in, current)).collect();
        // An SSO session was used when tokens were last got through it.
        for sso in &mut sessions {
            let through = tokens.iter().filter(|token| token.origin.as_ref() == Some(&sso.id));
            sso.active = through.map(|token| token.active).fold(sso.active, Millis::max);
        }
        sessions.extend(tokens);
        Ok(SessionPage { sessions, next })
    }

    /// ListUserSessions: one's own, the present one marked. OperationNotEnabled where the pool tracks none.
    pub async fn own_sessions(&self, now: Millis, access: &Access, after: Option<String>) -> Result<SessionPage> {
        super::config::check_tracking(&access.pool)?;
        self.sessions_of(now, &access.user, after, access.claims.str("origin_jti")).await
    }

    /// AdminListUserSessions.
    pub async fn admin_sessions(
        &self,
        now: Millis,
        pool: &crate::pool::UserPool,
        user: &User,
        after: Option<String>,
    ) -> Result<SessionPage> {
        super::config::check_tracking(pool)?;
        self.sessions_of(now, user, after, None).await
    }
}
