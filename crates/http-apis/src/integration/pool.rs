//! Idle connections to backends, one pool per worker: no lock is shared between threads.
//! Last in, first out, so that connections beyond the present load grow old and are dropped.

use std::{
    collections::HashMap,
    fmt,
    hash::{BuildHasherDefault, Hasher},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use hyper::client::conn::http1::SendRequest;
use tokio::time::{Instant, Sleep};

use crate::{gateway::Upload, snapshot::Origin};

/// Backends close idle connections themselves, the hastiest common ones after five seconds; being first avoids the race.
const MAX_IDLE: Duration = Duration::from_secs(4);
const MAX_PER_ORIGIN: usize = 256;

/// A worker's idle connections.
#[derive(Default)]
pub(crate) struct Pool {
    idle: Mutex<HashMap<Arc<Origin>, Vec<Idle>, BuildHasherDefault<ByNumber>>>,
}

struct Idle {
    sender: SendRequest<Upload>,
    since: Instant,
    timer: Timer,
}

/// A timer that goes with its connection from request to request.
pub(crate) type Timer = Pin<Box<Sleep>>;

/// Takes the number that an origin has as its hash for what it is.
#[derive(Default)]
pub(crate) struct ByNumber(u64);

impl Hasher for ByNumber {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {}

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

/// A connection in use. Given back when its answer has been read to the end, dropped otherwise.
pub struct Lease {
    pool: Weak<Pool>,
    origin: Arc<Origin>,
    pub(crate) sender: SendRequest<Upload>,
}

impl Pool {
    /// The connection used last that is still open.
    pub(crate) fn take(self: &Arc<Self>, origin: &Arc<Origin>) -> Option<(Lease, Timer)> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let list = idle.get_mut(origin)?;
        let now = Instant::now();
        while let Some(Idle { sender, since, timer }) = list.pop() {
            if !sender.is_closed() && now.duration_since(since) < MAX_IDLE {
                return Some((self.lease(origin, sender), timer));
            }
        }
        None
    }

    /// A new connection, to be given back here later.
    pub(crate) fn lease(self: &Arc<Self>, origin: &Arc<Origin>, sender: SendRequest<Upload>) -> Lease {
        Lease { pool: Arc::downgrade(self), origin: Arc::clone(origin), sender }
    }

    fn put(&self, origin: Arc<Origin>, sender: SendRequest<Upload>, timer: Timer) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let list = idle.entry(origin).or_default();
        // The oldest stand first: whatever is too old goes from the front, a little at each return.
        let now = Instant::now();
        let old = list.iter().take_while(|idle| now.duration_since(idle.since) >= MAX_IDLE).count();
        list.drain(..old);
        if list.len() < MAX_PER_ORIGIN {
            list.push(Idle { sender, since: now, timer });
        }
    }
}

impl Lease {
    /// Back to the pool with the timer it was used under, if the connection may be used again.
    pub(crate) fn give_back(self, timer: Timer) {
        if self.sender.is_closed() {
            return;
        }
        if let Some(pool) = self.pool.upgrade() {
            pool.put(self.origin, self.sender, timer);
        }
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Lease").field("origin", &self.origin).finish_non_exhaustive()
    }
}
