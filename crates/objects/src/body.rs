//! The body of an answer: nothing, a small document, or a piece of a file, read as the client takes it.
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::fs::File;
use tokio::io::{AsyncRead, ReadBuf};

/// Read at most so much at a time.
const CHUNK: u64 = 128 * 1024;

/// An answer's body.
#[derive(Debug)]
pub struct ObjectBody(Kind);

#[derive(Debug)]
enum Kind {
    Bytes(Option<Bytes>),
    File { file: File, left: u64 },
}

impl ObjectBody {
    /// No body.
    pub fn empty() -> Self {
        Self(Kind::Bytes(None))
    }

    /// A small document.
    pub(crate) fn text(text: String) -> Self {
        Self(Kind::Bytes(Some(text.into())))
    }

    /// `length` bytes from where the file stands.
    pub(crate) fn file(file: File, length: u64) -> Self {
        Self(Kind::File { file, left: length })
    }
}

impl Body for ObjectBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match &mut self.get_mut().0 {
            Kind::Bytes(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Kind::File { left: 0, .. } => Poll::Ready(None),
            Kind::File { file, left } => {
                let read = ready!(poll_read(Pin::new(file), cx, *left));
                // After a failure there is nothing more to say; the connection ends short of its content-length.
                *left = read.as_ref().map_or(0, |bytes| left.saturating_sub(bytes.len() as u64));
                Poll::Ready(Some(read.map(Frame::data)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.0, Kind::Bytes(None) | Kind::File { left: 0, .. })
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(match &self.0 {
            Kind::Bytes(bytes) => bytes.as_ref().map_or(0, |bytes| bytes.len() as u64),
            Kind::File { left, .. } => *left,
        })
    }
}

/// The next bytes of the file, never none: a file shorter than it was is an error.
fn poll_read(file: Pin<&mut File>, cx: &mut Context<'_>, left: u64) -> Poll<io::Result<Bytes>> {
    let size = usize::try_from(left.min(CHUNK)).unwrap_or(usize::MAX);
    let mut chunk = vec![0; size];
    let mut buffer = ReadBuf::new(&mut chunk);
    ready!(file.poll_read(cx, &mut buffer))?;
    let read = buffer.filled().len();
    if read == 0 {
        return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
    }
    chunk.truncate(read);
    Poll::Ready(Ok(chunk.into()))
}
