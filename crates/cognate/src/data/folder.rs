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

    /// The folder of uploaded bytes.
    pub fn objects(&self) -> PathBuf {
        self.root.join("objects")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
