//! One HTTP/1.1 connection: a request's bytes out, its answer in. Reads just enough of HTTP to know where an answer ends.
use memchr::memmem;
use std::io;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection that is opened again when the server has closed it.
pub struct Connection {
    to: SocketAddr,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
    /// How often it had to be opened.
    pub opened: u64,
}

/// What came back; the body lies in the connection's buffer until the next request.
pub struct Answer<'c> {
    pub status: u16,
    pub body: &'c [u8],
}

/// What the head says about the rest.
struct Head {
    status: u16,
    /// Bytes of the head with its empty line.
    bytes: usize,
    length: Length,
    closes: bool,
}

#[derive(Clone, Copy)]
enum Length {
    Known(usize),
    Chunked,
    UntilClosed,
}

impl Connection {
    pub fn new(to: SocketAddr) -> Self {
        Self { to, stream: None, buffer: Vec::with_capacity(16 * 1024), opened: 0 }
    }

    /// Sends a whole request and reads its whole answer.
    pub async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => self.open().await?,
        };
        self.buffer.clear();
        stream.write_all(request).await?;
        let head = loop {
            if let Some(head) = head(&self.buffer)? {
                break head;
            }
            more(&mut stream, &mut self.buffer).await?;
        };
        let end = body_end(&mut stream, &mut self.buffer, &head).await?;
        if !head.closes {
            self.stream = Some(stream);
        }
        Ok(Answer { status: head.status, body: &self.buffer[head.bytes..end] })
    }

    async fn open(&mut self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(self.to).await?;
        stream.set_nodelay(true)?;
        self.opened += 1;
        Ok(stream)
    }
}

async fn more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<()> {
    match stream.read_buf(buffer).await? {
        0 => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed in the middle of an answer")),
        _ => Ok(()),
    }
}

/// Reads on until the body is whole; gives its end in the buffer.
async fn body_end(stream: &mut TcpStream, buffer: &mut Vec<u8>, head: &Head) -> io::Result<usize> {
    match head.length {
        Length::Known(length) => {
            while buffer.len() < head.bytes + length {
                more(stream, buffer).await?;
            }
            Ok(head.bytes + length)
        }
        Length::Chunked => {
            while !buffer[head.bytes..].ends_with(b"0\r\n\r\n") {
                more(stream, buffer).await?;
            }
            Ok(buffer.len())
        }
        Length::UntilClosed => {
            while stream.read_buf(buffer).await? > 0 {}
            Ok(buffer.len())
        }
    }
}

/// The head, when all of it is there.
fn head(buffer: &[u8]) -> io::Result<Option<Head>> {
    let Some(end) = memmem::find(buffer, b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(&buffer[..end]).map_err(|_| bad("an answer whose head is not text"))?;
    let mut lines = text.split("\r\n");
    let status_line = lines.next().unwrap_or_default();
    let status = status_line.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| bad("an answer without status"))?;
    let mut length = Length::UntilClosed;
    let mut closes = status_line.starts_with("HTTP/1.0");
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            length = Length::Known(value.parse().map_err(|_| bad("a Content-Length that is no number"))?);
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            length = Length::Chunked;
        } else if name.eq_ignore_ascii_case("connection") {
            closes = value.eq_ignore_ascii_case("close");
        }
    }
    if status == 204 || status == 304 {
        length = Length::Known(0);
    }
    let closes = closes || matches!(length, Length::UntilClosed);
    Ok(Some(Head { status, bytes: end + 4, length, closes }))
}

fn bad(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// A server that gives these answers, one after the other, each in two pieces.
    async fn server(answers: &'static [&'static str]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let mut open = None;
            for answer in answers {
                let mut stream: TcpStream = match open.take() {
                    Some(stream) => stream,
                    None => listener.accept().await.unwrap().0,
                };
                let mut request = [0; 64];
                assert!(stream.read(&mut request).await.unwrap() > 0);
                let (first, second) = answer.split_at(answer.len() / 2);
                stream.write_all(first.as_bytes()).await.unwrap();
                tokio::task::yield_now().await;
                stream.write_all(second.as_bytes()).await.unwrap();
                let closes = answer.contains("close") || answer.starts_with("HTTP/1.0");
                open = (!closes).then_some(stream);
            }
        });
        address
    }

    async fn ask(connection: &mut Connection) -> (u16, String) {
        let answer = connection.exchange(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        (answer.status, String::from_utf8(answer.body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn answers_of_every_length_are_read_whole_and_closed_connections_opened_again() {
        let to = server(&[
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            "HTTP/1.1 401 No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.0 200 OK\r\n\r\nuntil the end",
            "HTTP/1.1 204 No Content\r\n\r\n",
        ])
        .await;
        let mut connection = Connection::new(to);
        assert_eq!(ask(&mut connection).await, (200, "hello".to_owned()));
        assert_eq!(ask(&mut connection).await, (200, "3\r\nabc\r\n0\r\n\r\n".to_owned()));
        assert_eq!(ask(&mut connection).await, (401, String::new()));
        assert_eq!(ask(&mut connection).await, (200, "until the end".to_owned()));
        assert_eq!(ask(&mut connection).await, (204, String::new()));
        assert_eq!(connection.opened, 3);
    }

    #[tokio::test]
    async fn an_answer_that_breaks_off_is_an_error() {
        let to = server(&["HTTP/1.1 200 OK\r\nconnection: close\r\nContent-Length: 50\r\n\r\nhello"]).await;
        let mut connection = Connection::new(to);
        assert!(connection.exchange(b"GET / HTTP/1.1\r\n\r\n").await.is_err());
    }
}
