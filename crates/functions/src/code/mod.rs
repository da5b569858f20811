//! Code packages on disk, by the SHA-256 of their zip: `<root>/<sha256>/` holds `code.zip` and the unpacked `task/`. A
//! package is whole or absent: it is made beside its place and renamed.

mod unpack;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::digest;

use crate::errors::FunctionsError;
use crate::model::CodeFacts;
pub use unpack::CodeRefused;

/// The folder of all packages.
#[derive(Debug)]
pub struct CodeFolder {
    root: PathBuf,
    made: AtomicU64,
}

impl CodeFolder {
    /// Opens the folder, made where needed (0700); half-made packages of an earlier process go. What is none of ours is told and left alone.
    pub fn open(root: &Path) -> io::Result<Self> {
        make_folder(root)?;
        for entry in fs::read_dir(root)? {
            let entry = entry?;
            match Found::of(&entry) {
                Found::Package(_) => {}
                Found::Half => {
                    if let Err(error) = fs::remove_dir_all(entry.path()) {
                        tracing::warn!(path = %entry.path().display(), %error, "a half-made package of code could not be removed");
                    }
                }
                Found::Foreign => {
                    tracing::warn!(path = %entry.path().display(), "this is no code of a function: it is left alone");
                }
            }
        }
        Ok(Self { root: root.to_path_buf(), made: AtomicU64::new(0) })
    }

    /// Checks, unpacks and keeps a zip whose entries' names pass. Blocking: the caller gives it a thread.
    pub(crate) fn keep(
        &self,
        zip: &[u8],
        pass: impl FnOnce(&[String]) -> Result<(), FunctionsError>,
    ) -> Result<CodeFacts, FunctionsError> {
        let sha256 = hex::encode(digest::digest(&digest::SHA256, zip));
        let facts = CodeFacts { sha256, size: zip.len() as u64 };
        let place = self.root.join(&facts.sha256);
        if place.is_dir() {
            return pass(&unpack::names(zip)?).map(|()| facts);
        }
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let beside = self.root.join(format!(".{}-{number}", facts.sha256));
        let made = self.make(&beside, &place, zip, pass);
        if made.is_err() {
            let _ = fs::remove_dir_all(&beside);
        }
        made.map(|()| facts)
    }

    fn make(
        &self,
        beside: &Path,
        place: &Path,
        zip: &[u8],
        pass: impl FnOnce(&[String]) -> Result<(), FunctionsError>,
    ) -> Result<(), FunctionsError> {
        let disk = |error: io::Error| FunctionsError::Disk(error.to_string());
        make_folder(beside).map_err(disk)?;
        unpack::unpack(zip, &beside.join("task"))?;
        pass(&unpack::names(zip)?)?;
        let mut file = unpack::new_file(&beside.join("code.zip"), false).map_err(disk)?;
        file.write_all(zip).and_then(|()| all_on_disk(&file)).map_err(disk)?;
        match fs::rename(beside, place) {
            Ok(()) => fs::File::open(&self.root).and_then(|root| root.sync_all()).map_err(disk),
            // Somebody else kept the same package meanwhile.
            Err(_) if place.is_dir() => fs::remove_dir_all(beside).map_err(disk),
            Err(error) => Err(disk(error)),
        }
    }

    /// Checks a zip without keeping it.
    pub(crate) fn check(zip: &[u8]) -> Result<CodeFacts, FunctionsError> {
        unpack::check(zip)?;
        let sha256 = hex::encode(digest::digest(&digest::SHA256, zip));
        Ok(CodeFacts { sha256, size: zip.len() as u64 })
    }

    /// The unpacked folder of a package.
    pub(crate) fn task(&self, facts: &CodeFacts) -> PathBuf {
        self.root.join(&facts.sha256).join("task")
    }

    /// The zip of a package as it was uploaded.
    pub(crate) fn zip(&self, facts: &CodeFacts) -> io::Result<Vec<u8>> {
        fs::read(self.root.join(&facts.sha256).join("code.zip"))
    }

    /// All whole packages.
    pub(crate) fn packages(&self) -> io::Result<Vec<String>> {
        let package = |entry: io::Result<fs::DirEntry>| match entry.map(|entry| Found::of(&entry)) {
            Ok(Found::Package(name)) => Some(Ok(name)),
            Ok(Found::Half | Found::Foreign) => None,
            Err(error) => Some(Err(error)),
        };
        fs::read_dir(&self.root)?.filter_map(package).collect()
    }

    /// Removes a package, first from its place: half of one is never found there.
    pub(crate) fn remove(&self, sha256: &str) -> io::Result<()> {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let aside = self.root.join(format!(".gone-{sha256}-{number}"));
        fs::rename(self.root.join(sha256), &aside)?;
        fs::remove_dir_all(aside)
    }
}

/// What lies in the folder.
enum Found {
    /// A whole package, by its SHA-256.
    Package(String),
    /// One that was being made, or removed: `.<sha256>-<number>`, `.gone-<sha256>-<number>`.
    Half,
    /// Somebody else's.
    Foreign,
}

impl Found {
    fn of(entry: &fs::DirEntry) -> Self {
        let is_sha256 = |name: &str| name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        let name = entry.file_name().to_string_lossy().into_owned();
        let half = |name: &str| {
            let numbered = name.strip_prefix('.').map(|name| name.strip_prefix("gone-").unwrap_or(name));
            numbered.and_then(|name| name.split_once('-')).is_some_and(|(name, _)| is_sha256(name))
        };
        if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            Self::Foreign
        } else if is_sha256(&name) {
            Self::Package(name)
        } else if half(&name) {
            Self::Half
        } else {
            Self::Foreign
        }
    }
}

/// Puts all files of the package on the disk before it gets its name, thousands of them in one go where the system can.
fn all_on_disk(one: &fs::File) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::fs::syncfs(one)?;
    #[cfg(not(target_os = "linux"))]
    rustix::fs::sync();
    one.sync_all()
}

fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_code_of_ours_stops_no_start_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (package, half) = ("a".repeat(64), format!(".{}-0", "b".repeat(64)));
        let gone = format!(".gone-{}-1", "c".repeat(64));
        for made in [package.as_str(), &half, &gone, ".git", "lost+found"] {
            fs::create_dir(folder.path().join(made)).unwrap();
        }
        for stray in [".DS_Store", "notes.txt", &"d".repeat(64)] {
            fs::write(folder.path().join(stray), "x").unwrap();
        }
        let code = CodeFolder::open(folder.path()).unwrap();
        assert_eq!(code.packages().unwrap(), [package]);
        for kept in [".git", "lost+found", ".DS_Store", "notes.txt"] {
            assert!(folder.path().join(kept).exists(), "{kept}");
        }
        assert!(!folder.path().join(half).exists() && !folder.path().join(gone).exists());
    }
}
