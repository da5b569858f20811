//! What a connection may take: time to say its head, time to read its answers, time to be idle. Each thread looks through its connections
//! once a second instead of setting a timer for every request, and ends those that are late.
use super::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use hyper::rt::{Read, ReadBufCursor, Write};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::task::AbortHandle;

/// How often connections are looked at.
pub const TICK: Duration = Duration::from_secs(1);
/// Ticks for a client to send a request's head, and to ask its first thing.
const HEAD: u32 = 15;
/// Ticks for a connection to be idle between two requests.
const IDLE: u32 = 60;
/// Ticks for a client to take nothing of an answer that waits for it.
const UNREAD: u32 = 30;
/// Bytes of a tick that are an answer on its way, not pings and their like.
const MOVES: u32 = 512;

/// What is known of a connection. Written by its task, read by the look-through of the same thread.
#[derive(Debug, Default)]
pub struct Traffic {
    /// Requests whose answers are not wholly handed over.
    answering: AtomicU32,
    /// Requests begun; also how the look-through sees that something happened.
    asked: AtomicU32,
    /// HTTP/2: its streams have windows of their own, and what is said beside them is no request.
    streams: AtomicBool,
    /// Answers with more to say that nobody asks for: their stream's window is full.
    untaken: AtomicU32,
    /// Pieces of answers taken.
    taken: AtomicU32,
    /// Bytes came since the last answer: a head has begun.
    heard: AtomicBool,
    /// The last write found the client's window full.
    blocked: AtomicBool,
    /// Writes that took something.
    written: AtomicU32,
    /// Bytes of them, wrapping.
    bytes: AtomicU32,
    ended: AtomicBool,
}

/// Why a connection is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Late {
    /// The head did not come, or not whole.
    Head,
    /// Nothing was asked for long.
    Idle,
    /// The client does not read its answer.
    Unread,
}

impl Traffic {
    /// A request has come in; its answer is under way until the guard goes.
    pub fn begin(self: &Arc<Self>, streams: bool) -> Answering {
        if streams {
            self.streams.store(true, Ordering::Relaxed);
        }
        self.answering.fetch_add(1, Ordering::Relaxed);
        self.asked.fetch_add(1, Ordering::Relaxed);
        Answering(Arc::clone(self))
    }
}

/// An answer under way.
#[derive(Debug)]
pub struct Answering(Arc<Traffic>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.answering.fetch_sub(1, Ordering::Relaxed);
        self.0.asked.fetch_add(1, Ordering::Relaxed);
        self.0.heard.store(false, Ordering::Relaxed);
    }
}

/// A connection as the look-through sees it.
struct Seen {
    traffic: Arc<Traffic>,
    task: AbortHandle,
    asked: u32,
    written: u32,
    bytes: u32,
    taken: u32,
    /// Ticks since anything was asked or answered.
    quiet: u32,
    /// Ticks since a head began.
    head: u32,
    /// Ticks since the client took something of what waits for it.
    unread: u32,
}

impl Seen {
    fn new(traffic: Arc<Traffic>, task: AbortHandle) -> Self {
        Self { traffic, task, asked: 0, written: 0, bytes: 0, taken: 0, quiet: 0, head: 0, unread: 0 }
    }

    /// A tick has passed. `Some` when it is enough.
    fn tick(&mut self) -> Option<Late> {
        let traffic = &self.traffic;
        let now = |count: &AtomicU32| count.load(Ordering::Relaxed);
        let (asked, written) = (now(&traffic.asked), now(&traffic.written));
        let (bytes, taken) = (now(&traffic.bytes), now(&traffic.taken));
        let streams = traffic.streams.load(Ordering::Relaxed);
        let blocked = traffic.blocked.load(Ordering::Relaxed) && written == self.written;
        let moves = streams && bytes.wrapping_sub(self.bytes) >= MOVES;
        let untaken = streams && now(&traffic.untaken) > 0 && taken == self.taken && !moves;
        self.unread = if blocked || untaken { self.unread + 1 } else { 0 };
        let quiet = asked == self.asked && now(&traffic.answering) == 0 && !blocked && !moves;
        self.quiet = if quiet { self.quiet + 1 } else { 0 };
        self.head = if quiet && !streams && traffic.heard.load(Ordering::Relaxed) { self.head + 1 } else { 0 };
        (self.asked, self.written, self.bytes, self.taken) = (asked, written, bytes, taken);
        match () {
            () if self.unread > UNREAD => Some(Late::Unread),
            () if self.head > HEAD || asked == 0 && self.quiet > HEAD => Some(Late::Head),
            () if self.quiet > IDLE => Some(Late::Idle),
            () => None,
        }
    }
}

/// The connections of one thread.
#[derive(Clone, Default)]
pub struct Connections(Arc<Mutex<Vec<Seen>>>);

impl Connections {
    /// Takes a connection in.
    pub fn add(&self, traffic: Arc<Traffic>, task: AbortHandle) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Seen::new(traffic, task));
    }

    /// How many there are. Those that ended a moment ago are let go first.
    pub fn count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Lets go of those that have ended.
    pub fn sweep(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|seen| !seen.traffic.ended.load(Ordering::Relaxed));
    }

    /// One look through all of them: late ones are ended.
    pub fn look_through(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain_mut(|seen| {
            if seen.traffic.ended.load(Ordering::Relaxed) {
                return false;
            }
            let Some(late) = seen.tick() else { return true };
            tracing::debug!(?late, "a connection was ended");
            seen.task.abort();
            false
        });
    }
}

/// A stream that tells its traffic.
pub struct Watched<S> {
    stream: S,
    traffic: Arc<Traffic>,
}

impl<S> Watched<S> {
    /// Watches a stream.
    pub fn new(stream: S, traffic: Arc<Traffic>) -> Self {
        Self { stream, traffic }
    }

    /// The stream itself.
    pub fn stream(&self) -> &S {
        &self.stream
    }

    fn wrote(&self, polled: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match polled {
            Poll::Ready(ref wrote) => {
                let bytes = wrote.as_ref().map_or(0, |bytes| u32::try_from(*bytes).unwrap_or(u32::MAX));
                self.traffic.bytes.fetch_add(bytes, Ordering::Relaxed);
                self.traffic.written.fetch_add(1, Ordering::Relaxed);
                self.traffic.blocked.store(false, Ordering::Relaxed);
            }
            Poll::Pending => self.traffic.blocked.store(true, Ordering::Relaxed),
        }
        polled
    }
}

impl<S> Drop for Watched<S> {
    fn drop(&mut self) {
        self.traffic.ended.store(true, Ordering::Relaxed);
    }
}

impl<S: Read + Unpin> Read for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_read(cx, buf);
        if polled.is_ready() {
            self.traffic.heard.store(true, Ordering::Relaxed);
        }
        polled
    }
}

impl<S: Write + Unpin> Write for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.wrote(polled)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.wrote(polled)
    }
}

/// An answer's body with what says that it is under way, and whether it waits for its client.
pub struct Answer {
    body: Body,
    untaken: bool,
    under_way: Answering,
}

impl Answer {
    /// A body that is under way until it is dropped.
    pub fn new(body: Body, under_way: Answering) -> Self {
        let mut answer = Self { body, untaken: false, under_way };
        answer.waits(true);
        answer
    }

    fn waits(&mut self, untaken: bool) {
        let count = &self.under_way.0.untaken;
        match (self.untaken, untaken) {
            (false, true) => _ = count.fetch_add(1, Ordering::Relaxed),
            (true, false) => _ = count.fetch_sub(1, Ordering::Relaxed),
            _ => {}
        }
        self.untaken = untaken;
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.waits(false);
    }
}

impl http_body::Body for Answer {
    type Data = Bytes;
    type Error = super::body::BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        // A body that has nothing to give is the room's, not the client's.
        self.waits(polled.is_ready());
        if polled.is_ready() {
            self.under_way.0.taken.fetch_add(1, Ordering::Relaxed);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen() -> (Arc<Traffic>, Seen) {
        let traffic = Arc::new(Traffic::default());
        let task = tokio::spawn(std::future::pending::<()>()).abort_handle();
        (Arc::clone(&traffic), Seen::new(traffic, task))
    }

    /// The tick at which it was enough, among so many.
    fn until(seen: &mut Seen, ticks: u32) -> Option<(u32, Late)> {
        (1..=ticks).find_map(|tick| seen.tick().map(|late| (tick, late)))
    }

    #[tokio::test]
    async fn a_connection_that_asks_for_nothing_is_ended_also_when_it_trickles() {
        let (_, mut silent) = seen();
        assert_eq!(until(&mut silent, 100), Some((HEAD + 1, Late::Head)));
        let (traffic, mut trickling) = seen();
        for _ in 0..HEAD {
            traffic.heard.store(true, Ordering::Relaxed);
            assert_eq!(trickling.tick(), None);
        }
        assert_eq!(trickling.tick(), Some(Late::Head));
    }

    #[tokio::test]
    async fn between_two_requests_a_client_may_wait_but_not_say_half_a_head() {
        let (traffic, mut idle) = seen();
        drop(traffic.begin(false));
        assert_eq!(until(&mut idle, 200), Some((IDLE + 2, Late::Idle)));
        let (traffic, mut half) = seen();
        drop(traffic.begin(false));
        traffic.heard.store(true, Ordering::Relaxed);
        assert_eq!(until(&mut half, 200), Some((HEAD + 2, Late::Head)));
    }

    #[tokio::test]
    async fn a_slow_room_is_waited_for_and_a_client_that_reads_nothing_is_not() {
        let (traffic, mut seen) = seen();
        let _answering = traffic.begin(false);
        assert_eq!(until(&mut seen, 1000), None);
        traffic.blocked.store(true, Ordering::Relaxed);
        assert_eq!(until(&mut seen, UNREAD), None);
        traffic.written.fetch_add(1, Ordering::Relaxed);
        assert_eq!(until(&mut seen, 1000), Some((UNREAD + 2, Late::Unread)));
    }

    #[tokio::test]
    async fn an_idle_http_2_connection_is_ended_also_when_it_answers_pings() {
        let (traffic, mut seen) = seen();
        drop(traffic.begin(true));
        let pinged = (1..=200).find_map(|tick| {
            traffic.heard.store(true, Ordering::Relaxed);
            traffic.written.fetch_add(1, Ordering::Relaxed);
            traffic.bytes.fetch_add(17, Ordering::Relaxed);
            seen.tick().map(|late| (tick, late))
        });
        assert_eq!(pinged, Some((IDLE + 2, Late::Idle)));
    }

    #[tokio::test]
    async fn an_http_2_answer_that_still_moves_is_not_idle() {
        let (traffic, mut seen) = seen();
        drop(traffic.begin(true));
        for _ in 0..200 {
            traffic.bytes.fetch_add(MOVES, Ordering::Relaxed);
            assert_eq!(seen.tick(), None);
        }
    }

    #[tokio::test]
    async fn a_stream_without_a_window_does_not_hold_its_answer_for_ever() {
        let (traffic, mut seen) = seen();
        let slow = traffic.begin(true);
        assert_eq!(until(&mut seen, 1000), None, "the room may be slow");
        let mut answer = Answer::new(super::super::body::full("a"), slow);
        assert_eq!(until(&mut seen, UNREAD), None);
        assert!(http_body_util::BodyExt::frame(&mut answer).await.is_some());
        assert_eq!(until(&mut seen, 1000), Some((UNREAD + 2, Late::Unread)));
        drop(answer);
        assert_eq!(traffic.untaken.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn a_body_that_has_nothing_to_give_yet_is_waited_for() {
        let (traffic, mut seen) = seen();
        let pieces = futures_util::stream::pending::<Result<Frame<Bytes>, std::io::Error>>();
        let body = Body::stream(http_body_util::StreamBody::new(pieces));
        let mut answer = Answer::new(body, traffic.begin(true));
        let frame = http_body_util::BodyExt::frame(&mut answer);
        assert!(futures_util::FutureExt::now_or_never(frame).is_none());
        assert_eq!(until(&mut seen, 1000), None);
    }
}
