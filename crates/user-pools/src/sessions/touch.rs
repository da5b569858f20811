//! What use leaves behind: when, from where and from what a sign-in was last used, and how many of them a user may have. Only where the pool
//! tracks sessions, and never in the way of the tokens: what fails here is logged, and made good by the next use.
use super::config::PoolSessions;
use crate::context::RequestContext;
use crate::ids::Millis;
use crate::pool::UserPool;
use crate::service::UserPools;
use crate::token::{Activity, SignIn};

/// The same use within so short a time is not written again.
const FRESH: Millis = 60_000;

impl Activity {
    /// The use that a request is.
    pub(crate) fn of(cx: &RequestContext) -> Self {
        Self { at: cx.now, ip: cx.client_ip.to_canonical().to_string(), device: cx.user_agent.clone() }
    }

    fn says_more_than(&self, before: &Self) -> bool {
        self.at.saturating_sub(before.at) >= FRESH || self.ip != before.ip || self.device != before.device
    }
}

impl UserPools {
    /// A sign-in was used for new tokens.
    pub(crate) async fn touch(&self, cx: &RequestContext, pool: &UserPool, sign_in: &SignIn) {
        let now = Activity::of(cx);
        let old = sign_in.active.as_ref().is_none_or(|before| now.says_more_than(before));
        if !old || !PoolSessions::of(&pool.settings).tracking {
            return;
        }
        if let Err(error) = self.store.touch_sign_in(cx.now, sign_in.origin_jti.clone(), now).await {
            tracing::warn!(%error, "the use of a session could not be noted");
        }
    }

    /// A sign-in was opened: those of the user that were not used for the longest time end, beyond what the pool allows.
    pub(crate) async fn evict(&self, now: Millis, pool: &UserPool, sub: &str) {
        let sessions = PoolSessions::of(&pool.settings);
        if !sessions.tracking {
            return;
        }
        let evicted = self.store.keep_sign_ins(now, pool.id.clone(), sub.to_owned(), sessions.max_per_user).await;
        if let Err(error) = evicted {
            tracing::warn!(%error, "a user's sessions could not be bounded");
        }
    }
}
