//! Bodies on their way in and out. Streams are passed on, counted and timed; nothing is buffered here.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep};

use crate::integration::Lease;

/// The body of a request to the gateway.
#[derive(Debug, Default)]
pub enum RequestBody {
    /// None.
    #[default]
    Empty,
    /// Bytes at hand.
    Full(Bytes),
    /// From a connection.
    Incoming(Incoming),
}

impl From<Incoming> for RequestBody {
    fn from(body: Incoming) -> Self {
        if body.is_end_stream() { Self::Empty } else { Self::Incoming(body) }
    }
}

impl From<Bytes> for RequestBody {
    fn from(bytes: Bytes) -> Self {
        if bytes.is_empty() { Self::Empty } else { Self::Full(bytes) }
    }
}

impl RequestBody {
    /// Whether there is nothing to send on.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }
}

/// Why a body broke off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// The request's body passed 10 MB.
    #[error("request body too large")]
    TooLarge,
    /// The client sent garbage or left.
    #[error("request body broken off")]
    Client,
    /// The backend broke off.
    #[error("backend broke off")]
    Backend,
    /// The integration's time is over.
    #[error("integration timed out")]
    TimedOut,
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match &mut *self {
            Self::Empty => Poll::Ready(None),
            Self::Full(bytes) => {
                let bytes = std::mem::take(bytes);
                *self = Self::Empty;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Self::Incoming(body) => Pin::new(body).poll_frame(cx).map_err(|_| BodyError::Client),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Full(_) => false,
            Self::Incoming(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Incoming(body) => body.size_hint(),
        }
    }
}

/// How far an upload got, seen from outside the connection that carries it.
#[derive(Debug, Clone)]
pub(crate) struct Progress(Arc<Mutex<State>>);

#[derive(Debug, Clone, Copy)]
pub(crate) struct State {
    /// When the last bytes came, or the end.
    pub(crate) at: Instant,
    /// All of it was sent on.
    pub(crate) done: bool,
    /// It broke off, and why.
    pub(crate) error: Option<BodyError>,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(State { at: Instant::now(), done: false, error: None })))
    }

    pub(crate) fn state(&self) -> State {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, done: bool, error: Option<BodyError>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = State { at: Instant::now(), done, error };
    }
}

/// A request's body on its way to a backend: counted against the limit, its progress noted.
pub(crate) struct Upload {
    body: RequestBody,
    left: u64,
    progress: Option<Progress>,
}

impl Upload {
    /// A body that may have at most `limit` bytes; progress is only kept when there is something to send.
    pub(crate) fn new(body: RequestBody, limit: u64) -> Self {
        let progress = (!body.is_empty()).then(Progress::new);
        Self { body, left: limit, progress }
    }

    /// Nothing.
    pub(crate) fn empty() -> Self {
        Self { body: RequestBody::Empty, left: 0, progress: None }
    }

    pub(crate) fn progress(&self) -> Option<Progress> {
        self.progress.clone()
    }

    fn count(&mut self, frame: Frame<Bytes>) -> Option<Result<Frame<Bytes>, BodyError>> {
        let data = frame.data_ref()?;
        match self.left.checked_sub(data.len() as u64) {
            Some(left) => {
                self.left = left;
                self.note(self.body.is_end_stream(), None);
                Some(Ok(frame))
            }
            None => Some(self.fail(BodyError::TooLarge)),
        }
    }

    fn fail(&mut self, error: BodyError) -> Result<Frame<Bytes>, BodyError> {
        self.note(true, Some(error));
        self.body = RequestBody::Empty;
        Err(error)
    }

    fn note(&self, done: bool, error: Option<BodyError>) {
        if let Some(progress) = &self.progress {
            progress.note(done, error);
        }
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        loop {
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                // Trailers are not forwarded: the next poll ends the body.
                Some(Ok(frame)) => {
                    if let Some(counted) = self.count(frame) {
                        return Poll::Ready(Some(counted));
                    }
                }
                Some(Err(error)) => return Poll::Ready(Some(self.fail(error))),
                None => {
                    self.note(true, None);
                    return Poll::Ready(None);
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of the gateway's answer.
#[derive(Debug, Default)]
pub enum AnswerBody {
    /// None.
    #[default]
    Empty,
    /// Bytes at hand.
    Full(Bytes),
    /// From a backend, as it comes.
    #[doc(hidden)]
    Backend(Download),
}

/// A backend's body, with the connection it comes over. Dropped early, it takes the connection with it.
#[derive(Debug)]
pub struct Download {
    body: Incoming,
    /// Until the connection has been given back or given up.
    held: Option<(Lease, Pin<Box<Sleep>>)>,
}

impl AnswerBody {
    /// Bytes at hand.
    pub(crate) fn full(bytes: Bytes) -> Self {
        if bytes.is_empty() { Self::Empty } else { Self::Full(bytes) }
    }

    /// A backend's body; the connection goes back to its pool when the body has ended.
    pub(crate) fn backend(body: Incoming, lease: Lease, timer: Pin<Box<Sleep>>) -> Self {
        if body.is_end_stream() {
            lease.give_back(timer);
            return Self::Empty;
        }
        Self::Backend(Download { body, held: Some((lease, timer)) })
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match &mut *self {
            Self::Empty => Poll::Ready(None),
            Self::Full(bytes) => {
                let bytes = std::mem::take(bytes);
                *self = Self::Empty;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Self::Backend(download) => download.poll_data(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Full(_) => false,
            Self::Backend(download) => download.body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Backend(download) => download.body.size_hint(),
        }
    }
}

impl Download {
    fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) else {
            let Some((_, timer)) = &mut self.held else { return Poll::Pending };
            ready!(timer.as_mut().poll(cx));
            self.held = None;
            return Poll::Ready(Some(Err(BodyError::TimedOut)));
        };
        match frame {
            Some(Ok(frame)) if frame.is_data() => {
                if self.body.is_end_stream() {
                    self.finish();
                }
                Poll::Ready(Some(Ok(frame)))
            }
            // Trailers come last and are not passed on.
            Some(Ok(_)) | None => {
                self.finish();
                Poll::Ready(None)
            }
            Some(Err(_)) => {
                self.held = None;
                Poll::Ready(Some(Err(BodyError::Backend)))
            }
        }
    }

    fn finish(&mut self) {
        if let Some((lease, timer)) = self.held.take() {
            lease.give_back(timer);
        }
    }
}
