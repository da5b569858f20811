//! The postman: takes what lies in the outbox to its carrier, in the background, and comes back to what could not be delivered. A row ends when
//! its message is delivered, refused for good, or has been tried often enough; what ends undelivered is logged, counted and noted as a decision.
//! What a newer message has replaced is not sent any more.
//! A crash between delivery and the end of the row sends a message twice, never not at all.
use super::{Carrier, Undelivered};
use crate::platform::Clock;
use crate::telemetry::Metrics;
use async_trait::async_trait;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::time::{MissedTickBehavior, timeout};
use user_pools::UserPools;
use user_pools::pool::Contact;
use user_pools::ports::{Decision, DeliveryFailed, Message, Messenger, Parcel, Queued, TriggerFailed};

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

    /// Ends the row, or has it tried again.
    async fn settle(&self, parcel: &Parcel, verdict: Result<(), Failed>) {
        let Some(pools) = self.pools.get() else { return };
        let now = self.clock.now();
        let failed = parcel.attempts + 1;
        let again = now.saturating_add(pause(failed));
        let stored = match (&parcel.message, verdict) {
            (_, Err(Failed::NotOurs)) => Ok(()),
            (None, _) => {
                if parcel.sub.is_some() {
                    self.lost(pools, parcel);
                }
                pools.store.end_message(now, parcel.id.clone()).await
            }
            (Some(message), Ok(())) => {
                self.metrics.message(message.medium.medium(), "delivered");
                pools.store.end_message(now, parcel.id.clone()).await
            }
            (Some(message), Err(Failed::Unreachable(why))) if failed < ATTEMPTS && again < parcel.expires_at => {
                self.metrics.message(message.medium.medium(), "retried");
                tracing::warn!(request_id = %message.request_id, kind = %message.kind, pool = %message.pool, attempt = failed, %why, "a message could not be delivered; it is tried again");
                pools.store.retry_message(now, parcel.id.clone(), again).await
            }
            (Some(message), Err(Failed::Unreachable(why) | Failed::Refused(why))) => {
                self.give_up(pools, parcel, message, &why);
                let details =
                    format!("The {} message ({}) could not be delivered: {why}", message.medium.medium(), message.kind);
                pools.log_undeliverable(now, &message.pool, &details).await;
                pools.store.end_message(now, parcel.id.clone()).await
            }
        };
        if let Err(error) = stored {
            // The row stays and is claimed when it is due.
            tracing::warn!(%error, "the outbox cannot be written now");
        }
    }

    /// Seen, but without address, text and code.
    fn give_up(&self, pools: &UserPools, parcel: &Parcel, message: &Message, why: &str) {
        self.metrics.message(message.medium.medium(), "undeliverable");
        tracing::error!(request_id = %message.request_id, kind = %message.kind, pool = %message.pool, attempts = parcel.attempts + 1, %why, "a message was given up");
        pools.decisions.note(Decision {
            request_id: message.request_id.clone(),
            pool: Some(message.pool.0.clone()),
            expected: Some(format!("the {} message taken by the way out", message.medium.medium())),
            got: Some(format!("{why}, after {} attempts", parcel.attempts + 1)),
            fix: Some(fix(message).to_owned()),
            ..self.undelivered(parcel)
        });
    }

    /// A row about somebody that does not open: nobody knows any more what it said, but nothing goes unseen.
    fn lost(&self, pools: &UserPools, parcel: &Parcel) {
        self.metrics.message("UNKNOWN", "undeliverable");
        tracing::error!(row = %parcel.id, "a message in the outbox does not open and was given up");
        pools.decisions.note(Decision {
            request_id: parcel.id.clone(),
            expected: Some("a row sealed with a key of the key file".to_owned()),
            got: Some("a row of the outbox that does not open".to_owned()),
            fix: Some("the user has to ask for the code again".to_owned()),
            ..self.undelivered(parcel)
        });
    }

    fn undelivered(&self, parcel: &Parcel) -> Decision {
        Decision {
            at: self.clock.now(),
            request_id: String::new(),
            ip: String::new(),
            action: "deliver".to_owned(),
            pool: None,
            client: None,
            user: parcel.sub.clone(),
            allowed: false,
            rule: "message.delivered".to_owned(),
            expected: None,
            got: None,
            fix: None,
        }
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

fn fix(message: &Message) -> &'static str {
    match message.event {
        Some(_) => "look into the log of the function that the pool's LambdaConfig names as its sender",
        None => match message.medium {
            Contact::Email => "look at [smtp] of the configuration, and at the relay's own log",
            Contact::Phone => "look at [sms] of the configuration, and at the gateway's own log",
        },
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::sync::Mutex;
    use testing::Bench;
    use testing::rows;
    use user_pools::pool::{Contact, PoolSettings};
    use user_pools::ports::Outbox as _;
    use user_pools::user::User;
    use user_pools::users::Asking;

    /// Does as it is told, once for each word.
    #[derive(Default)]
    struct Script {
        carried: Mutex<Vec<Message>>,
        fails: Mutex<Vec<Undelivered>>,
    }

    #[async_trait]
    impl Carrier for Script {
        async fn carry(&self, message: &Message) -> Result<(), Undelivered> {
            if let Some(failure) = self.fails.lock().unwrap().pop() {
                return Err(failure);
            }
            self.carried.lock().unwrap().push(message.clone());
            Ok(())
        }
    }

    struct Office {
        bench: Bench,
        script: Arc<Script>,
        round: Arc<Round>,
        asking: Asking,
        ann: User,
    }

    async fn office(fails: Vec<Undelivered>) -> Office {
        office_of(fails, |_| {}).await
    }

    /// One whose pool's mails are sent by the function `Sender`.
    async fn office_with_sender() -> Office {
        let sender = |pool: &mut PoolSettings| {
            let sender = json!({"LambdaVersion": "V1_0", "LambdaArn": "Sender"});
            let config = json!({"CustomEmailSender": sender, "KMSKeyID": "key"});
            pool.documents.insert("LambdaConfig".to_owned(), config);
        };
        office_of(vec![], sender).await
    }

    /// A user who has asked for a code while nobody worked; the row is due.
    async fn office_of(fails: Vec<Undelivered>, change: impl FnOnce(&mut PoolSettings)) -> Office {
        let bench = Bench::new();
        let pool = bench.pool_with(change).await;
        let client = bench.client(&pool).await;
        let ann = bench.user(&pool, "ann").await;
        let script = Arc::new(Script { fails: Mutex::new(fails), ..Script::default() });
        let clock = Clock::default();
        clock.set(bench.now());
        let round = Round {
            carrier: script.clone(),
            pools: OnceLock::from(Arc::new(bench.pools.clone())),
            clock,
            metrics: Arc::default(),
            hands: Arc::new(Semaphore::new(HANDS)),
        };
        let asking = Asking { client: client.id, secret_hash: None, username: "ann".to_owned() };
        bench.pools.forgot_password(&bench.cx(), asking.clone()).await.unwrap();
        let office = Office { bench, script, round: Arc::new(round), asking, ann };
        office.later(HELD);
        office
    }

    impl Office {
        fn later(&self, millis: i64) {
            self.round.clock.advance(millis);
        }

        /// One round to its end; how many rows were claimed.
        async fn round(&self) -> usize {
            let claimed = self.round.go_once().await;
            let _all = self.round.hands.acquire_many(u32::try_from(HANDS).unwrap()).await.unwrap();
            claimed
        }

        /// A row that is due after that time.
        async fn put(&self, after: i64, row: Queued) {
            let now = self.round.clock.now();
            let row = Queued { due_at: now + after, expires_at: i64::MAX, ..row };
            self.bench.store.put_message(now, row).await.unwrap();
        }

        /// Until a row has ended.
        async fn ended(&self, id: &str) {
            let ended = async {
                while self.bench.store.has_message(id.to_owned()).await.unwrap() {
                    tokio::task::yield_now().await;
                }
            };
            timeout(Duration::from_secs(5), ended).await.expect("the row ends");
        }

        fn carried(&self) -> usize {
            self.script.carried.lock().unwrap().len()
        }

        fn counted(&self, result: &str) -> bool {
            let text = self.round.metrics.text();
            text.contains(&format!("cognate_messages_total{{medium=\"EMAIL\",result=\"{result}\"}} 1"))
        }
    }

    fn unreachable() -> Undelivered {
        Undelivered::Unreachable("the relay is down".to_owned())
    }

    #[tokio::test]
    async fn a_message_whose_process_died_is_delivered_by_the_next_and_once() {
        let office = office(vec![]).await;
        assert_eq!((office.round().await, office.carried()), (1, 1));
        let sent = office.script.carried.lock().unwrap()[0].clone();
        assert_eq!((sent.to.as_str(), sent.medium), ("ann@example.com", Contact::Email));
        assert_eq!(sent.code.as_deref(), office.bench.mail.last_to("ann@example.com").code.as_deref());
        office.later(HELD);
        assert_eq!((office.round().await, office.carried()), (0, 1));
        assert!(office.counted("delivered"));
    }

    #[tokio::test]
    async fn a_relay_that_is_down_is_tried_again_after_a_pause() {
        let office = office(vec![unreachable()]).await;
        assert_eq!((office.round().await, office.carried()), (1, 0));
        assert!(office.counted("retried"));
        office.later(FIRST_PAUSE - 1000);
        assert_eq!(office.round().await, 0);
        office.later(1000);
        assert_eq!((office.round().await, office.carried()), (1, 1));
    }

    #[tokio::test]
    async fn a_message_that_cannot_be_sent_is_given_up_and_seen_without_its_code() {
        let office = office((0..100).map(|_| unreachable()).collect()).await;
        let mut rounds = 0;
        for _ in 0..500 {
            rounds += office.round().await;
            office.later(60_000);
        }
        // The code lives an hour: there is no time for all eight.
        assert_eq!(rounds, 7);
        assert!(office.counted("undeliverable"));
        let seen = office.bench.decisions.last();
        assert_eq!((seen.action.as_str(), seen.allowed, seen.rule.as_str()), ("deliver", false, "message.delivered"));
        let code = office.bench.mail.code_to("ann@example.com");
        assert!(!format!("{seen:?}").contains(&code) && seen.got.unwrap().contains("the relay is down"));
    }

    #[tokio::test]
    async fn a_message_refused_for_good_is_not_tried_again() {
        let office = office(vec![Undelivered::Refused("no such mailbox".to_owned())]).await;
        assert_eq!(office.round().await, 1);
        office.later(LONGEST_PAUSE / 2);
        assert_eq!((office.round().await, office.carried()), (0, 0));
        assert!(office.counted("undeliverable"));
    }

    #[tokio::test]
    async fn a_function_sends_what_its_pool_writes_and_no_carrier_does() {
        let office = office_with_sender().await;
        office.bench.functions.echoes("Sender");
        assert_eq!((office.round().await, office.carried()), (1, 0));
        let event = office.bench.functions.last();
        assert_eq!(event["triggerSource"], "CustomEmailSender_ForgotPassword");
        assert!(office.counted("delivered"));
        office.later(HELD);
        assert_eq!(office.round().await, 0);
    }

    #[tokio::test]
    async fn a_function_that_fails_is_handed_the_same_message_again_and_given_up_in_the_end() {
        let office = office_with_sender().await;
        office.bench.functions.fails("Sender", TriggerFailed::Timeout);
        assert_eq!(office.round().await, 1);
        assert!(office.counted("retried"));
        for _ in 0..500 {
            office.later(60_000);
            office.round().await;
        }
        let log = office.bench.functions.log();
        assert!(log.len() == 7 && log.iter().all(|invoked| invoked.event == log[0].event));
        assert_eq!(office.carried(), 0, "nothing goes round the sender");
        let seen = office.bench.decisions.last();
        assert!(seen.got.unwrap().starts_with("the pool's sender: no answer in time"));
        assert!(seen.fix.unwrap().contains("LambdaConfig"));
    }

    #[tokio::test]
    async fn a_code_that_was_asked_for_again_is_sent_once() {
        let office = office(vec![]).await;
        office.bench.clock.advance(1000);
        office.bench.pools.forgot_password(&office.bench.cx(), office.asking.clone()).await.unwrap();
        assert_eq!((office.round().await, office.carried()), (1, 1));
        let (sent, newest) =
            (office.script.carried.lock().unwrap()[0].clone(), office.bench.mail.last_to("ann@example.com"));
        assert_eq!(sent.code, newest.code);
    }

    #[tokio::test]
    async fn a_message_replaced_while_it_was_in_hand_is_not_sent() {
        let office = office(vec![]).await;
        let now = office.round.clock.now();
        let older = office.bench.store.claim_messages(now, now + HELD, 1).await.unwrap().remove(0);
        let older = parcel(&office.bench.pools, older);
        office.bench.pools.forgot_password(&office.bench.cx(), office.asking.clone()).await.unwrap();
        let verdict = office.round.deliver(&older).await;
        assert!(matches!(verdict, Err(Failed::NotOurs)));
        office.round.settle(&older, verdict).await;
        assert_eq!((office.carried(), office.round().await, office.carried()), (0, 1, 1));
        let sent = office.script.carried.lock().unwrap()[0].code.clone();
        assert_eq!(sent, office.bench.mail.last_to("ann@example.com").code, "the newer one only");
    }

    #[tokio::test]
    async fn a_row_about_nobody_does_not_wait_behind_a_slow_relay() {
        let office = office(vec![]).await;
        office.put(0, Queued { sub: None, id: "nobody".to_owned(), ..rows::message(&office.ann, "x") }).await;
        let _all = office.round.hands.acquire_many(u32::try_from(HANDS).unwrap()).await.unwrap();
        let round = Arc::clone(&office.round);
        let going = tokio::spawn(async move { round.go_once().await });
        office.ended("nobody").await;
        assert!(!going.is_finished(), "the real one waits");
        going.abort();
    }

    #[tokio::test]
    async fn a_row_that_does_not_open_is_given_up_and_seen() {
        let office = office(vec![]).await;
        office.round().await;
        office.put(0, Queued { id: "damaged".to_owned(), ..rows::message(&office.ann, "x") }).await;
        assert_eq!((office.round().await, office.carried()), (1, 1));
        office.ended("damaged").await;
        let seen = office.bench.decisions.last();
        assert_eq!((seen.action.as_str(), seen.allowed, seen.user), ("deliver", false, Some(office.ann.sub)));
        assert!(office.round.metrics.text().contains("medium=\"UNKNOWN\",result=\"undeliverable\"} 1"));
    }

    #[tokio::test]
    async fn who_waits_hears_a_refusal_and_who_does_not_wait_hears_nothing() {
        let office = office(vec![]).await;
        // What was due is gone: a round that begins would take it, and the failure meant for another.
        office.round().await;
        let round = |fails: Vec<Undelivered>| {
            let script = Arc::new(Script { fails: Mutex::new(fails), ..Script::default() });
            let (postman, start) = Round::set_up(script, office.round.clock.clone(), Arc::default());
            start(Arc::new(office.bench.pools.clone()));
            postman
        };
        let parcel = async |waits| {
            office.put(HELD, Queued { id: "x".to_owned(), ..rows::message(&office.ann, "x") }).await;
            Parcel {
                id: "x".to_owned(),
                message: Some(office.bench.mail.last_to("ann@example.com")),
                sub: None,
                attempts: 0,
                held_until: i64::MAX,
                expires_at: i64::MAX,
                waits,
            }
        };
        let refuses = || round(vec![Undelivered::Refused("no such mailbox".to_owned())]);
        assert!(refuses().hand_over(parcel(true).await).await.is_err());
        assert!(refuses().hand_over(parcel(false).await).await.is_ok());
        assert!(round(vec![unreachable()]).hand_over(parcel(true).await).await.is_ok(), "it is tried again");
    }
}
