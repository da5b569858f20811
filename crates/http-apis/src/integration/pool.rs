//! Idle connections to backends, one pool per worker: no lock is shared between threads.
//! Last in, first out, so that connections beyond the present load grow old and are dropped.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use hyper::client::conn::http1::SendRequest;
use tokio::time::Instant;

use crate::{gateway::Upload, snapshot::Origin};

/// Backends close idle connections themselves, the hastiest common ones after five seconds; being first avoids the race.
const MAX_IDLE: Duration = Duration::from_secs(4);
const MAX_PER_ORIGIN: usize = 256;

/// A worker's idle connections.
#[derive(Default)]
pub(crate) struct Pool {
    idle: Mutex<HashMap<Arc<Origin>, Vec<Idle>>>,
}

struct Idle {
    sender: SendRequest<Upload>,
    since: Instant,
}

/// A connection in use. Given back when its answer has been read to the end, dropped otherwise.
pub struct Lease {
    pool: Weak<Pool>,
    origin: Arc<Origin>,
    pub(crate) sender: SendRequest<Upload>,
}

impl Pool {
    /// The connection used last that is still open.
    pub(crate) fn take(self: &Arc<Self>, origin: &Arc<Origin>) -> Option<Lease> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let list = idle.get_mut(origin)?;
        while let Some(Idle { sender, since }) = list.pop() {
            if !sender.is_closed() && since.elapsed() < MAX_IDLE {
                return Some(self.lease(origin, sender));
            }
        }
        None
    }

    /// A new connection, to be given back here later.
    pub(crate) fn lease(self: &Arc<Self>, origin: &Arc<Origin>, sender: SendRequest<Upload>) -> Lease {
        Lease { pool: Arc::downgrade(self), origin: Arc::clone(origin), sender }
    }

    fn put(&self, origin: Arc<Origin>, sender: SendRequest<Upload>) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let list = idle.entry(origin).or_default();
        // The oldest stand first: whatever is too old goes from the front, a little at each return.
        let old = list.iter().take_while(|idle| idle.since.elapsed() >= MAX_IDLE).count();
        list.drain(..old);
        if list.len() < MAX_PER_ORIGIN {
            list.push(Idle { sender, since: Instant::now() });
        }
    }
}

impl Lease {
    /// Back to the pool, if the connection may be used again.
    pub(crate) fn give_back(self) {
        if self.sender.is_closed() {
            return;
        }
        if let Some(pool) = self.pool.upgrade() {
            pool.put(self.origin, self.sender);
        }
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Lease").field("origin", &self.origin).finish_non_exhaustive()
    }
}
