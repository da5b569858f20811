//! The postman: takes what lies in the outbox to its carrier, in the background, and comes back to what could not be delivered. A row ends when
//! its message is delivered, refused for good, or has been tried often enough; what ends undelivered is logged, counted and noted as a decision.
//! What a newer message has replaced is not sent any more.
//! A crash between delivery and the end of the row sends a message twice, never not at all.
mod settle;
#[cfg(test)]
mod tests;

use super::{Carrier, Undelivered};
use crate::platform::Clock;
use crate::telemetry::Metrics;
use async_trait::async_trait;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::time::{MissedTickBehavior, timeout};
use user_pools::UserPools;
use user_pools::ports::{DeliveryFailed, Message, Messenger, Parcel, Queued, TriggerFailed};

/// Parcels handed over that wait for a hand; more stay in their rows until they are due.
const WAITING: usize = 1024;
/// Deliveries at once.
const HANDS: usize = 16;
/// The longest attempt.
const ATTEMPT: Duration = Duration::from_secs(30);
/// A delivery that nobody waits for begins so long after its question, and up to a quarter of a second more.
const SOON: Duration = Duration::from_millis(50);
/// How long a caller waits for the first attempt.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often rows that are due are looked for, how many are claimed at once, and for how long.
const ROUND: Duration = Duration::from_secs(2);
const CLAIMED: usize = 64;
const HELD: i64 = 5 * 60 * 1000;
/// Attempts at most: the last about an hour and a half after the first.
const ATTEMPTS: u32 = 8;
const FIRST_PAUSE: i64 = 5 * 1000;
const LONGEST_PAUSE: i64 = 60 * 60 * 1000;

/// The pause after that many failed attempts.
fn pause(failed: u32) -> i64 {
    FIRST_PAUSE.saturating_mul(3_i64.saturating_pow(failed.saturating_sub(1))).min(LONGEST_PAUSE)
}

/// What the rooms see: cheap, never blocks.
pub struct Postman {
    queue: mpsc::Sender<Job>,
    instant: bool,
}

struct Job {
    parcel: Parcel,
    waits: bool,
    verdict: oneshot::Sender<Result<(), DeliveryFailed>>,
}

#[async_trait]
impl Messenger for Postman {
    async fn hand_over(&self, parcel: Parcel) -> Result<(), DeliveryFailed> {
        let by_function = parcel.message.as_ref().is_some_and(|message| message.event.is_some());
        let waits = parcel.waits || self.instant && !by_function;
        let (verdict, told) = oneshot::channel();
        // No room: the row is claimed when it is due.
        if self.queue.try_send(Job { parcel, waits, verdict }).is_err() || !waits {
            return Ok(());
        }
        timeout(PATIENCE, told).await.map_or(Ok(()), |told| told.unwrap_or(Ok(())))
    }
}

/// The one who works.
pub struct Round {
    carrier: Arc<dyn Carrier>,
    /// Known once everything is put together: the rooms are given their postman first.
    pools: OnceLock<Arc<UserPools>>,
    clock: Clock,
    metrics: Arc<Metrics>,
    hands: Arc<Semaphore>,
}

impl Round {
    /// A postman and the one who works for it.
    pub fn set_up(
        carrier: Arc<dyn Carrier>,
        clock: Clock,
        metrics: Arc<Metrics>,
    ) -> (Postman, impl FnOnce(Arc<UserPools>)) {
        let (queue, parcels) = mpsc::channel(WAITING);
        let postman = Postman { queue, instant: carrier.is_instant() };
        let hands = Arc::new(Semaphore::new(HANDS));
        let round = Arc::new(Self { carrier, pools: OnceLock::new(), clock, metrics, hands });
        let start = move |pools: Arc<UserPools>| {
            let _ = round.pools.set(pools);
            tokio::spawn(Arc::clone(&round).take(parcels));
            tokio::spawn(round.come_back());
        };
        (postman, start)
    }

    /// A free hand; what is about nobody needs none, and does not wait behind a slow relay.
    async fn hand(&self, parcel: &Parcel) -> Option<OwnedSemaphorePermit> {
        parcel.message.as_ref()?;
        Arc::clone(&self.hands).acquire_owned().await.ok()
    }

    /// Delivers what is handed over.
    async fn take(self: Arc<Self>, mut parcels: mpsc::Receiver<Job>) {
        let desk = Arc::new(Semaphore::new(WAITING));
        while let Some(job) = parcels.recv().await {
            let Ok(place) = Arc::clone(&desk).acquire_owned().await else { return };
            let round = Arc::clone(&self);
            tokio::spawn(async move {
                tokio::time::sleep(round.moment(job.waits)).await;
                let hand = round.hand(&job.parcel).await;
                let verdict = round.deliver(&job.parcel).await;
                let told = verdict.as_ref().map_or_else(Failed::verdict, |()| Ok(()));
                // Nobody waits for the end of a row. But a failure is in the log and in the row before anybody hears of it.
                if verdict.is_ok() {
                    let _ = job.verdict.send(told);
                    round.settle(&job.parcel, verdict).await;
                } else {
                    round.settle(&job.parcel, verdict).await;
                    let _ = job.verdict.send(told);
                }
                drop((place, hand));
            });
        }
    }

    /// When nobody waits, the work begins a random moment later: the processor time that a real delivery takes, and one to nobody does not,
    /// must not fall into the answer to the very question that caused it.
    fn moment(&self, waits: bool) -> Duration {
        let mut drawn = [0];
        match self.pools.get() {
            Some(pools) if !waits => pools.random.fill(&mut drawn),
            _ => return Duration::ZERO,
        }
        SOON + Duration::from_millis(u64::from(drawn[0]))
    }

    /// Claims what is due and delivers it.
    async fn come_back(self: Arc<Self>) {
        let mut tick = tokio::time::interval(ROUND);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            while self.go_once().await == CLAIMED {}
        }
    }

    /// How many rows were claimed.
    async fn go_once(self: &Arc<Self>) -> usize {
        let Some(pools) = self.pools.get() else { return 0 };
        let now = self.clock.now();
        let mut claimed = match pools.store.claim_messages(now, now.saturating_add(HELD), CLAIMED).await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::warn!(%error, "the outbox cannot be read now");
                return 0;
            }
        };
        let count = claimed.len();
        // First those that need no hand.
        claimed.sort_by_key(|row| row.sub.is_some());
        for row in claimed {
            let parcel = parcel(pools, row);
            let hand = self.hand(&parcel).await;
            let round = Arc::clone(self);
            tokio::spawn(async move {
                let verdict = round.deliver(&parcel).await;
                round.settle(&parcel, verdict).await;
                drop(hand);
            });
        }
        count
    }

    async fn deliver(&self, parcel: &Parcel) -> Result<(), Failed> {
        // Asked for those about nobody too: they cost the same.
        self.still_waits(parcel).await?;
        let Some(message) = &parcel.message else { return Ok(()) };
        let end = self.clock.now().saturating_add(i64::try_from(ATTEMPT.as_millis()).unwrap_or(i64::MAX));
        if end > parcel.held_until {
            // Whoever claims the row next delivers it; two must not.
            return Err(Failed::NotOurs);
        }
        match timeout(ATTEMPT, self.carry(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(Undelivered::Refused(why))) => Err(Failed::Refused(why)),
            Ok(Err(Undelivered::Unreachable(why))) => Err(Failed::Unreachable(why)),
            Err(_) => Err(Failed::Unreachable("the attempt took too long".to_owned())),
        }
    }

    /// A code that was asked for again since is worth nothing: its message must not arrive behind the newer one.
    async fn still_waits(&self, parcel: &Parcel) -> Result<(), Failed> {
        let Some(pools) = self.pools.get() else { return Err(Failed::NotOurs) };
        match pools.store.has_message(parcel.id.clone()).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Failed::NotOurs),
            Err(error) => {
                tracing::warn!(%error, "the outbox cannot be read now");
                Err(Failed::NotOurs)
            }
        }
    }

    /// By a function of the pool where it has one for that way, else by the carrier. A function that failed is tried again as Lambda does with
    /// events that nobody waits for; one that is not there may come back.
    async fn carry(&self, message: &Message) -> Result<(), Undelivered> {
        if let Some(pools) = self.pools.get()
            && pools.send_by_function(message).await.map_err(unsent)?
        {
            return Ok(());
        }
        self.carrier.carry(message).await
    }
}

/// A claimed row as it is carried.
fn parcel(pools: &UserPools, row: Queued) -> Parcel {
    Parcel {
        message: pools.open_message(&row),
        id: row.id,
        sub: row.sub,
        attempts: row.attempts,
        held_until: row.due_at,
        expires_at: row.expires_at,
        waits: false,
    }
}

/// Without the function's own words: they may hold the address or the code.
fn unsent(failure: TriggerFailed) -> Undelivered {
    let why = match failure {
        TriggerFailed::Function(_) => "it raised an error".to_owned(),
        other => other.to_string(),
    };
    Undelivered::Unreachable(format!("the pool's sender: {why}"))
}

/// Why an attempt did not deliver.
enum Failed {
    Refused(String),
    Unreachable(String),
    /// It is somebody else's by now, or nobody's.
    NotOurs,
}

impl Failed {
    /// What the caller is told: what will be tried again is no failure.
    fn verdict(&self) -> Result<(), DeliveryFailed> {
        match self {
            Self::Refused(why) => Err(DeliveryFailed(why.clone())),
            Self::Unreachable(_) | Self::NotOurs => Ok(()),
        }
    }
}
