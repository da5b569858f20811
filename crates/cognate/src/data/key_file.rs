//! The key file: the ring's keys, outside the database. Losing it means losing every sealed secret, so it is never made anew over old data.
use super::{DataError, private_file};
use crate::platform::SystemRandom;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use user_pools::sealing::KeyRing;
use zeroize::{Zeroize, Zeroizing};

/// `keys.json`: several keys, one of them active.
pub struct KeyFile {
    path: PathBuf,
    content: Content,
}

/// A key as the ring takes it.
type IdAndSecret = (u32, Zeroizing<[u8; 32]>);

#[derive(Serialize, Deserialize)]
struct Content {
    format: u8,
    active: u32,
    keys: Vec<StoredKey>,
}

#[derive(Serialize, Deserialize)]
struct StoredKey {
    id: u32,
    secret: String,
}

impl Drop for StoredKey {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}

impl KeyFile {
    /// Reads the key file. Without one a first key is made, but only where there is no database yet.
    pub fn open(path: &Path, database_exists: bool) -> Result<Self, DataError> {
        match std::fs::read(path) {
            Ok(bytes) if private_file::others_may_read(path) => {
                tracing::warn!(file = %path.display(), "the key file can be read by others than its owner: chmod 600 it");
                Self::read(path, &Zeroizing::new(bytes))
            }
            Ok(bytes) => Self::read(path, &Zeroizing::new(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && database_exists => Err(DataError(format!(
                "the key file {} is missing, but there is a database sealed with its keys: restore the key file from a backup, or move the data folder away to start anew",
                path.display()
            ))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::create(path),
            Err(error) => Err(DataError(format!("cannot read the key file {}: {error}", path.display()))),
        }
    }

    fn read(path: &Path, bytes: &[u8]) -> Result<Self, DataError> {
        let content: Content = serde_json::from_slice(bytes).map_err(|_| {
            DataError(format!(
                "the key file {} is damaged: it must be JSON with format, active and keys",
                path.display()
            ))
        })?;
        let file = Self { path: path.to_path_buf(), content };
        file.ring().map(|_| file)
    }

    fn create(path: &Path) -> Result<Self, DataError> {
        let mut file = Self { path: path.to_path_buf(), content: Content { format: 1, active: 0, keys: Vec::new() } };
        file.rotate()?;
        Ok(file)
    }

    /// The keys as a ring.
    pub fn ring(&self) -> Result<KeyRing, DataError> {
        KeyRing::new(&self.keys()?, self.content.active)
            .map_err(|_| self.damaged("the active key is not among the keys"))
    }

    /// Adds a fresh key, makes it the active one and writes the file.
    pub fn rotate(&mut self) -> Result<u32, DataError> {
        let id = self.content.keys.iter().map(|key| key.id).max().unwrap_or(0) + 1;
        let mut secret = Zeroizing::new([0; 32]);
        SystemRandom::fill(&mut *secret);
        let before = std::mem::replace(&mut self.content.active, id);
        self.content.keys.push(StoredKey { id, secret: STANDARD.encode(*secret) });
        self.save().inspect_err(|_| {
            // A key that is not on the disk must never seal anything.
            self.content.keys.pop();
            self.content.active = before;
        })?;
        Ok(id)
    }

    fn save(&self) -> Result<(), DataError> {
        let text =
            Zeroizing::new(serde_json::to_vec_pretty(&self.content).map_err(|error| DataError(error.to_string()))?);
        private_file::write(&self.path, &text)
            .map_err(|error| DataError(format!("cannot write the key file {}: {error}", self.path.display())))
    }

    /// Gives a running ring the keys of the file.
    pub fn refresh(&self, ring: &KeyRing) -> Result<(), DataError> {
        ring.replace(&self.keys()?, self.content.active)
            .map_err(|_| self.damaged("the active key is not among the keys"))
    }

    /// The ids of all keys.
    pub fn ids(&self) -> Vec<u32> {
        self.content.keys.iter().map(|key| key.id).collect()
    }

    /// A secret for one purpose, derived from the oldest key so that it outlives rotation.
    pub fn derived(&self, purpose: &str) -> Result<Zeroizing<[u8; 32]>, DataError> {
        let keys = self.keys()?;
        let (_, oldest) = keys.iter().min_by_key(|(id, _)| *id).ok_or_else(|| self.damaged("it holds no key"))?;
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, oldest.as_slice());
        let mut out = Zeroizing::new([0; 32]);
        out.copy_from_slice(aws_lc_rs::hmac::sign(&key, purpose.as_bytes()).as_ref());
        Ok(out)
    }

    fn keys(&self) -> Result<Vec<IdAndSecret>, DataError> {
        self.content.keys.iter().map(|key| self.decode(key)).collect()
    }

    fn decode(&self, key: &StoredKey) -> Result<IdAndSecret, DataError> {
        let bytes = Zeroizing::new(STANDARD.decode(&key.secret).map_err(|_| self.damaged("a secret is not Base64"))?);
        let secret: [u8; 32] = bytes.as_slice().try_into().map_err(|_| self.damaged("a secret is not 32 bytes"))?;
        Ok((key.id, Zeroizing::new(secret)))
    }

    fn damaged(&self, why: &str) -> DataError {
        DataError(format!("the key file {} is damaged: {why}", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_key_file_is_never_made_anew_over_old_data() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.json");
        let Err(error) = KeyFile::open(&path, true) else { panic!("a key file was made over an old database") };
        assert!(error.to_string().contains("restore the key file"), "{error}");
        assert!(!path.exists());
    }

    #[test]
    fn a_key_that_could_not_be_written_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.json");
        let mut file = KeyFile::open(&path, false).unwrap();
        // A folder in the place of the file written beside makes the write fail, also for root.
        std::fs::create_dir(path.with_extension("new")).unwrap();
        assert!(file.rotate().is_err());
        assert_eq!((file.ids(), file.ring().unwrap().active_id()), (vec![1], 1));
    }

    #[test]
    fn rotation_keeps_the_old_keys_and_the_derived_secrets() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.json");
        let mut file = KeyFile::open(&path, false).unwrap();
        let before = file.derived("objects").unwrap();
        let ring = file.ring().unwrap();
        assert_eq!(file.rotate().unwrap(), 2);
        file.refresh(&ring).unwrap();
        assert_eq!((ring.active_id(), ring.has(1)), (2, true));
        let again = KeyFile::open(&path, true).unwrap();
        assert_eq!(again.ids(), [1, 2]);
        assert_eq!(*again.derived("objects").unwrap(), *before);
    }
}
