//! Unpacking an uploaded zip. The uploader controls every byte: names, sizes, links, ratios. Names must stay inside,
//! links are refused, and what is written is counted as it is written, whatever the zip's own figures say.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs;
use std::io::{self, Cursor, Read};
use std::path::{Component, Path, PathBuf};

use zip::ZipArchive;
use zip::read::ZipFile;

/// Lambda's limits: unpacked bytes and packed bytes of a direct upload.
const MAX_UNPACKED: u64 = 262_144_000;
const MAX_PACKED: usize = 52_428_800;
/// Ours: files and folders, and how many times larger than the zip its content may be.
const MAX_ENTRIES: usize = 20_000;
const MAX_RATIO: u64 = 200;
/// A small zip may have any ratio up to this size.
const FREE: u64 = 16 * 1024 * 1024;
const LONGEST_NAME: usize = 1024;

/// Why a package is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeRefused {
    /// No bytes, or no entry.
    #[error("Uploaded file must be a non-empty zip")]
    Empty,
    /// Not a zip, or a broken one.
    #[error("Could not unzip uploaded file. Please check your file, then try to upload again.")]
    NotAZip,
    /// More packed bytes than a direct upload may have.
    #[error("Request must be smaller than {MAX_PACKED} bytes for a zipped deployment package")]
    TooLarge,
    /// More unpacked bytes than Lambda takes.
    #[error("Unzipped size must be smaller than {MAX_UNPACKED} bytes")]
    TooLargeUnpacked,
    /// A tiny file that becomes a huge one.
    #[error("Unzipped size is more than {MAX_RATIO} times the zipped size: this looks like a decompression bomb")]
    Bomb,
    /// Too many files and folders, those that no entry names included.
    #[error("A deployment package may have at most {MAX_ENTRIES} files and folders")]
    TooMany,
    /// A name that leads out of the folder, or cannot be a file name.
    #[error("The entry {0:?} of the zip does not stay inside the function's folder")]
    Outside(String),
    /// A symbolic link or a device.
    #[error("The entry {0:?} of the zip is neither a file nor a folder; symbolic links are not taken")]
    Special(String),
    /// The same name twice, or a file where a folder must be.
    #[error("The entry {0:?} of the zip stands there twice, or under a file")]
    Twice(String),
    /// Encrypted, or packed by a method that Lambda does not unpack.
    #[error("The entry {0:?} of the zip cannot be unpacked: use the deflate method, without a password")]
    Method(String),
    /// The disk refused; for the log.
    #[error("the package cannot be written: {0}")]
    Disk(String),
}

/// Where entries go: into a folder, or nowhere.
enum Target<'a> {
    Folder(&'a Path),
    Nowhere,
}

/// Unpacks into a new folder.
pub(super) fn unpack(zip: &[u8], into: &Path) -> Result<(), CodeRefused> {
    super::make_folder(into).map_err(disk)?;
    walk(zip, &Target::Folder(into))
}

/// Does all that [`unpack`] does but write.
pub(super) fn check(zip: &[u8]) -> Result<(), CodeRefused> {
    walk(zip, &Target::Nowhere)
}

/// The names of all entries, as they stand in the zip.
pub(super) fn names(zip: &[u8]) -> Result<Vec<String>, CodeRefused> {
    let archive = open(zip)?;
    let names = archive.file_names().map(|name| name.map(Cow::into_owned));
    names.collect::<Result<_, _>>().map_err(|_| CodeRefused::NotAZip)
}

fn open(zip: &[u8]) -> Result<ZipArchive<Cursor<&[u8]>>, CodeRefused> {
    if zip.is_empty() {
        return Err(CodeRefused::Empty);
    }
    if zip.len() > MAX_PACKED {
        return Err(CodeRefused::TooLarge);
    }
    let archive = ZipArchive::new(Cursor::new(zip)).map_err(|_| CodeRefused::NotAZip)?;
    match archive.len() {
        0 => Err(CodeRefused::Empty),
        1..=MAX_ENTRIES => Ok(archive),
        _ => Err(CodeRefused::TooMany),
    }
}

fn walk(zip: &[u8], target: &Target<'_>) -> Result<(), CodeRefused> {
    let mut archive = open(zip)?;
    count_places(&archive)?;
    let mut left = Allowance::of(zip.len() as u64);
    for index in 0..archive.len() {
        let Some(Ok(name)) = archive.name_for_index(index) else { return Err(CodeRefused::NotAZip) };
        let name = name.into_owned();
        let entry = archive.by_index(index).map_err(|_| CodeRefused::Method(shown(&name)))?;
        one(entry, &name, target, &mut left)?;
    }
    Ok(())
}

/// Counts files and folders, before anything is written: a name may lead through hundreds of folders that no entry stands for.
fn count_places(archive: &ZipArchive<Cursor<&[u8]>>) -> Result<(), CodeRefused> {
    let mut places = HashSet::new();
    for name in archive.file_names() {
        let path = inside(&name.map_err(|_| CodeRefused::NotAZip)?)?;
        for place in path.ancestors().filter(|place| !place.as_os_str().is_empty()) {
            if !places.insert(place.to_path_buf()) {
                break;
            }
            if places.len() > MAX_ENTRIES {
                return Err(CodeRefused::TooMany);
            }
        }
    }
    Ok(())
}

/// How many bytes may still be written.
struct Allowance {
    left: u64,
    bomb: bool,
}

impl Allowance {
    fn of(packed: u64) -> Self {
        let by_ratio = packed.saturating_mul(MAX_RATIO).max(FREE);
        Self { left: by_ratio.min(MAX_UNPACKED), bomb: by_ratio < MAX_UNPACKED }
    }

    fn refusal(&self) -> CodeRefused {
        if self.bomb { CodeRefused::Bomb } else { CodeRefused::TooLargeUnpacked }
    }
}

fn one<R: Read>(
    mut entry: ZipFile<'_, R>,
    name: &str,
    target: &Target<'_>,
    left: &mut Allowance,
) -> Result<(), CodeRefused> {
    let inside = inside(name)?;
    let mode = entry.unix_mode().unwrap_or(0);
    let kind = mode & 0o170_000;
    if entry.is_symlink() || !matches!(kind, 0 | 0o100_000 | 0o040_000) {
        return Err(CodeRefused::Special(shown(name)));
    }
    if entry.is_dir() {
        return match target {
            Target::Folder(root) => super::make_folder(&root.join(inside)).map_err(|_| CodeRefused::Twice(shown(name))),
            Target::Nowhere => Ok(()),
        };
    }
    let written = match target {
        Target::Nowhere => copy(&mut entry, &mut io::sink(), left.left),
        Target::Folder(root) => {
            let path = root.join(inside);
            let mut file = new_file(&path, mode & 0o111 != 0).map_err(|error| created(name, &error))?;
            copy(&mut entry, &mut file, left.left)
        }
    };
    match written {
        Ok(Some(bytes)) => left.left -= bytes,
        Ok(None) => return Err(left.refusal()),
        Err(error) if is_of_disk(&error) => return Err(disk(error)),
        Err(_) => return Err(CodeRefused::NotAZip),
    }
    Ok(())
}

/// Copies at most `most` bytes; `None` when there are more.
fn copy(from: &mut impl Read, to: &mut impl io::Write, most: u64) -> io::Result<Option<u64>> {
    let written = io::copy(&mut from.take(most.saturating_add(1)), to)?;
    Ok((written <= most).then_some(written))
}

/// Never follows or overwrites anything: the file must be new.
pub(super) fn new_file(path: &Path, executable: bool) -> io::Result<fs::File> {
    if let Some(folder) = path.parent() {
        super::make_folder(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if executable { 0o700 } else { 0o600 });
    options.open(path)
}

fn created(name: &str, error: &io::Error) -> CodeRefused {
    if is_of_disk(error) { disk(error) } else { CodeRefused::Twice(shown(name)) }
}

fn is_of_disk(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull
            | io::ErrorKind::PermissionDenied
            | io::ErrorKind::ReadOnlyFilesystem
            | io::ErrorKind::QuotaExceeded
    )
}

/// The relative path of an entry, of plain names only.
fn inside(name: &str) -> Result<PathBuf, CodeRefused> {
    let refused = || CodeRefused::Outside(shown(name));
    if name.is_empty() || name.len() > LONGEST_NAME || name.contains(['\0', '\\']) {
        return Err(refused());
    }
    let mut path = PathBuf::new();
    for component in Path::new(name).components() {
        match component {
            Component::Normal(part) if part.len() <= 255 => path.push(part),
            Component::CurDir => {}
            _ => return Err(refused()),
        }
    }
    Ok(path)
}

fn shown(name: &str) -> String {
    name.chars().take(80).collect()
}

fn disk(error: impl std::fmt::Display) -> CodeRefused {
    CodeRefused::Disk(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::write::SimpleFileOptions;

    fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in entries {
            writer.start_file(*name, SimpleFileOptions::default().unix_permissions(0o644)).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn refused(zip: &[u8]) -> CodeRefused {
        let folder = tempfile::tempdir().unwrap();
        let into = folder.path().join("in");
        let refused = unpack(zip, &into).unwrap_err();
        assert_eq!(check(zip).err().is_some(), !matches!(refused, CodeRefused::Twice(_)));
        let beside: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(beside, ["in"], "nothing was written outside");
        refused
    }

    #[test]
    fn a_package_is_unpacked_with_its_folders_and_executables() {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        writer.add_directory("lib/", SimpleFileOptions::default()).unwrap();
        for (name, mode) in [("lib/a.py", 0o644), ("./bootstrap", 0o755)] {
            writer.start_file(name, SimpleFileOptions::default().unix_permissions(mode)).unwrap();
            writer.write_all(name.as_bytes()).unwrap();
        }
        let zip = writer.finish().unwrap().into_inner();
        let folder = tempfile::tempdir().unwrap();
        unpack(&zip, &folder.path().join("x")).unwrap();
        assert_eq!(fs::read(folder.path().join("x/lib/a.py")).unwrap(), b"lib/a.py");
        let mode = std::os::unix::fs::PermissionsExt::mode(
            &fs::metadata(folder.path().join("x/bootstrap")).unwrap().permissions(),
        );
        assert_eq!(mode & 0o777, 0o700);
    }

    #[test]
    fn names_that_lead_outside_are_refused() {
        for name in ["../evil", "a/../../evil", "/etc/evil", "a\\..\\evil"] {
            assert_eq!(refused(&zipped(&[("ok", b"1"), (name, b"x")])), CodeRefused::Outside(name.to_owned()));
        }
    }

    #[test]
    fn a_symbolic_link_is_refused_and_so_is_what_goes_through_it() {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        writer.add_symlink("out", "/tmp", SimpleFileOptions::default()).unwrap();
        writer.start_file("out/evil", SimpleFileOptions::default()).unwrap();
        let zip = writer.finish().unwrap().into_inner();
        assert_eq!(refused(&zip), CodeRefused::Special("out".to_owned()));
    }

    #[test]
    fn a_bomb_is_refused_before_it_fills_the_disk() {
        let zip = zipped(&[("zeros", &vec![0; 40 * 1024 * 1024])]);
        assert!(zip.len() < 100_000);
        assert_eq!(refused(&zip), CodeRefused::Bomb);
    }

    #[test]
    fn folders_that_only_names_lead_through_are_counted() {
        let deep = |index: usize| format!("{index}/{}x", "d/".repeat(400));
        let names: Vec<String> = (0..60).map(deep).collect();
        let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
        assert_eq!(check(&zipped(&entries[..40])), Ok(()));
        assert_eq!(refused(&zipped(&entries)), CodeRefused::TooMany);
    }

    #[test]
    fn what_is_no_zip_is_refused() {
        assert_eq!(refused(b""), CodeRefused::Empty);
        assert_eq!(refused(b"def handler(): pass"), CodeRefused::NotAZip);
        assert_eq!(refused(&zipped(&[])), CodeRefused::Empty);
        let mut broken = zipped(&[("a.py", b"some content that is long enough to break")]);
        broken[40] ^= 0xff;
        assert!(matches!(refused(&broken), CodeRefused::NotAZip | CodeRefused::Method(_)));
    }

    #[test]
    fn a_file_in_the_place_of_a_folder_is_refused() {
        assert_eq!(refused(&zipped(&[("a", b"1"), ("a/b", b"2")])), CodeRefused::Twice("a/b".to_owned()));
    }
}
