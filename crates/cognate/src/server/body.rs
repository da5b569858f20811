//! Bodies: one type for answers, and reading a request's body within bounds.
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// An error while streaming a body.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The body of every answer.
pub enum Body {
    /// Bytes at hand.
    Full(Full<Bytes>),
    /// The gateway's: the one kind that is made so often that a box would be felt.
    Gateway(http_apis::gateway::AnswerBody),
    /// Any other stream.
    Boxed(UnsyncBoxBody<Bytes, BoxError>),
}

impl Body {
    /// A stream.
    pub fn stream<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        Self::Boxed(body.map_err(Into::into).boxed_unsync())
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut *self {
            Self::Full(body) => Pin::new(body).poll_frame(cx).map_err(|never| match never {}),
            Self::Gateway(body) => Pin::new(body).poll_frame(cx).map_err(Into::into),
            Self::Boxed(body) => Pin::new(body).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Full(body) => body.is_end_stream(),
            Self::Gateway(body) => body.is_end_stream(),
            Self::Boxed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Full(body) => body.size_hint(),
            Self::Gateway(body) => body.size_hint(),
            Self::Boxed(body) => body.size_hint(),
        }
    }
}

/// Time for a client to send a body that is read whole.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// How much beyond its limit a body is read to no use.
const THROWN_AWAY: usize = 16 * 1024 * 1024;

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooLarge {
    /// Longer than the limit.
    Limit,
    /// The client was too slow, or broke off.
    Broken,
}

/// A body that is at hand.
pub fn full(bytes: impl Into<Bytes>) -> Body {
    Body::Full(Full::new(bytes.into()))
}

/// Reads a whole body of at most `limit` bytes within thirty seconds. Of a longer one some more is read and thrown away: a client that is
/// still sending when the connection ends often never sees the answer.
pub async fn collect<B>(body: B, limit: usize) -> Result<Bytes, TooLarge>
where
    B: http_body::Body<Data = Bytes>,
{
    tokio::time::timeout(BODY_TIMEOUT, read(body, limit)).await.unwrap_or(Err(TooLarge::Broken))
}

async fn read<B>(body: B, limit: usize) -> Result<Bytes, TooLarge>
where
    B: http_body::Body<Data = Bytes>,
{
    let mut body = std::pin::pin!(body);
    let (mut kept, mut seen) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| TooLarge::Broken)?.into_data() else { continue };
        seen += data.len();
        if seen <= limit {
            kept.push(data);
        } else if seen <= limit + THROWN_AWAY {
            kept = Vec::new();
        } else {
            break;
        }
    }
    match kept.as_slice() {
        _ if seen > limit => Err(TooLarge::Limit),
        [whole] => Ok(whole.clone()),
        _ => Ok(kept.concat().into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_over_the_limit_is_not_read() {
        let body = || Full::new(Bytes::from_static(b"0123456789"));
        assert_eq!(collect(body(), 10).await, Ok(Bytes::from_static(b"0123456789")));
        assert_eq!(collect(body(), 9).await, Err(TooLarge::Limit));
    }

    #[tokio::test]
    async fn a_body_in_pieces_is_one_and_its_limit_counts_them_all() {
        let pieces = || {
            let pieces = [&b"01234"[..], b"", b"56789"]
                .map(|piece| Ok::<_, BoxError>(http_body::Frame::data(Bytes::from_static(piece))));
            http_body_util::StreamBody::new(futures_util::stream::iter(pieces))
        };
        assert_eq!(collect(pieces(), 10).await, Ok(Bytes::from_static(b"0123456789")));
        assert_eq!(collect(pieces(), 9).await, Err(TooLarge::Limit));
    }
}
