//! The brake on guessing (spec C.15): five failures are free, the n-th locks for 2^(n-5) seconds, about a quarter of an hour at most.
//! An attempt is counted before it is examined, so parallel guesses cannot slip through; success clears the count. Within this process
//! attempts at one name take turns, so that many right ones at once are not taken for guessing.
use crate::context::RequestContext;
use crate::error::Result;
use crate::ids::{Millis, PoolId};
use crate::messages;
use crate::ports::{Attempt, LockoutPolicy};
use crate::service::UserPools;
use aws_lc_rs::digest;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OwnedMutexGuard;

/// Cognito's curve.
pub const POLICY: LockoutPolicy = LockoutPolicy { free: 5, unit: 1000, cap: QUARTER_HOUR, forget_after: QUARTER_HOUR };
/// For answers to custom challenges, which AWS does not count at all: its functions end a sign-in after so many wrong ones, but nothing ends the
/// sign-ins. So many answers are free that nobody meets this who is not guessing; then the same curve.
pub const CUSTOM: LockoutPolicy = LockoutPolicy { free: 20, ..POLICY };
const QUARTER_HOUR: Millis = 15 * 60 * 1000;
/// So many may wait for their turn at one name; the next is told that there are too many.
const LONGEST_QUEUE: usize = 64;

/// What is being guessed. Each has its own count: a right password must not forgive wrong MFA codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guess {
    /// The password, in any flow.
    Password,
    /// A second factor.
    Mfa,
    /// A first factor other than the password: a code that was sent, a passkey. Whoever merely knows a name can spend these guesses, so they
    /// must not lock the second factor; and they must not forgive guesses at it.
    First,
    /// The answer to a custom challenge.
    Custom,
}

/// The key under which guesses are counted. `name` is the folded internal username, or the folded name as sent when there is no such user:
/// one user's aliases share one count, and unknown names are counted like known ones.
pub fn key(guess: Guess, pool: &PoolId, name: &str) -> String {
    let kind = match guess {
        Guess::Password => "password",
        Guess::Mfa => "mfa",
        Guess::First => "first",
        Guess::Custom => "custom",
    };
    format!("{kind}:{pool}:{}", short(name))
}

/// The longest name that stands in a key as it is, in bytes: 128 characters of four.
const LONGEST_NAME: usize = 512;

/// A name as part of a stored key. Nobody has a longer one, but anybody may send it: its hash keeps each row small.
pub(crate) fn short(name: &str) -> Cow<'_, str> {
    if name.len() <= LONGEST_NAME {
        return Cow::Borrowed(name);
    }
    Cow::Owned(format!("sha256:{}", hex::encode(digest::digest(&digest::SHA256, name.as_bytes()))))
}

type Queue = Arc<tokio::sync::Mutex<()>>;

/// Who is guessing at which name right now.
#[derive(Clone, Default)]
pub(crate) struct Turns(Arc<Mutex<HashMap<String, Queue>>>);

/// An attempt that has been counted. Hold it until the count has been cleared, or the attempt has failed.
pub(crate) struct Counted {
    /// Under which key.
    pub key: String,
    turn: Option<(OwnedMutexGuard<()>, Turns)>,
}

impl Turns {
    /// The queue at a key; `None` when it is too long.
    fn queue(&self, key: &str) -> Option<Queue> {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = queues.entry(key.to_owned()).or_default();
        (Arc::strong_count(queue) <= LONGEST_QUEUE).then(|| Arc::clone(queue))
    }

    /// Forgets a queue that nobody but its last holder knows.
    fn leave(&self, key: &str) {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if queues.get(key).is_some_and(|queue| Arc::strong_count(queue) <= 2) {
            queues.remove(key);
        }
    }
}

impl Counted {
    /// Stands in where nothing was guessed, but a count may have to be cleared.
    pub(crate) const fn nothing(key: String) -> Self {
        Self { key, turn: None }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        if let Some((_, turns)) = &self.turn {
            turns.leave(&self.key);
        }
    }
}

impl UserPools {
    /// Waits for the turn at the key and counts an attempt, or refuses it during a lock (K 20).
    pub(crate) async fn begin_guess(&self, cx: &RequestContext, key: String) -> Result<Counted> {
        let turns = self.memory.turns.clone();
        let crowded = || messages::TOO_MANY_REQUESTS.because("too many sign-ins of one user at once");
        let guard = turns.queue(&key).ok_or_else(crowded)?.lock_owned().await;
        let counted = Counted { key, turn: Some((guard, turns)) };
        self.count_guess(cx, &counted.key, POLICY).await?;
        Ok(counted)
    }

    /// The same without a turn: nobody waits for others' functions.
    pub(crate) async fn count_guess(&self, cx: &RequestContext, key: &str, policy: LockoutPolicy) -> Result<()> {
        match self.store.begin_attempt(cx.now, key.to_owned(), policy).await? {
            Attempt::Allowed { .. } => Ok(()),
            Attempt::Locked { until } => {
                let seconds = until.saturating_sub(cx.now).max(0) / 1000;
                Err(messages::PASSWORD_ATTEMPTS_EXCEEDED.because(format!("locked for another {seconds} s")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_nobody_can_have_makes_no_long_key() {
        let key = |name: &str| key(Guess::Password, &PoolId("us-east-1_Example01".into()), name);
        assert_eq!(key("ann"), "password:us-east-1_Example01:ann");
        let (one, other) = (key(&"a".repeat(100_000)), key(&"a".repeat(100_001)));
        assert!(one.len() < 120 && one != other, "{one}");
    }

    #[test]
    fn a_queue_that_is_left_by_the_last_is_forgotten() {
        let turns = Turns::default();
        let counted = |key: &str| {
            let guard = turns.queue(key).unwrap().try_lock_owned().ok()?;
            Some(Counted { key: key.into(), turn: Some((guard, turns.clone())) })
        };
        let first = counted("a").unwrap();
        assert!(counted("a").is_none(), "one at a time");
        let other = counted("b").unwrap();
        drop((first, other));
        assert!(turns.0.lock().unwrap().is_empty());
    }

    #[test]
    fn a_queue_does_not_grow_without_end() {
        let turns = Turns::default();
        let waiting: Vec<_> = std::iter::from_fn(|| turns.queue("a")).take(1000).collect();
        assert_eq!(waiting.len(), LONGEST_QUEUE);
    }
}
