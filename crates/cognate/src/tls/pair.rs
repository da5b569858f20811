//! A certificate chain and its private key, read and checked: what a client would refuse, or the handshake could not use, is refused here.
use super::DAY;
use crate::data::private_file;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use serde::Deserialize;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

/// `[tls]` of cognate.toml: https on every address of `listen`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsSettings {
    /// The certificate, and behind it those that lead to a root, in PEM.
    pub certificate: PathBuf,
    /// Its private key, in PEM.
    pub key: PathBuf,
    /// Certificates of other hosts. Who asks for a host that none is for sees the first.
    #[serde(default)]
    pub others: Vec<PairFiles>,
}

/// The files of one pair.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairFiles {
    /// The chain.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

impl TlsSettings {
    /// All pairs, the first one first; paths that are not absolute begin at `beside`.
    pub fn files(&self, beside: &Path) -> Vec<PairFiles> {
        let first = PairFiles { certificate: self.certificate.clone(), key: self.key.clone() };
        let all = std::iter::once(&first).chain(&self.others);
        all.map(|it| PairFiles { certificate: beside.join(&it.certificate), key: beside.join(&it.key) }).collect()
    }
}

impl PairFiles {
    /// Reads and checks both files. The error says which file, what is wrong and what it must be.
    pub fn load(&self, now: i64) -> Result<Pair, String> {
        let read = |name: &str, path: &Path| {
            std::fs::read(path).map_err(|error| format!("tls.{name}: cannot read {}: {error}", path.display()))
        };
        let (chain, key) = (read("certificate", &self.certificate)?, read("key", &self.key)?);
        if private_file::others_may_read(&self.key) {
            tracing::warn!(path = %self.key.display(), "others may read this private key: chmod 600 helps");
        }
        Pair::of_pem(&chain, &key, now).map_err(|error| match error {
            Unusable::Certificate(why) => format!("tls.certificate: {}: {why}", self.certificate.display()),
            Unusable::Key(why) => format!("tls.key: {}: {why}", self.key.display()),
        })
    }
}

/// Which half of a pair is wrong, and what about it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// The chain.
    #[error("the certificate {0}")]
    Certificate(String),
    /// The key.
    #[error("the key {0}")]
    Key(String),
}

/// A pair that a handshake can use.
#[derive(Clone)]
pub struct Pair {
    /// For rustls.
    pub certified: Arc<CertifiedKey>,
    /// Epoch milliseconds.
    pub not_after: i64,
    names: Vec<String>,
}

/// The key stays out.
impl fmt::Debug for Pair {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Pair").field("names", &self.names).field("not_after", &self.not_after).finish_non_exhaustive()
    }
}

impl Pair {
    /// Reads a chain and a key from PEM.
    pub fn of_pem(chain: &[u8], key: &[u8], now: i64) -> Result<Self, Unusable> {
        let chain: Vec<_> = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<_, _>>()
            .map_err(|error| Unusable::Certificate(format!("is not PEM: {error}")))?;
        if chain.is_empty() {
            let why = "holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)";
            return Err(Unusable::Certificate(why.to_owned()));
        }
        Self::of(chain, Self::key(key).map_err(Unusable::Key)?, now)
    }

    fn key(pem: &[u8]) -> Result<PrivateKeyDer<'static>, String> {
        PrivateKeyDer::from_pem_slice(pem).map_err(|error| {
            let encrypted = String::from_utf8_lossy(pem).contains("ENCRYPTED");
            match error {
                _ if encrypted => "is encrypted: nobody is there at a start to say its password".to_owned(),
                rustls::pki_types::pem::Error::NoItemsFound => {
                    "holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)".to_owned()
                }
                other => format!("is not PEM: {other}"),
            }
        })
    }

    /// Checks a chain, its end first, and the key.
    pub fn of(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>, now: i64) -> Result<Self, Unusable> {
        let (names, not_after) = chain
            .first()
            .ok_or_else(|| "holds no certificate".to_owned())
            .and_then(|end| about(end, now))
            .map_err(Unusable::Certificate)?;
        let key = aws_lc_rs::default_provider()
            .key_provider
            .load_private_key(key)
            .map_err(|error| Unusable::Key(format!("cannot be used: {error}")))?;
        let certified = CertifiedKey::new(chain, key);
        certified.keys_match().map_err(|_| Unusable::Key("is not the key of the certificate".to_owned()))?;
        Ok(Self { certified: Arc::new(certified), not_after, names })
    }

    /// Whether the certificate is for a host: by its name, or by `*` in place of its first label.
    pub fn is_for(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let wild = host.split_once('.').map(|(_, rest)| format!("*.{rest}"));
        self.names.iter().any(|name| *name == host || Some(name) == wild.as_ref())
    }

    /// Whole days until it ends.
    pub fn days_left(&self, now: i64) -> i64 {
        self.not_after.saturating_sub(now).div_euclid(DAY)
    }
}

/// The names of a certificate and when it ends, if it is valid now.
fn about(certificate: &CertificateDer<'_>, now: i64) -> Result<(Vec<String>, i64), String> {
    let (_, parsed) = X509Certificate::from_der(certificate).map_err(|error| format!("cannot be read: {error}"))?;
    let valid = parsed.validity();
    let millis = |at: i64| at.saturating_mul(1000);
    let said = |at: i64| {
        jiff::Timestamp::from_second(at).map_or_else(|_| "a far day".to_owned(), |at| at.strftime("%F").to_string())
    };
    let (from, until) = (valid.not_before.timestamp(), valid.not_after.timestamp());
    if now < millis(from) {
        return Err(format!("is not valid before {}", said(from)));
    }
    if now >= millis(until) {
        return Err(format!("expired on {}", said(until)));
    }
    let names = parsed.subject_alternative_name().ok().flatten().map(|names| &names.value.general_names);
    let names = names.into_iter().flatten().filter_map(|name| match name {
        GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
        _ => None,
    });
    Ok((names.collect(), millis(until)))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    /// The middle of 2026.
    pub const NOW: i64 = 1_782_864_000_000;

    /// Certificate and key of these names, in PEM.
    pub fn made(names: &[&str], years: (i32, i32)) -> (String, String) {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        (params.not_before, params.not_after) = (date_time_ymd(years.0, 1, 1), date_time_ymd(years.1, 1, 1));
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        (super::super::pem("CERTIFICATE", certificate.der()), super::super::pem("PRIVATE KEY", key.serialized_der()))
    }

    fn read(chain: &str, key: &str) -> Result<Pair, Unusable> {
        Pair::of_pem(chain.as_bytes(), key.as_bytes(), NOW)
    }

    #[test]
    fn a_good_pair_knows_its_hosts_and_its_end() {
        let (chain, key) = made(&["id.example.com", "*.api.example.com"], (2026, 2027));
        let pair = read(&chain, &key).unwrap();
        assert_eq!((pair.not_after, pair.days_left(NOW)), (1_798_761_600_000, 184));
        for host in ["id.example.com", "ID.example.com.", "x.api.example.com"] {
            assert!(pair.is_for(host), "{host}");
        }
        for host in ["example.com", "api.example.com", "a.b.api.example.com", "x.example.com", ""] {
            assert!(!pair.is_for(host), "{host}");
        }
        assert!(!format!("{pair:?}").contains("PRIVATE"), "a key is not shown");
    }

    #[test]
    fn what_cannot_serve_is_refused_and_the_reason_named() {
        let (chain, key) = made(&["a.example"], (2026, 2027));
        let (other, _) = made(&["a.example"], (2026, 2027));
        let why = |chain: &str, key: &str| read(chain, key).unwrap_err().to_string();
        assert_eq!(why(&other, &key), "the key is not the key of the certificate");
        assert!(why("", &key).starts_with("the certificate holds no certificate in PEM form"));
        assert!(why(&key, &key).starts_with("the certificate holds no certificate in PEM form"));
        assert!(why(&chain, &chain).starts_with("the key holds no private key in PEM form"));
        assert!(why(&chain, &key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY")).starts_with("the key is encrypted"));
        assert!(why(&chain.replace("MII", "!!!"), &key).starts_with("the certificate is not PEM"));
        let (old, key) = made(&["a.example"], (2020, 2021));
        assert_eq!(why(&old, &key), "the certificate expired on 2021-01-01");
        let (early, key) = made(&["a.example"], (2030, 2031));
        assert_eq!(why(&early, &key), "the certificate is not valid before 2030-01-01");
    }
}
