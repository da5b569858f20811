//! Argon2id on its own few threads, so that a flood of sign-ins cannot take the serving threads (security.md 16).
//! The queue is bounded by waiting time, not by length: a caller that would wait too long is told so at once.
use super::foreign_hashes;
use super::work_queue::{Next, Taker, WorkQueue};
use argon2::password_hash::phc::{Output, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use async_trait::async_trait;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use user_pools::ports::{Busy, PasswordHasher};
use zeroize::Zeroizing;

/// One hash takes about 20 ms; a client waits a few seconds at most before it gives up.
const LONGEST_WAIT: Duration = Duration::from_secs(3);
const FIRST_GUESS_MICROS: u64 = 25_000;
/// A thread keeps its 19 MiB from one hash to the next, and gives them back when nobody has signed in for this long.
const KEEP_MEMORY: Duration = Duration::from_secs(2);
/// Room asked for, in blocks of 1 KiB; what is not used of it costs no memory. glibc moves its line between memory that goes back to the system
/// when freed and memory that stays in the process upwards with every freed block, but never above 32 MiB: this much always goes back.
const ROOM: usize = 33 * 1024;

enum Work {
    Hash(Zeroizing<String>, oneshot::Sender<Option<String>>),
    Verify(Zeroizing<String>, String, oneshot::Sender<Option<bool>>),
}

/// Hashes with OWASP's 19 MiB, two passes, one lane.
pub struct HashingPool {
    queue: WorkQueue<Work>,
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
        let (queue, load) = (WorkQueue::new(), Arc::new(Load::default()));
        load.cost.store(FIRST_GUESS_MICROS, Ordering::Relaxed);
        for index in 0..threads {
            let (work, load) = (queue.taker(), Arc::clone(&load));
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
        self.queue.give(work(answer));
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

fn serve(work: &Taker<Work>, load: &Load) {
    let mut desk = Desk::default();
    loop {
        match work.next(desk.has_memory().then_some(KEEP_MEMORY)) {
            Next::Work(job) => serve_one(&mut desk, job, load),
            Next::Idle => desk.give_memory_back(),
            Next::End => return,
        }
    }
}

fn serve_one(desk: &mut Desk, job: Work, load: &Load) {
    let started = Instant::now();
    // A caller that has gone needs no answer; its place in the queue costs nothing then.
    let ran = match job {
        Work::Hash(_, answer) if answer.is_closed() => false,
        Work::Verify(_, _, answer) if answer.is_closed() => false,
        Work::Hash(password, answer) => {
            let _ = answer.send(desk.hash(&password));
            true
        }
        Work::Verify(password, phc, answer) => {
            let right = desk.verify(&password, &phc).or_else(|| foreign_hashes::verify(&password, &phc));
            let _ = answer.send(Some(right == Some(true)));
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

/// What one thread hashes with: memory that is used again, instead of fresh pages for every hash.
#[derive(Default)]
struct Desk {
    memory: Vec<Block>,
}

impl Desk {
    fn has_memory(&self) -> bool {
        self.memory.capacity() > 0
    }

    fn give_memory_back(&mut self) {
        self.memory = Vec::new();
    }

    fn hash(&mut self, password: &str) -> Option<String> {
        let argon = Argon2::default();
        let mut salt = [0; 16];
        super::SystemRandom::fill(&mut salt);
        let salt = Salt::new(&salt).ok()?;
        let hash = self.fill(&argon, password, &salt, Params::DEFAULT_OUTPUT_LEN)?;
        let params = argon.params().try_into().ok()?;
        let (algorithm, version) = (Algorithm::default().ident(), Some(Version::default().into()));
        Some(PasswordHash { algorithm, version, params, salt: Some(salt), hash: Some(hash) }.to_string())
    }

    /// Whether the password is the hash's; `None` for what is not a hash of ours. [`Output`]s compare in constant time.
    fn verify(&mut self, password: &str, phc: &str) -> Option<bool> {
        let phc = PasswordHash::new(phc).ok()?;
        let algorithm = Algorithm::try_from(phc.algorithm.as_str()).ok()?;
        let version = Version::try_from(phc.version?).ok()?;
        let argon = Argon2::new(algorithm, version, Params::try_from(&phc).ok()?);
        let expected = phc.hash?;
        let hash = self.fill(&argon, password, &phc.salt?, expected.len())?;
        Some(hash == expected)
    }

    fn fill(&mut self, argon: &Argon2<'_>, password: &str, salt: &Salt, length: usize) -> Option<Output> {
        let blocks = argon.params().block_count();
        if self.memory.len() < blocks {
            self.memory.reserve_exact(ROOM.max(blocks).saturating_sub(self.memory.len()));
            self.memory.resize(blocks, Block::new());
        }
        let mut out = Zeroizing::new([0; Output::MAX_LENGTH]);
        let out = out.get_mut(..length)?;
        argon.hash_password_into_with_memory(password.as_bytes(), salt, out, self.memory.get_mut(..blocks)?).ok()?;
        Output::new(out).ok()
    }
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

    #[test]
    fn a_desk_hashes_as_the_library_does_with_memory_that_was_used_before() {
        use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
        let mut desk = Desk::default();
        for password in ["one", "two", "one"] {
            let phc = PasswordHash::new(&desk.hash(password).unwrap()).unwrap();
            assert!(Argon2::default().verify_password(password.as_bytes(), &phc).is_ok(), "{password}");
        }
        let theirs = Argon2::default().hash_password_with_salt(b"one", &[7; 16]).unwrap().to_string();
        assert_eq!((desk.verify("one", &theirs), desk.verify("two", &theirs)), (Some(true), Some(false)));
        assert_eq!(desk.verify("one", "$2b$12$abcdefghijklmnopqrstuv"), None);
    }

    #[test]
    fn hashes_of_other_costs_verify_one_after_the_other() {
        use argon2::password_hash::PasswordHasher as _;
        let mut desk = Desk::default();
        for (blocks, passes) in [(8, 1), (256, 3), (64, 1)] {
            let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(blocks, passes, 1, None).unwrap());
            let phc = argon.hash_password_with_salt(b"one", &[7; 16]).unwrap().to_string();
            assert_eq!(desk.verify("one", &phc), Some(true), "{phc}");
        }
    }

    #[test]
    fn memory_is_kept_between_hashes_and_goes_back_when_nobody_signs_in() {
        let mut desk = Desk::default();
        assert!(!desk.has_memory());
        desk.hash("x").unwrap();
        assert!(desk.has_memory());
        desk.give_memory_back();
        assert!(!desk.has_memory());
    }

    #[tokio::test]
    async fn a_caller_who_would_wait_too_long_is_refused_at_once() {
        let pool = HashingPool::start(1).unwrap();
        pool.load.cost.store(10_000_000, Ordering::Relaxed);
        pool.load.waiting.store(1, Ordering::Relaxed);
        assert_eq!(pool.hash("x".into()).await, Err(Busy));
    }
}
