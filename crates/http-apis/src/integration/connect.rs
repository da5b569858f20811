//! One new connection to a backend: TCP, TLS where asked, HTTP/1.1 on top. Its driver runs as a task on this thread.

use std::{io, net::Ipv4Addr, net::Ipv6Addr, sync::Arc};

use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use crate::{gateway::Upload, snapshot::Origin};

/// How backends' certificates are checked: the public roots, no client certificate, HTTP/1.1 only.
pub(crate) fn public_tls() -> Arc<ClientConfig> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let Ok(builder) = builder else { unreachable!("the provider of this build supports TLS 1.2 and 1.3") };
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Arc::new(config)
}

/// Opens a connection.
pub(crate) async fn open(origin: &Origin, tls: &Arc<ClientConfig>) -> io::Result<SendRequest<Upload>> {
    let stream = dial(&origin.host, origin.port).await?;
    stream.set_nodelay(true)?;
    if !origin.tls {
        return speak(stream).await;
    }
    let name = ServerName::try_from(origin.host.to_string()).map_err(io::Error::other)?;
    let stream = TlsConnector::from(Arc::clone(tls)).connect(name, stream).await?;
    speak(stream).await
}

/// `localhost` and what ends in it is this machine, whatever the resolver says.
async fn dial(host: &str, port: u16) -> io::Result<TcpStream> {
    let name = host.strip_suffix('.').unwrap_or(host);
    let here = name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost");
    if !here {
        return TcpStream::connect((host, port)).await;
    }
    match TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await {
        Ok(stream) => Ok(stream),
        Err(_) => TcpStream::connect((Ipv6Addr::LOCALHOST, port)).await,
    }
}

async fn speak<S>(stream: S) -> io::Result<SendRequest<Upload>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    // A request is one head, mostly without a body: one plain write each.
    let (sender, driver) =
        http1::Builder::new().writev(false).handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
    tokio::spawn(async move {
        // An error here also reaches whoever waits for the answer; a closed idle connection is nobody's concern.
        drop(driver.await);
    });
    Ok(sender)
}
