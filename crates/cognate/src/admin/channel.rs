//! Both ends of the socket.
use super::{Ask, Reply};
use std::fs::File;
use std::future::Future;
use std::io::{self, BufRead, BufReader, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixListener;

/// Longest question.
const LIMIT: u64 = 64 * 1024;
/// A socket's path may have about a hundred bytes.
const LONGEST_PATH: usize = 100;
/// Time to say the question.
const PATIENCE: Duration = Duration::from_secs(10);

/// The socket's path, and what must stay open while it is used: a folder whose path is too long for a socket is gone through by its
/// descriptor. The socket itself is always in the data folder, where nobody else can put one.
fn socket(folder: &Path) -> io::Result<(PathBuf, Option<File>)> {
    let plain = folder.join("admin.sock");
    if plain.as_os_str().len() <= LONGEST_PATH {
        return Ok((plain, None));
    }
    let open = File::open(folder)?;
    let short = PathBuf::from(format!("/proc/self/fd/{}", open.as_raw_fd()));
    if short.is_dir() {
        return Ok((short.join("admin.sock"), Some(open)));
    }
    let why = format!("the path {} has more than {LONGEST_PATH} bytes, too many for a socket", plain.display());
    Err(io::Error::new(io::ErrorKind::InvalidFilename, why))
}

/// Opens the socket: from then on questions are heard. The data folder's lock is held, so a socket left by a crash may be removed.
/// Must run inside a runtime.
pub fn listen(folder: &Path) -> io::Result<UnixListener> {
    let (path, _open) = socket(folder)?;
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Answers questions until dropped.
pub async fn serve<F, Fut>(listener: UnixListener, answer: F)
where
    F: Fn(Ask) -> Fut + Clone + Send + 'static,
    Fut: Future<Output = Reply> + Send,
{
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            // Out of file descriptors, or the asker has gone: that passes.
            Err(error) => {
                tracing::warn!(%error, "admin channel");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let answer = answer.clone();
        tokio::spawn(async move {
            if let Err(error) = talk(stream, answer).await {
                tracing::debug!(%error, "admin channel");
            }
        });
    }
}

async fn talk<F, Fut>(stream: tokio::net::UnixStream, answer: F) -> io::Result<()>
where
    F: Fn(Ask) -> Fut,
    Fut: Future<Output = Reply>,
{
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    tokio::time::timeout(PATIENCE, tokio::io::BufReader::new(read.take(LIMIT)).read_line(&mut line)).await??;
    let reply = match serde_json::from_str(&line) {
        Ok(ask) => answer(ask).await,
        Err(error) => Reply::Error(format!("the question is not understood: {error}")),
    };
    let mut text = serde_json::to_vec(&reply)?;
    text.push(b'\n');
    write.write_all(&text).await
}

/// Asks the server that holds this data folder.
pub fn ask(folder: &Path, ask: &Ask) -> Result<serde_json::Value, String> {
    let folder = std::fs::canonicalize(folder).map_err(|_| {
        format!("there is no data folder {}; is the server running there? (--data DIR)", folder.display())
    })?;
    let no_server = |error: io::Error| format!("no cognate server answers in {}: {error}", folder.display());
    let (path, _open) = socket(&folder).map_err(no_server)?;
    let mut stream = UnixStream::connect(path).map_err(no_server)?;
    stream.set_read_timeout(Some(Duration::from_mins(1))).map_err(no_server)?;
    let mut line = serde_json::to_string(ask).map_err(|error| error.to_string())?;
    line.push('\n');
    stream.write_all(line.as_bytes()).map_err(no_server)?;
    let mut reply = String::new();
    BufReader::new(stream).read_line(&mut reply).map_err(no_server)?;
    match serde_json::from_str(&reply).map_err(|error| format!("the server's answer is not understood: {error}"))? {
        Reply::Ok(value) => Ok(value),
        Reply::Error(why) => Err(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_question_gets_its_answer_and_only_the_owner_may_ask() {
        let folder = tempfile::tempdir().unwrap();
        ask_in(&folder.path().canonicalize().unwrap()).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_folder_too_deep_for_a_sockets_path_still_keeps_the_socket_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().canonicalize().unwrap().join("d".repeat(120));
        std::fs::create_dir(&deep).unwrap();
        ask_in(&deep).await;
    }

    async fn ask_in(root: &Path) {
        let root = root.to_owned();
        let listener = listen(&root).unwrap();
        let serving =
            tokio::spawn(serve(listener, |ask| async move { Reply::Ok(serde_json::json!(format!("{ask:?}"))) }));
        let path = root.join("admin.sock");
        let answer = tokio::task::spawn_blocking(move || ask(&root, &Ask::Explain { id: "last".into() }))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(answer, serde_json::json!("Explain { id: \"last\" }"));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        serving.abort();
    }

    #[test]
    fn without_a_server_the_folder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = ask(folder.path(), &Ask::Env).unwrap_err();
        assert!(error.contains("no cognate server answers"), "{error}");
    }
}
