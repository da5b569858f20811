//! Login sessions: what the login cookie stands for. The cookie's value is 256 random bits and only its SHA-256 is stored; the end is fixed,
//! one hour after the sign-in (Cognito's, not prolonged by use) or as long as the pool's clients say; every sign-in gets a new one.
use super::{LoginSession, Site};
use crate::context::RequestContext;
use crate::error::{Error, Result};
use crate::messages;
use crate::pool::UserPool;
use crate::ports::StoreError;
use crate::random;
use crate::service::UserPools;
use crate::sessions::{sso_life, sso_session_id};
use crate::sign_in::Proof;
use crate::token::Activity;
use crate::user::{User, UserStatus};
use aws_lc_rs::digest;

/// A live login session and its user as stored now.
pub struct LoginOf {
    /// The session.
    pub session: LoginSession,
    /// Who.
    pub user: User,
}

impl LoginOf {
    /// Its id as an SSO session.
    pub(super) fn id(&self) -> String {
        sso_session_id(&self.session.hash)
    }
}

impl UserPools {
    /// Opens a session for a finished authentication and returns the cookie's value with it. The session that the browser had before
    /// (`previous`) ends, and wrong guesses counted so far are forgiven.
    pub async fn open_login(
        &self,
        cx: &RequestContext,
        proof: &Proof,
        previous: Option<&str>,
    ) -> Result<(String, LoginOf)> {
        let value = jose::base64url_encode(random::bytes::<32>(&*self.random));
        let session = LoginSession {
            hash: sha256(&value),
            pool: proof.pool.id.clone(),
            sub: proof.user.sub.clone(),
            auth_time: proof.auth_time,
            methods: proof.methods.clone(),
            stamp: proof.stamp.clone(),
            client: Some(proof.client.id.clone()),
            active: Some(Activity::of(cx)),
            expires_at: cx.now.saturating_add(self.login_life(&proof.pool).await?),
        };
        if let Err(error) = self.store.insert_login_session(cx.now, session.clone()).await {
            return Err(self.shut_out(&proof.user, error).await);
        }
        if let Some(previous) = previous {
            self.end_login(cx, previous).await?;
        }
        if let Some(clears) = &proof.clears {
            self.store.clear_attempts(cx.now, clears.clone()).await?;
        }
        Ok((value, LoginOf { session, user: proof.user.clone() }))
    }

    /// The live session behind a cookie of this pool; `None` for any other text, when the user may no longer sign in, and when
    /// their password is another than the one it was opened with.
    pub async fn login_of(&self, cx: &RequestContext, pool: &UserPool, cookie: &str) -> Result<Option<LoginOf>> {
        let session = match self.store.login_session(cx.now, sha256(cookie)).await {
            Ok(session) if session.pool == pool.id => session,
            Ok(_) | Err(StoreError::NotFound) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        match self.store.user(session.pool.clone(), session.sub.clone()).await {
            Ok(user) if may_continue(&user, &session.stamp) => Ok(Some(LoginOf { session, user })),
            Ok(_) | Err(StoreError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The same, if it is fresh enough for the client.
    pub async fn login_for(&self, cx: &RequestContext, site: &Site, cookie: &str) -> Result<Option<LoginOf>> {
        let life = sso_life(&site.pool, &site.client);
        let login = self.login_of(cx, &site.pool, cookie).await?;
        Ok(login.filter(|login| cx.now < login.session.auth_time.saturating_add(life)))
    }

    /// Why nothing was opened: storage found the user other than the sign-in had found them.
    pub(crate) async fn shut_out(&self, user: &User, refused: StoreError) -> Error {
        let changed = messages::SESSION_INVALID.because("the user has changed, or was signed out, at the same moment");
        match refused {
            StoreError::Conflict => {}
            StoreError::NotFound => return messages::SESSION_INVALID.because("the user or the client is gone"),
            other => return other.into(),
        }
        match self.store.user(user.pool.clone(), user.sub.clone()).await {
            Ok(user) if !user.enabled => messages::USER_DISABLED,
            Ok(user) if user.status == UserStatus::ResetRequired => messages::PASSWORD_RESET_REQUIRED,
            Ok(_) | Err(StoreError::NotFound) => changed,
            Err(error) => error.into(),
        }
    }

    /// Ends the session behind a cookie. Unknown ones are fine.
    pub async fn end_login(&self, cx: &RequestContext, cookie: &str) -> Result<()> {
        Ok(self.store.end_login_session(cx.now, sha256(cookie)).await?)
    }
}

/// Whether what was begun under that stamp may go on. Another password, a global sign-out, a reset, or a temporary password set by an operator
/// makes the user prove themselves again; what a race with the change leaves behind is worth nothing.
pub(super) fn may_continue(user: &User, stamp: &str) -> bool {
    user.admits(stamp) && user.status != UserStatus::ForceChangePassword
}

pub(super) fn sha256(text: &str) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
    out
}
