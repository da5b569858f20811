//! Bodies: one boxed type for answers, and reading a request's body within bounds.
use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, Limited};
use std::time::Duration;

/// An error while streaming a body.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
/// The body of every answer.
pub type Body = UnsyncBoxBody<Bytes, BoxError>;

/// Time for a client to send a body that is read whole.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

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
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

/// Reads a whole body of at most `limit` bytes within thirty seconds.
pub async fn collect<B>(body: B, limit: usize) -> Result<Bytes, TooLarge>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let read = tokio::time::timeout(BODY_TIMEOUT, Limited::new(body, limit).collect()).await;
    match read {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => Err(TooLarge::Limit),
        Ok(Err(_)) | Err(_) => Err(TooLarge::Broken),
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
}
