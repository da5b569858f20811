//! How others come to trust the authority of `dev --tls`: files for programs, commands for systems and browsers.
use crate::platform::quoted;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Where systems keep the roots that they trust, in one file.
const SYSTEM: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/etc/openssl/cert.pem",
];

/// Two files: the authority alone, for programs that add it to what they trust (Node.js), and a bundle with the system's roots behind it, for those
/// that trust nothing else once they are given one (boto3, requests, Go).
pub struct Bundle {
    /// The authority alone.
    pub alone: PathBuf,
    /// The authority and the system's roots.
    pub whole: PathBuf,
}

impl Bundle {
    /// Writes the bundle beside the authority's certificate, at each start anew: the system's roots change.
    pub fn write(authority: &Path) -> io::Result<Self> {
        Self::of(authority, SYSTEM.iter().find_map(|path| fs::read(path).ok()))
    }

    fn of(authority: &Path, system: Option<Vec<u8>>) -> io::Result<Self> {
        let whole = authority.with_file_name("bundle.pem");
        let mut content = fs::read(authority)?;
        content.extend(system.unwrap_or_default());
        let beside = authority.with_file_name("bundle.new");
        fs::write(&beside, content)?;
        fs::rename(&beside, &whole)?;
        Ok(Self { alone: authority.to_path_buf(), whole })
    }

    /// The variables by which programs are told, each with its file.
    pub fn variables(&self) -> [(&'static str, &Path); 4] {
        [
            ("AWS_CA_BUNDLE", &self.whole),
            ("REQUESTS_CA_BUNDLE", &self.whole),
            ("SSL_CERT_FILE", &self.whole),
            ("NODE_EXTRA_CA_CERTS", &self.alone),
        ]
    }
}

/// Purposes and commands that make this system and its browsers trust a certificate.
pub fn how_to_trust(certificate: &Path) -> Vec<(&'static str, String)> {
    let file = quoted(&certificate.display().to_string());
    if cfg!(target_os = "macos") {
        let keychain = "/Library/Keychains/System.keychain";
        return vec![(
            "Safari, Chrome",
            format!("sudo security add-trusted-cert -d -r trustRoot -p ssl -k {keychain} {file}"),
        )];
    }
    let copy = "/usr/local/share/ca-certificates/cognate.crt";
    vec![
        ("Chrome", format!("certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n cognate -i {file}")),
        ("Debian, Ubuntu", format!("sudo cp {file} {copy} && sudo update-ca-certificates")),
        ("Fedora, Arch", format!("sudo trust anchor {file}")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_loses_no_root_of_the_system() {
        let folder = tempfile::tempdir().unwrap();
        let authority = folder.path().join("ca.pem");
        fs::write(&authority, "ours\n").unwrap();
        let bundle = Bundle::of(&authority, Some(b"theirs\n".to_vec())).unwrap();
        assert_eq!(fs::read_to_string(&bundle.whole).unwrap(), "ours\ntheirs\n");
        assert_eq!(fs::read_to_string(&bundle.alone).unwrap(), "ours\n");
        let alone = Bundle::of(&authority, None).unwrap();
        assert_eq!(fs::read_to_string(&alone.whole).unwrap(), "ours\n", "written anew");
    }

    #[test]
    fn a_path_with_a_space_is_one_word_of_a_command() {
        for (_, command) in how_to_trust(Path::new("/home/a b/ca.pem")) {
            assert!(command.contains("'/home/a b/ca.pem'"), "{command}");
        }
    }
}
