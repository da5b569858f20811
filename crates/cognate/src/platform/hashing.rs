//! Argon2id on its own few threads, so that a flood of sign-ins cannot take the serving threads (security.md 16).
//! The queue is bounded by waiting time, not by length: a caller that would wait too long is told so at once.
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash, phc::Salt};
use async_trait::async_trait;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use user_pools::ports::{Busy, PasswordHasher};
use zeroize::Zeroizing;

/// One hash takes about 20 ms; a client waits a few seconds at most before it gives up.
const LONGEST_WAIT: Duration = Duration::from_secs(3);
const FIRST_GUESS_MICROS: u64 = 25_000;

enum Work {
    Hash(Zeroizing<String>, oneshot::Sender<Option<String>>),
    Verify(Zeroizing<String>, String, oneshot::Sender<Option<bool>>),
}

/// Hashes with OWASP's 19 MiB, two passes, one lane.
pub struct HashingPool {
    queue: mpsc::Sender<Work>,
    load: Arc<Load>,
    threads: usize,
}

#[derive(Default)]
struct Load {
    waiting: AtomicUsize,
    /// Running mean of one hash, in microseconds.
    cost: AtomicU64,
}

impl HashingPool {
    /// Starts `threads` threads; they end when the pool is dropped.
    pub fn start(threads: usize) -> std::io::Result<Self> {
        let (queue, work) = mpsc::channel();
        let (work, load) = (Arc::new(Mutex::new(work)), Arc::new(Load::default()));
        load.cost.store(FIRST_GUESS_MICROS, Ordering::Relaxed);
        for index in 0..threads {
            let (work, load) = (Arc::clone(&work), Arc::clone(&load));
            std::thread::Builder::new().name(format!("hashing-{index}")).spawn(move || serve(&work, &load))?;
        }
        Ok(Self { queue, load, threads })
    }

    /// How long a newcomer would wait now.
    pub fn expected_wait(&self) -> Duration {
        let waiting = u64::try_from(self.load.waiting.load(Ordering::Relaxed)).unwrap_or(u64::MAX);
        let cost = self.load.cost.load(Ordering::Relaxed);
        Duration::from_micros(waiting.saturating_mul(cost) / u64::try_from(self.threads).unwrap_or(1).max(1))
    }

    async fn ask<T>(&self, work: impl FnOnce(oneshot::Sender<Option<T>>) -> Work) -> Result<T, Busy> {
        if self.expected_wait() > LONGEST_WAIT {
            return Err(Busy);
        }
        let (answer, wait) = oneshot::channel();
        self.load.waiting.fetch_add(1, Ordering::Relaxed);
        if self.queue.send(work(answer)).is_err() {
            self.load.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(Busy);
        }
        wait.await.ok().flatten().ok_or(Busy)
    }
}

#[async_trait]
impl PasswordHasher for HashingPool {
    async fn hash(&self, password: String) -> Result<String, Busy> {
        self.ask(|answer| Work::Hash(Zeroizing::new(password), answer)).await
    }

    async fn verify(&self, password: String, phc: String) -> Result<bool, Busy> {
        self.ask(|answer| Work::Verify(Zeroizing::new(password), phc, answer)).await
    }
}

fn serve(work: &Mutex<mpsc::Receiver<Work>>, load: &Load) {
    let argon = Argon2::default();
    loop {
        let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        let started = Instant::now();
        // A caller that has gone needs no answer; its place in the queue costs nothing then.
        let ran = match job {
            Work::Hash(_, answer) if answer.is_closed() => false,
            Work::Verify(_, _, answer) if answer.is_closed() => false,
            Work::Hash(password, answer) => {
                let _ = answer.send(hash(&argon, &password));
                true
            }
            Work::Verify(password, phc, answer) => {
                let _ = answer.send(Some(verify(&argon, &password, &phc)));
                true
            }
        };
        if ran {
            let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
            let mean = load.cost.load(Ordering::Relaxed);
            load.cost.store(mean - mean / 8 + micros / 8, Ordering::Relaxed);
        }
        load.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

fn hash(argon: &Argon2<'_>, password: &str) -> Option<String> {
    let mut salt = [0; 16];
    super::SystemRandom::fill(&mut salt);
    let salt = Salt::new(&salt).ok()?;
    argon.hash_password_with_salt(password.as_bytes(), salt.as_ref()).ok().map(|phc| phc.to_string())
}

fn verify(argon: &Argon2<'_>, password: &str, phc: &str) -> bool {
    PasswordHash::new(phc).is_ok_and(|phc| argon.verify_password(password.as_bytes(), &phc).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_verifies_against_its_own_hash_only() {
        let pool = HashingPool::start(1).unwrap();
        let phc = pool.hash("Passw0rd!".into()).await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert!(pool.verify("Passw0rd!".into(), phc.clone()).await.unwrap());
        assert!(!pool.verify("passw0rd!".into(), phc).await.unwrap());
    }

    #[tokio::test]
    async fn a_caller_who_would_wait_too_long_is_refused_at_once() {
        let pool = HashingPool::start(1).unwrap();
        pool.load.cost.store(10_000_000, Ordering::Relaxed);
        pool.load.waiting.store(1, Ordering::Relaxed);
        assert_eq!(pool.hash("x".into()).await, Err(Busy));
    }
}
