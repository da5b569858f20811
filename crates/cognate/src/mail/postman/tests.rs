//! The postman over a store, with carriers that fail as they are told.
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
