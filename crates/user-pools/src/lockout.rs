//! The brake on guessing (spec C.15): five failures are free, the n-th locks for 2^(n-5) seconds, about a quarter of an hour at most.
//! An attempt is counted before it is examined, so parallel guesses cannot slip through; success clears the count.
use crate::context::RequestContext;
use crate::error::Result;
use crate::ids::{Millis, PoolId};
use crate::messages;
use crate::ports::{Attempt, LockoutPolicy};
use crate::service::UserPools;

/// Cognito's curve.
pub const POLICY: LockoutPolicy = LockoutPolicy { free: 5, unit: 1000, cap: QUARTER_HOUR, forget_after: QUARTER_HOUR };
const QUARTER_HOUR: Millis = 15 * 60 * 1000;

/// What is being guessed. Each has its own count: a right password must not forgive wrong MFA codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guess {
    /// The password, in any flow.
    Password,
    /// A second factor's code.
    Mfa,
}

/// The key under which guesses are counted. `name` is the folded internal username, or the folded name as sent when there is no such user:
/// one user's aliases share one count, and unknown names are counted like known ones.
pub fn key(guess: Guess, pool: &PoolId, name: &str) -> String {
    let kind = match guess {
        Guess::Password => "password",
        Guess::Mfa => "mfa",
    };
    format!("{kind}:{pool}:{name}")
}

impl UserPools {
    /// Counts an attempt, or refuses it during a lock (K 20).
    pub(crate) async fn begin_guess(&self, cx: &RequestContext, key: &str) -> Result<()> {
        match self.store.begin_attempt(cx.now, key.to_owned(), POLICY).await? {
            Attempt::Allowed { .. } => Ok(()),
            Attempt::Locked { until } => {
                let seconds = until.saturating_sub(cx.now).max(0) / 1000;
                Err(messages::PASSWORD_ATTEMPTS_EXCEEDED.because(format!("locked for another {seconds} s")))
            }
        }
    }
}
