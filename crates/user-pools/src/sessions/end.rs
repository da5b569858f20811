//! Ending sessions one at a time. Everything that ends does so in one act; codes that still wait and came through an ended SSO session go too.
use super::{sso_session_id, token_session_id};
use crate::access::Access;
use crate::context::RequestContext;
use crate::error::Result;
use crate::ids::Millis;
use crate::messages;
use crate::oauth::LoginSession;
use crate::pool::UserPool;
use crate::ports::{EndedLogin, EndedSessions, LOGIN_SESSIONS, Page};
use crate::service::UserPools;
use crate::sign_in::trail::Trail;
use crate::token::SignIn;
use crate::user::User;

/// Sign-ins looked through at once.
const AT_ONCE: usize = 200;

impl UserPools {
    /// RevokeUserSession: one of one's own, but not the present one.
    pub async fn end_own_session(&self, cx: &RequestContext, access: &Access, id: &str, linked: bool) -> Result<()> {
        let mut trail = Trail::of_user("RevokeUserSession", &access.user, Some(&access.client));
        let result = self.end_own(cx, access, id, linked, &mut trail).await;
        self.conclude(cx, &trail, result)
    }

    async fn end_own(
        &self,
        cx: &RequestContext,
        access: &Access,
        id: &str,
        linked: bool,
        trail: &mut Trail,
    ) -> Result<()> {
        trail.at("sessions.tracking");
        super::config::check_tracking(&access.pool)?;
        trail.at("sessions.current");
        if access.claims.str("origin_jti").is_some_and(|own| token_session_id(own) == id) {
            return Err(messages::SESSION_IS_CURRENT);
        }
        trail.at("sessions.exists");
        self.end_session(cx.now, &access.user, id, linked).await
    }

    /// AdminRevokeUserSession.
    pub async fn admin_end_session(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        user: &User,
        (id, linked): (&str, bool),
    ) -> Result<()> {
        let mut trail = Trail::of_user("AdminRevokeUserSession", user, None);
        trail.at("sessions.tracking");
        let result = match super::config::check_tracking(pool) {
            Ok(()) => {
                trail.at("sessions.exists");
                self.end_session(cx.now, user, id, linked).await
            }
            Err(error) => Err(error),
        };
        self.conclude(cx, &trail, result)
    }

    /// Ends a session of the user, and those linked to it where asked: the SSO session that a token session came through, or the token sessions
    /// that came through an SSO session. ResourceNotFound. It does not ask whether the pool tracks sessions.
    pub async fn end_session(&self, now: Millis, user: &User, id: &str, linked: bool) -> Result<()> {
        let ended = if id.starts_with("sso") {
            let login = self.login_by_id(now, user, id).await?.ok_or(messages::SESSION_NOT_FOUND)?;
            EndedSessions { sign_ins: Vec::new(), logins: vec![ended(&login, linked)] }
        } else {
            let sign_in = self.sign_in_by_id(now, user, id).await?.ok_or(messages::SESSION_NOT_FOUND)?;
            self.ended_with(now, user, &sign_in, linked).await?
        };
        Ok(self.store.end_sessions(now, user.pool.clone(), user.sub.clone(), ended).await?)
    }

    /// What ends with a token session.
    pub(crate) async fn ended_with(
        &self,
        now: Millis,
        user: &User,
        sign_in: &SignIn,
        linked: bool,
    ) -> Result<EndedSessions> {
        let parent = match sign_in.login.as_deref().filter(|_| linked) {
            Some(id) => self.login_by_id(now, user, id).await?,
            None => None,
        };
        let logins = parent.iter().map(|login| ended(login, false)).collect();
        Ok(EndedSessions { sign_ins: vec![sign_in.origin_jti.clone()], logins })
    }

    /// Among all that a user may have, not just those that are shown.
    async fn login_by_id(&self, now: Millis, user: &User, id: &str) -> Result<Option<LoginSession>> {
        let (pool, sub) = (user.pool.clone(), user.sub.clone());
        let logins = self.store.list_login_sessions(now, pool, sub, LOGIN_SESSIONS).await?;
        Ok(logins.into_iter().find(|login| sso_session_id(&login.hash) == id))
    }

    async fn sign_in_by_id(&self, now: Millis, user: &User, id: &str) -> Result<Option<SignIn>> {
        let mut page = Page { after: None, limit: AT_ONCE };
        loop {
            let found = self.store.list_sign_ins(now, user.pool.clone(), user.sub.clone(), page.clone()).await?;
            if let Some(sign_in) = found.iter().find(|sign_in| token_session_id(&sign_in.origin_jti) == id) {
                return Ok(Some(sign_in.clone()));
            }
            match found.last() {
                Some(last) if found.len() == AT_ONCE => page.after = Some(last.origin_jti.clone()),
                _ => return Ok(None),
            }
        }
    }
}

fn ended(login: &LoginSession, with_sign_ins: bool) -> EndedLogin {
    EndedLogin { hash: login.hash, id: sso_session_id(&login.hash), with_sign_ins }
}
