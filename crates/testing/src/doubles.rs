//! Stand-ins for the world outside: time, randomness, hashing, mail, the log of decisions.
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use async_trait::async_trait;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use user_pools::Millis;
use user_pools::ports::{
    Busy, Decision, DecisionSink, DeliveryFailed, Message, Messenger, Parcel, PasswordHasher, ProviderAnswer,
    ProviderRequest, Providers, Random,
};
use user_pools::threat::Happened;

/// A clock that stands until it is moved. Clones share the hand.
#[derive(Clone, Debug)]
pub struct Clock(Arc<AtomicI64>);

impl Default for Clock {
    /// 1 January 2026, midnight UTC.
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(1_767_225_600_000)))
    }
}

impl Clock {
    /// What it shows.
    pub fn now(&self) -> Millis {
        self.0.load(Ordering::SeqCst)
    }

    /// Moves it on (or back, with a negative number).
    pub fn advance(&self, millis: Millis) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }

    /// Sets it.
    pub fn set(&self, to: Millis) {
        self.0.store(to, Ordering::SeqCst);
    }
}

/// Random bytes that are the same in every run, from a seed.
#[derive(Debug)]
pub struct SeededRandom(Mutex<StdRng>);

impl SeededRandom {
    /// The same seed gives the same bytes.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Random for SeededRandom {
    fn fill(&self, buffer: &mut [u8]) {
        self.0.lock().unwrap().fill_bytes(buffer);
    }
}

/// Argon2id with the smallest parameters, on the calling thread. Counts its work, so that a test can see that a refusal cost a hash.
#[derive(Debug, Default)]
pub struct CheapHasher {
    salt: AtomicU64,
    work: AtomicU64,
}

impl CheapHasher {
    /// Hashes and verifications so far.
    pub fn work(&self) -> u64 {
        self.work.load(Ordering::SeqCst)
    }
}

fn argon() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap())
}

#[async_trait]
impl PasswordHasher for CheapHasher {
    async fn hash(&self, password: String) -> Result<String, Busy> {
        self.work.fetch_add(1, Ordering::SeqCst);
        let salt = format!("salt-{:011}", self.salt.fetch_add(1, Ordering::SeqCst));
        Ok(argon().hash_password_with_salt(password.as_bytes(), salt.as_bytes()).unwrap().to_string())
    }

    async fn verify(&self, password: String, phc: String) -> Result<bool, Busy> {
        self.work.fetch_add(1, Ordering::SeqCst);
        let right = |phc: PasswordHash| argon().verify_password(password.as_bytes(), &phc).is_ok();
        Ok(PasswordHash::new(&phc).is_ok_and(right))
    }
}

/// Messages that would have left the house.
#[derive(Debug, Default)]
pub struct CapturedMail {
    sent: Mutex<Vec<Message>>,
    for_senders: Mutex<Vec<Message>>,
    parcels: AtomicU64,
    broken: std::sync::atomic::AtomicBool,
}

impl CapturedMail {
    /// All messages so far, oldest first, but those that a function of the pool sends.
    pub fn all(&self) -> Vec<Message> {
        self.sent.lock().unwrap().clone()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.sent.lock().unwrap().len()
    }

    /// Messages that a function of the pool sends, oldest first.
    pub fn for_senders(&self) -> Vec<Message> {
        self.for_senders.lock().unwrap().clone()
    }

    /// How many rows of the outbox were handed over, those about nobody among them.
    pub fn parcels(&self) -> u64 {
        self.parcels.load(Ordering::SeqCst)
    }

    /// The newest message to an address. Panics when there is none.
    pub fn last_to(&self, address: &str) -> Message {
        self.all().into_iter().rev().find(|message| message.to == address).expect("no message to this address")
    }

    /// The code or temporary password in the newest message to an address. Panics when there is none.
    pub fn code_to(&self, address: &str) -> String {
        self.last_to(address).code.expect("a message without a code")
    }

    /// Lets every delivery fail from now on, or succeed again.
    pub fn break_delivery(&self, broken: bool) {
        self.broken.store(broken, Ordering::SeqCst);
    }
}

#[async_trait]
impl Messenger for CapturedMail {
    async fn hand_over(&self, parcel: Parcel) -> Result<(), DeliveryFailed> {
        self.parcels.fetch_add(1, Ordering::SeqCst);
        if self.broken.load(Ordering::SeqCst) {
            return Err(DeliveryFailed("the bench was told to fail".to_owned()));
        }
        if let Some(message) = parcel.message {
            let kept = if message.event.is_some() { &self.for_senders } else { &self.sent };
            kept.lock().unwrap().push(message);
        }
        Ok(())
    }
}

/// Answers of identity providers by URL without query, and what was asked.
#[derive(Default)]
pub struct ScriptedProviders {
    answers: Mutex<std::collections::HashMap<String, ProviderAnswer>>,
    asked: Mutex<Vec<ProviderRequest>>,
}

impl ScriptedProviders {
    /// From now on the URL answers this.
    pub fn answer(&self, url: &str, status: u16, body: &serde_json::Value) {
        let answer = ProviderAnswer { status, body: body.to_string().into_bytes() };
        self.answers.lock().unwrap().insert(url.to_owned(), answer);
    }

    /// What was asked of a URL so far, oldest first.
    pub fn asked(&self, url: &str) -> Vec<ProviderRequest> {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|request| request.url.split('?').next() == Some(url)).cloned().collect()
    }
}

#[async_trait]
impl Providers for ScriptedProviders {
    async fn ask(&self, request: ProviderRequest) -> Result<ProviderAnswer, String> {
        let url = request.url.split('?').next().unwrap_or_default().to_owned();
        self.asked.lock().unwrap().push(request);
        // As on a network, others get their turn meanwhile.
        tokio::task::yield_now().await;
        self.answers.lock().unwrap().get(&url).cloned().ok_or_else(|| format!("{url}: nobody is there"))
    }
}

/// Decisions noted so far, and events that wait to be written.
#[derive(Debug, Default)]
pub struct CapturedDecisions(Mutex<Vec<Decision>>, Mutex<Vec<Happened>>);

impl CapturedDecisions {
    /// All of them, oldest first.
    pub fn all(&self) -> Vec<Decision> {
        self.0.lock().unwrap().clone()
    }

    /// The newest one. Panics when there is none.
    pub fn last(&self) -> Decision {
        self.all().pop().expect("no decision was noted")
    }

    /// Takes the events that were noted.
    pub fn take_events(&self) -> Vec<Happened> {
        std::mem::take(&mut *self.1.lock().unwrap())
    }
}

impl DecisionSink for CapturedDecisions {
    fn note(&self, decision: Decision) {
        self.0.lock().unwrap().push(decision);
    }

    fn happened(&self, happened: Box<Happened>) {
        self.1.lock().unwrap().push(*happened);
    }
}
