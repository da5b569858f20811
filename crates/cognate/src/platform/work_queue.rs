//! A queue that many threads take from, and that tells each of them when it has had nothing to do for a while: the moment to give memory back.
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What a thread is to do next.
#[derive(Debug, PartialEq, Eq)]
pub enum Next<T> {
    /// This.
    Work(T),
    /// Nothing came in the time given.
    Idle,
    /// Nothing any more: the giving end is gone.
    End,
}

struct Shared<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    waiting: VecDeque<T>,
    ended: bool,
}

impl<T> Shared<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The giving end. Once it is dropped, what waits is still taken, then the threads are told to end.
pub struct WorkQueue<T>(Arc<Shared<T>>);

/// A taking end.
pub struct Taker<T>(Arc<Shared<T>>);

impl<T> WorkQueue<T> {
    /// An empty queue.
    pub fn new() -> Self {
        let state = Mutex::new(State { waiting: VecDeque::new(), ended: false });
        Self(Arc::new(Shared { state, changed: Condvar::new() }))
    }

    /// A taking end for one thread.
    pub fn taker(&self) -> Taker<T> {
        Taker(Arc::clone(&self.0))
    }

    /// Puts work at the end.
    pub fn give(&self, work: T) {
        self.0.state().waiting.push_back(work);
        self.0.changed.notify_one();
    }
}

impl<T> Drop for WorkQueue<T> {
    fn drop(&mut self) {
        self.0.state().ended = true;
        self.0.changed.notify_all();
    }
}

impl<T> Taker<T> {
    /// Waits for work, at most `patience` where that is given.
    pub fn next(&self, patience: Option<Duration>) -> Next<T> {
        let nothing = |state: &mut State<T>| state.waiting.is_empty() && !state.ended;
        let state = self.0.state();
        let mut state = match patience {
            None => self.0.changed.wait_while(state, nothing).unwrap_or_else(PoisonError::into_inner),
            Some(patience) => {
                let waited = self.0.changed.wait_timeout_while(state, patience, nothing);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
        };
        match state.waiting.pop_front() {
            Some(work) => Next::Work(work),
            None if state.ended => Next::End,
            None => Next::Idle,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_taken_in_order_and_what_waits_is_taken_before_the_end() {
        let queue = WorkQueue::new();
        let taker = queue.taker();
        assert_eq!(taker.next(Some(Duration::ZERO)), Next::Idle);
        queue.give(1);
        queue.give(2);
        drop(queue);
        assert_eq!(
            [taker.next(None), taker.next(Some(Duration::ZERO)), taker.next(None)],
            [Next::Work(1), Next::Work(2), Next::End]
        );
    }

    #[test]
    fn every_waiting_thread_hears_of_the_end() {
        let queue = WorkQueue::<u8>::new();
        let threads = [None, Some(Duration::from_mins(1))].map(|patience| {
            let taker = queue.taker();
            std::thread::spawn(move || taker.next(patience))
        });
        drop(queue);
        assert!(threads.into_iter().all(|thread| thread.join().unwrap() == Next::End));
    }
}
