//! Opening the folder and keeping others out.
use super::DataError;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// A data folder this process holds alone; the lock goes with the value, and with the process.
#[derive(Debug)]
pub struct DataFolder {
    root: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Makes the folder (0700) where needed and takes its lock.
    pub fn open(root: &Path) -> Result<Self, DataError> {
        let cannot = |what: &str, error: &dyn std::fmt::Display| {
            DataError(format!("cannot {what} the data folder {}: {error}", root.display()))
        };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(root).map_err(|error| cannot("make", &error))?;
        let root = fs::canonicalize(root).map_err(|error| cannot("find", &error))?;
        let lock =
            OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(root.join("cognate.lock"));
        let lock = lock.map_err(|error| cannot("lock", &error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { root, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(DataError(format!(
                "the data folder {} is in use by another cognate process; stop that one, or choose another folder (--data, or `data` in cognate.toml)",
                root.display()
            ))),
            Err(TryLockError::Error(error)) => Err(cannot("lock", &error)),
        }
    }

    /// The folder itself, absolute.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The database file.
    pub fn database(&self) -> PathBuf {
        self.root.join("cognate.db")
    }

    /// Whether there is a database. An absent or empty file beside the demo users or uploads is a lost database, not a first start: refused,
    /// because a new one would pass for the old and its keys would sign for pools that nobody remembers.
    pub fn has_database(&self) -> Result<bool, DataError> {
        if fs::metadata(self.database()).is_ok_and(|file| file.len() > 0) {
            return Ok(true);
        }
        let uploads = fs::read_dir(self.objects()).is_ok_and(|mut entries| entries.next().is_some());
        let left = [("demo.json", self.root.join("demo.json").exists()), ("objects", uploads)];
        match left.into_iter().find(|(_, there)| *there) {
            Some((name, _)) => Err(DataError(format!(
                "the database {} is missing or empty, but {name} beside it is from an earlier start: restore the database from a backup, or move the data folder away to start anew",
                self.database().display()
            ))),
            None => Ok(false),
        }
    }

    /// The folder of functions' code.
    pub fn functions(&self) -> PathBuf {
        self.root.join("functions")
    }

    /// The folder of the certificate authority of `dev --tls`.
    pub fn tls(&self) -> PathBuf {
        self.root.join("tls")
    }

    /// The folder of import jobs: files that arrived, and logs.
    pub fn imports(&self) -> PathBuf {
        self.root.join("imports")
    }

    /// The folder of uploaded bytes.
    pub fn objects(&self) -> PathBuf {
        self.root.join("objects")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_database_is_not_taken_for_a_first_start() {
        let place = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(place.path()).unwrap();
        assert!(!folder.has_database().unwrap(), "an empty folder is a first start");
        fs::write(folder.database(), b"").unwrap();
        assert!(!folder.has_database().unwrap(), "a first start may have broken off here");
        fs::create_dir(folder.objects()).unwrap();
        assert!(!folder.has_database().unwrap());
        fs::write(folder.objects().join("upload"), b"x").unwrap();
        let refused = folder.has_database().unwrap_err().to_string();
        assert!(refused.contains("cognate.db is missing or empty") && refused.contains("objects"), "{refused}");
        fs::write(folder.database(), b"rows").unwrap();
        assert!(folder.has_database().unwrap());
    }

    #[test]
    fn one_folder_serves_one_process() {
        let place = tempfile::tempdir().unwrap();
        let first = DataFolder::open(place.path()).unwrap();
        let refused = DataFolder::open(place.path()).unwrap_err().to_string();
        assert!(refused.contains("in use by another cognate process"), "{refused}");
        drop(first);
        assert!(DataFolder::open(place.path()).is_ok());
    }
}
