//! The certificate authority of one data folder, for `dev --tls`. It can vouch for this machine's own names alone (name constraints) and for
//! servers alone (extended key usage: no mail, no code), so that who trusts it trusts nobody with the rest of the internet, not even the thief
//! of its key. The server's own certificate is made anew at each start and in time, and its key is never written.
use super::certificates::Certificates;
use super::pair::Pair;
use super::{DAY, pem};
use crate::data::private_file;
use crate::platform::Clock;
use aws_lc_rs::digest;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, PKCS_ECDSA_P256_SHA256, SanType,
    date_time_ymd,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::fs;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// Lives of the authority and of what it vouches for, in days; both are made anew before they end.
const AUTHORITY: i64 = 3650;
const AUTHORITY_RENEWED: i64 = 180;
const SERVER: i64 = 90;
const SERVER_RENEWED: i64 = 30;
/// A clock elsewhere may be behind.
const BEFORE: i64 = DAY;

/// How often the end of the server's certificate is looked at; a machine may have slept.
const LOOK: Duration = Duration::from_hours(1);

/// Names of `dev`: what it prints, and what SDKs make of an endpoint. A star directly before `localhost` would be honoured by few.
const NAMES: [&str; 8] = [
    "localhost",
    "*.auth.localhost",
    "*.execute-api.localhost",
    "objects.localhost",
    "cognito-idp.localhost",
    "apigateway.localhost",
    "lambda.localhost",
    "sts.localhost",
];

/// An authority and where its certificate lies.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: PathBuf,
}

impl Authority {
    /// Opens the authority of a folder, made where there is none or where it ends soon; who trusted the old one must then trust the new one.
    pub fn open(folder: &Path, now: i64) -> Result<Self, String> {
        let cannot =
            |error: &dyn std::fmt::Display| format!("the certificate authority in {}: {error}", folder.display());
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| cannot(&error))?;
        let (key_file, certificate) = (folder.join("ca.key"), folder.join("ca.pem"));
        if private_file::others_may_read(&key_file) {
            let text = "others may read ca.key: remove both files and trust the new authority, or chmod 600 if nobody did read it";
            return Err(cannot(&text));
        }
        let known = kept(&key_file, &certificate).map_err(|error| cannot(&error))?;
        if let Some((key, end)) = known
            && end.saturating_sub(now) > AUTHORITY_RENEWED * DAY
        {
            return Ok(Self { issuer: Issuer::new(params(&key, now), key), certificate });
        }
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(|error| cannot(&error))?;
        let params = params(&key, now);
        let made = params.self_signed(&key).map_err(|error| cannot(&error))?;
        private_file::write(&key_file, pem("PRIVATE KEY", key.serialized_der()).as_bytes())
            .and_then(|()| fs::write(&certificate, pem("CERTIFICATE", made.der())))
            .map_err(|error| cannot(&error))?;
        Ok(Self { issuer: Issuer::new(params, key), certificate })
    }

    /// The file of its certificate, to be trusted.
    pub fn certificate(&self) -> &Path {
        &self.certificate
    }

    /// A certificate for the names of `dev` and a key for it.
    pub fn vouch(&self, now: i64) -> Result<Pair, String> {
        self.pair(now).map_err(|error| format!("the server's certificate cannot be made: {error}"))
    }

    fn pair(&self, now: i64) -> Result<Pair, String> {
        let said = |error: rcgen::Error| error.to_string();
        let mut params = CertificateParams::new(NAMES.map(str::to_owned)).map_err(said)?;
        let here = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
        params.subject_alt_names.extend(here.map(SanType::IpAddress));
        params.distinguished_name = named("localhost");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        valid(&mut params, now - BEFORE, now + SERVER * DAY);
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(said)?;
        let made = params.signed_by(&key, &self.issuer).map_err(said)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        Pair::of(vec![made.der().clone()], key, now).map_err(|error| error.to_string())
    }
}

/// Makes the server's certificate anew before it ends, as long as the process lives.
pub async fn renew(authority: Authority, certificates: Arc<Certificates>, clock: Clock) {
    let mut tick = tokio::time::interval(LOOK);
    loop {
        tick.tick().await;
        let now = clock.machine();
        if certificates.now().iter().all(|pair| pair.days_left(now) >= SERVER_RENEWED) {
            continue;
        }
        match authority.vouch(now) {
            Ok(pair) => certificates.replace(vec![pair]),
            Err(error) => tracing::error!(%error, "https goes on with the old certificate"),
        }
    }
}

/// The key and the end of its certificate, if both are there.
fn kept(key: &Path, certificate: &Path) -> Result<Option<(KeyPair, i64)>, String> {
    let read = |path: &Path| match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.to_string()),
    };
    let (Some(key), Some(certificate)) = (read(key)?, read(certificate)?) else { return Ok(None) };
    let damaged = "its files are damaged; remove both and trust the new authority";
    let key = PrivatePkcs8KeyDer::from_pem_slice(&key).map_err(|_| damaged)?;
    let key = KeyPair::from_pkcs8_der_and_sign_algo(&key, &PKCS_ECDSA_P256_SHA256).map_err(|_| damaged)?;
    let certificate = CertificateDer::from_pem_slice(&certificate).map_err(|_| damaged)?;
    let (_, parsed) = X509Certificate::from_der(&certificate).map_err(|_| damaged)?;
    if *parsed.public_key().subject_public_key.data != *key.public_key_raw() || !for_servers_alone(&parsed) {
        return Ok(None);
    }
    Ok(Some((key, parsed.validity().not_after.timestamp().saturating_mul(1000))))
}

/// Those of earlier versions could also vouch for mail and code, whose names no constraint of theirs bounds.
fn for_servers_alone(certificate: &X509Certificate<'_>) -> bool {
    let usage = certificate.extended_key_usage().ok().flatten().map(|usage| usage.value);
    usage.is_some_and(|usage| {
        usage.server_auth && !(usage.any || usage.client_auth || usage.code_signing || usage.email_protection)
    })
}

/// What the authority is, from its key alone: the same at every start.
fn params(key: &KeyPair, now: i64) -> CertificateParams {
    let tag = hex::encode(&digest::digest(&digest::SHA256, key.public_key_raw()).as_ref()[..4]);
    let mut params = CertificateParams::default();
    params.distinguished_name = named(&format!("Cognate local CA {tag}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![
            GeneralSubtree::DnsName("localhost".to_owned()),
            GeneralSubtree::IpAddress(CidrSubnet::from_v4_prefix([127, 0, 0, 0], 8)),
            GeneralSubtree::IpAddress(CidrSubnet::from_v6_prefix(Ipv6Addr::LOCALHOST.octets(), 128)),
        ],
        excluded_subtrees: Vec::new(),
    });
    valid(&mut params, now - BEFORE, now + AUTHORITY * DAY);
    params
}

fn named(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, "Cognate");
    name.push(DnType::CommonName, common_name);
    name
}

fn valid(params: &mut CertificateParams, from: i64, until: i64) {
    let at = |millis: i64| date_time_ymd(1970, 1, 1) + Duration::from_secs(u64::try_from(millis / 1000).unwrap_or(0));
    (params.not_before, params.not_after) = (at(from), at(until));
}

#[cfg(test)]
mod tests {
    use super::super::pair::tests::NOW;
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn content(authority: &Authority) -> Vec<u8> {
        fs::read(authority.certificate()).unwrap()
    }

    #[test]
    fn an_authority_is_made_once_its_key_is_private_and_it_is_replaced_in_time() {
        let folder = tempfile::tempdir().unwrap();
        let tls = folder.path().join("tls");
        let first = Authority::open(&tls, NOW).unwrap();
        let known = content(&first);
        assert_eq!(fs::metadata(tls.join("ca.key")).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(content(&Authority::open(&tls, NOW + 365 * DAY).unwrap()), known);
        assert_ne!(content(&Authority::open(&tls, NOW + (AUTHORITY - AUTHORITY_RENEWED) * DAY).unwrap()), known);
        fs::set_permissions(tls.join("ca.key"), PermissionsExt::from_mode(0o644)).unwrap();
        assert!(Authority::open(&tls, NOW).err().unwrap().contains("others may read ca.key"));
        fs::remove_file(tls.join("ca.key")).unwrap();
        fs::write(tls.join("ca.pem"), "nonsense").unwrap();
        assert!(Authority::open(&tls, NOW).is_ok(), "half an authority is none");
    }

    #[test]
    fn an_authority_that_could_vouch_for_mail_or_code_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::open(folder.path(), NOW).unwrap();
        let good = |authority: &Authority| {
            let certificate = CertificateDer::from_pem_slice(&content(authority)).unwrap();
            for_servers_alone(&X509Certificate::from_der(&certificate).unwrap().1)
        };
        assert!(good(&authority));
        let key = authority.issuer.key();
        for usages in [vec![], vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::CodeSigning]] {
            let mut old = params(key, NOW);
            old.extended_key_usages = usages;
            fs::write(folder.path().join("ca.key"), pem("PRIVATE KEY", key.serialized_der())).unwrap();
            fs::write(authority.certificate(), pem("CERTIFICATE", old.self_signed(key).unwrap().der())).unwrap();
            assert!(!good(&authority));
            let anew = Authority::open(folder.path(), NOW).unwrap();
            assert!(good(&anew) && anew.issuer.key().public_key_raw() != key.public_key_raw());
        }
    }

    #[test]
    fn the_server_is_vouched_for_under_every_name_that_dev_prints_and_under_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::open(&folder.path().join("tls"), NOW).unwrap();
        let pair = authority.vouch(NOW).unwrap();
        for host in ["localhost", "dashboard.auth.localhost", "abc123.execute-api.localhost", "objects.localhost"] {
            assert!(pair.is_for(host), "{host}");
        }
        assert!(!pair.is_for("example.com") && pair.days_left(NOW) == SERVER);
        let trusts = |host: &'static str, pair: &Pair| {
            let mut roots = rustls::RootCertStore::empty();
            roots.add(CertificateDer::from_pem_slice(&content(&authority)).unwrap()).unwrap();
            let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
            let verifier =
                rustls::client::WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
            let now = rustls::pki_types::UnixTime::since_unix_epoch(Duration::from_millis(NOW.unsigned_abs()));
            let host = rustls::pki_types::ServerName::try_from(host).unwrap();
            rustls::client::danger::ServerCertVerifier::verify_server_cert(
                &*verifier,
                &pair.certified.cert[0],
                &[],
                &host,
                &[],
                now,
            )
            .is_ok()
        };
        for host in ["localhost", "dashboard.auth.localhost", "127.0.0.1", "::1"] {
            assert!(trusts(host, &pair), "{host}");
        }
        assert!(!trusts("bank.example", &pair));
        let mut params = CertificateParams::new(vec!["bank.example".to_owned()]).unwrap();
        valid(&mut params, NOW - DAY, NOW + DAY);
        let key = KeyPair::generate().unwrap();
        let forged = params.signed_by(&key, &authority.issuer).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let forged = Pair::of(vec![forged.der().clone()], key, NOW).unwrap();
        assert!(!trusts("bank.example", &forged), "the authority's key is good for this machine's names only");
    }
}
