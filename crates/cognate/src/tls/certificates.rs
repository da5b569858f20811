//! What a handshake is answered with: the pairs of the moment, chosen by the host that the client names. A change of them meets the next
//! handshake; connections that are open stay.
use super::pair::Pair;
use crate::telemetry::Counter;
use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

/// The pairs of the moment; the first serves whoever names no host, or one that none is for.
#[derive(Debug)]
pub struct Certificates(ArcSwap<Vec<Pair>>);

impl Certificates {
    /// Certificates that begin with these pairs.
    pub fn new(pairs: Vec<Pair>) -> Arc<Self> {
        Arc::new(Self(ArcSwap::from_pointee(pairs)))
    }

    /// The pairs of the moment.
    pub fn now(&self) -> Arc<Vec<Pair>> {
        self.0.load_full()
    }

    /// Others, from the next handshake on.
    pub fn replace(&self, pairs: Vec<Pair>) {
        self.0.store(Arc::new(pairs));
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let pairs = self.0.load();
        let named = hello.server_name().and_then(|host| pairs.iter().find(|pair| pair.is_for(host)));
        named.or_else(|| pairs.first()).map(|pair| Arc::clone(&pair.certified))
    }
}

/// What a listener serves https with. Cheap to clone.
#[derive(Clone)]
pub struct Tls {
    /// The handshake.
    pub acceptor: TlsAcceptor,
    /// Handshakes that came to nothing, by trouble or by plain HTTP.
    pub failed: Counter,
}

impl Tls {
    /// TLS 1.2 and 1.3, HTTP/2 and HTTP/1.1, sessions resumed by tickets whose keys change every few hours.
    pub fn new(certificates: Arc<Certificates>, failed: Counter) -> Result<Self, String> {
        let cannot = |error: rustls::Error| format!("TLS cannot be set up: {error}");
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(cannot)?
            .with_no_client_auth()
            .with_cert_resolver(certificates);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        config.ticketer = aws_lc_rs::Ticketer::new().map_err(cannot)?;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), failed })
    }
}
