//! The certificate files of `serve`: read at the start, and again when they change or SIGHUP asks. What cannot be used is said, and the pairs that
//! serve stay.
use super::certificates::Certificates;
use super::pair::{Pair, PairFiles};
use crate::platform::Clock;
use crate::telemetry::Metrics;
use aws_lc_rs::digest;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::MissedTickBehavior;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(5);
/// From so many days before the end on, it is said once a day.
const SOON: i64 = 14;

/// Keeps certificates as their files are.
pub struct Keeper {
    files: Vec<PairFiles>,
    /// Hosts that a certificate should be for.
    hosts: Vec<String>,
    certificates: Arc<Certificates>,
    /// Prints of the files' content: what was tried last, and what was seen at the last look.
    tried: Print,
    seen: Print,
    said: Option<i64>,
}

type Print = [u8; digest::SHA256_OUTPUT_LEN];

/// What a look at the files came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Look {
    /// Nothing new.
    Same,
    /// Something new that may still be being written.
    Unsettled,
    /// New pairs serve from now on.
    Replaced,
    /// What is new cannot be used; why.
    Refused(String),
}

impl Keeper {
    /// Reads all files. `hosts` are those that clients will ask for.
    pub fn open(files: Vec<PairFiles>, hosts: Vec<String>, now: i64) -> Result<Self, String> {
        let print = print(&files);
        let certificates = Certificates::new(load(&files, now)?);
        Ok(Self { files, hosts, certificates, tried: print, seen: print, said: None })
    }

    /// What it keeps.
    pub fn certificates(&self) -> &Arc<Certificates> {
        &self.certificates
    }

    /// Looks at the files as long as the process lives. Must run inside a runtime.
    pub async fn keep(mut self, clock: Clock, metrics: Arc<Metrics>) {
        self.tell(&metrics, clock.machine());
        let mut asked = match signal(SignalKind::hangup()) {
            Ok(asked) => Some(asked),
            Err(error) => {
                tracing::warn!(%error, "SIGHUP is not heard; changed certificate files are still seen");
                None
            }
        };
        let mut tick = tokio::time::interval(LOOK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let hung_up = async {
                match &mut asked {
                    Some(asked) => asked.recv().await,
                    None => std::future::pending().await,
                }
            };
            let at_once = tokio::select! {
                _ = tick.tick() => false,
                _ = hung_up => true,
            };
            let now = clock.machine();
            // Files may lie on a slow disk, or one of the network.
            let looked = tokio::task::spawn_blocking(move || {
                let look = self.look(at_once, now);
                (self, look)
            });
            let Ok((keeper, look)) = looked.await else { return };
            self = keeper;
            match look {
                Look::Same | Look::Unsettled => {}
                Look::Replaced => {
                    metrics.certificates_read(true);
                    tracing::info!("the certificates were read anew and serve from now on");
                    self.tell(&metrics, now);
                }
                Look::Refused(why) => {
                    metrics.certificates_read(false);
                    tracing::error!(%why, "the new certificates cannot be used: those that served so far stay");
                }
            }
            self.warn_of_the_end(now);
        }
    }

    /// Looks at the files. Content that is new is taken when it was there at the look before too, or `at_once`: a certificate and its key are
    /// seldom written in the same moment.
    pub fn look(&mut self, at_once: bool, now: i64) -> Look {
        let print = print(&self.files);
        let settled = print == self.seen;
        self.seen = print;
        match () {
            () if print == self.tried && !at_once => return Look::Same,
            () if !settled && !at_once => return Look::Unsettled,
            () => self.tried = print,
        }
        match load(&self.files, now) {
            Ok(pairs) => {
                self.certificates.replace(pairs);
                Look::Replaced
            }
            Err(why) => Look::Refused(why),
        }
    }

    /// Tells the metrics, and the log what no client will like.
    fn tell(&self, metrics: &Metrics, now: i64) {
        let pairs = self.certificates.now();
        if let Some(first) = pairs.iter().min_by_key(|pair| pair.not_after) {
            metrics.certificates_end(first.not_after / 1000);
            tracing::info!(days = first.days_left(now), "the first certificate to end is valid for so many days");
        }
        for host in self.hosts.iter().filter(|host| !pairs.iter().any(|pair| pair.is_for(host))) {
            tracing::warn!(%host, "no certificate is for this host of the configuration: clients will refuse it");
        }
    }

    fn warn_of_the_end(&mut self, now: i64) {
        let pairs = self.certificates.now();
        let Some(days) = pairs.iter().map(|pair| pair.days_left(now)).min() else { return };
        if days < SOON && self.said != Some(days) {
            self.said = Some(days);
            if days < 0 {
                tracing::error!("a certificate has expired: clients refuse it");
            } else {
                tracing::warn!(days, "a certificate expires soon");
            }
        }
    }
}

fn load(files: &[PairFiles], now: i64) -> Result<Vec<Pair>, String> {
    files.iter().map(|pair| pair.load(now)).collect()
}

/// What the files hold, or that they cannot be read, in a few bytes.
fn print(files: &[PairFiles]) -> Print {
    let mut all = digest::Context::new(&digest::SHA256);
    for path in files.iter().flat_map(|pair| [&pair.certificate, &pair.key]) {
        let content = std::fs::read(path).map_err(|error| error.to_string());
        let (mark, bytes) = content.as_ref().map_or_else(|error| (0, error.as_bytes()), |bytes| (1, bytes.as_slice()));
        all.update(&[mark]);
        all.update(&bytes.len().to_be_bytes());
        all.update(bytes);
    }
    let mut print = Print::default();
    print.copy_from_slice(all.finish().as_ref());
    print
}

#[cfg(test)]
mod tests {
    use super::super::pair::tests::{NOW, made};
    use super::*;
    use rustls::pki_types::ServerName;
    use std::path::Path;

    fn write(folder: &Path, pair: &(String, String)) {
        std::fs::write(folder.join("cert.pem"), &pair.0).unwrap();
        std::fs::write(folder.join("key.pem"), &pair.1).unwrap();
    }

    fn keeper(folder: &Path) -> Result<Keeper, String> {
        let files = PairFiles { certificate: folder.join("cert.pem"), key: folder.join("key.pem") };
        Keeper::open(vec![files], vec!["a.example".to_owned()], NOW)
    }

    /// The certificate that a client sees, and the protocol agreed on.
    async fn shown(certificates: &Arc<Certificates>, host: &'static str) -> (Vec<u8>, Vec<u8>) {
        let tls = super::super::Tls::new(Arc::clone(certificates), crate::telemetry::Counter::default()).unwrap();
        let (here, there) = tokio::io::duplex(64 * 1024);
        let served = tokio::spawn(async move { tls.acceptor.accept(there).await.map(drop) });
        let mut roots = rustls::RootCertStore::empty();
        for pair in certificates.now().iter() {
            roots.add(pair.certified.cert[0].clone()).unwrap();
        }
        let mut config =
            rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_root_certificates(roots)
                .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec()];
        let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
        let stream = connector.connect(ServerName::try_from(host).unwrap(), here).await.unwrap();
        let (_, session) = stream.get_ref();
        let seen = session.peer_certificates().unwrap()[0].to_vec();
        let agreed = session.alpn_protocol().unwrap().to_vec();
        let _ = served.await;
        (seen, agreed)
    }

    #[tokio::test]
    async fn changed_files_serve_once_they_stand_still_and_a_bad_one_leaves_the_old_in_place() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (made(&["a.example"], (2026, 2027)), made(&["a.example"], (2026, 2028)));
        write(folder.path(), &first);
        let mut keeper = keeper(folder.path()).unwrap();
        let certificates = Arc::clone(keeper.certificates());
        let (before, agreed) = shown(&certificates, "a.example").await;
        assert_eq!(agreed, b"h2");
        assert_eq!(keeper.look(false, NOW), Look::Same);

        std::fs::write(folder.path().join("cert.pem"), &second.0).unwrap();
        assert_eq!(keeper.look(false, NOW), Look::Unsettled);
        let Look::Refused(why) = keeper.look(false, NOW) else { panic!("a key that does not fit was taken") };
        assert!(why.contains("key.pem: is not the key of the certificate"), "{why}");
        assert_eq!(keeper.look(false, NOW), Look::Same, "it is said once");
        assert_eq!(shown(&certificates, "a.example").await.0, before);

        write(folder.path(), &second);
        assert_eq!(keeper.look(true, NOW), Look::Replaced, "SIGHUP does not wait");
        assert_ne!(shown(&certificates, "a.example").await.0, before);
        std::fs::remove_file(folder.path().join("key.pem")).unwrap();
        assert!(matches!(keeper.look(true, NOW), Look::Refused(why) if why.contains("cannot read")));
        let metrics = Metrics::default();
        keeper.tell(&metrics, NOW);
        assert!(metrics.text().contains("cognate_tls_certificate_end_seconds 1830297600"));
    }

    #[tokio::test]
    async fn each_host_is_shown_its_certificate_and_a_strange_one_the_first() {
        let pair = |names: &[&str]| {
            let (chain, key) = made(names, (2026, 2027));
            Pair::of_pem(chain.as_bytes(), key.as_bytes(), NOW).unwrap()
        };
        let (first, second) = (pair(&["id.example", "strange.test"]), pair(&["*.api.example"]));
        let der = |pair: &Pair| pair.certified.cert[0].to_vec();
        let (one, two) = (der(&first), der(&second));
        let certificates = Certificates::new(vec![first, second]);
        assert_eq!(shown(&certificates, "id.example").await.0, one);
        assert_eq!(shown(&certificates, "x.api.example").await.0, two);
        assert_eq!(shown(&certificates, "strange.test").await.0, one);
    }

    #[test]
    fn a_server_does_not_start_on_files_that_cannot_serve() {
        let folder = tempfile::tempdir().unwrap();
        let why = |folder: &Path| keeper(folder).err().unwrap();
        assert!(why(folder.path()).contains("tls.certificate: cannot read"));
        write(folder.path(), &made(&["a.example"], (2020, 2021)));
        assert!(why(folder.path()).contains("cert.pem: expired on 2021-01-01"));
    }
}
