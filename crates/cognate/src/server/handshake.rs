//! The beginning of an https connection: the TLS handshake, or a clear word to whoever speaks plain HTTP.
use super::watch::Watched;
use crate::tls::Tls;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// The stream below TLS: what the look-through sees is what the network sees.
type Raw = TokioIo<Watched<TokioIo<TcpStream>>>;

const NOT_PLAIN: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: 47\r\nconnection: close\r\n\r\n\
{\"message\":\"this port speaks https, not http\"}\n";
/// How much of a plain request is read to no use, so that its sender sees the answer.
const THROWN_AWAY: u64 = 64 * 1024;

/// The stream after its handshake; `None` when there is none.
pub async fn accept(tls: &Tls, stream: Watched<TokioIo<TcpStream>>) -> Option<TlsStream<Raw>> {
    let plain = begins_plain(stream.stream().inner()).await;
    let mut raw = TokioIo::new(stream);
    if plain {
        tls.failed.inc();
        // A client that does not want to hear it has left.
        let _ = raw.write_all(NOT_PLAIN).await;
        let _ = raw.shutdown().await;
        let _ = tokio::io::copy(&mut raw.take(THROWN_AWAY), &mut tokio::io::sink()).await;
        return None;
    }
    match tls.acceptor.accept(raw).await {
        Ok(stream) => Some(stream),
        Err(error) => {
            tls.failed.inc();
            tracing::debug!(%error, "a TLS handshake failed");
            None
        }
    }
}

/// Methods are written in capital letters; a handshake begins with the byte 22.
async fn begins_plain(stream: &TcpStream) -> bool {
    let mut first = [0];
    matches!(stream.peek(&mut first).await, Ok(1)) && first[0].is_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_to_plain_http_has_the_length_it_says() {
        let text = String::from_utf8(NOT_PLAIN.to_vec()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}", body.len())), "{}", body.len());
    }
}
