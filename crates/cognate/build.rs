//! Embeds the dashboard's page (`web/dashboard/dist`) where it has been built; `cargo build` alone works without Node. Each file is hashed for its
//! `ETag` here, and compressed where that makes it smaller, so that serving costs neither.
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let dist = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../web/dashboard/dist");
    // The folder may not be there yet; naming its parent's entry makes cargo look again when it appears.
    println!("cargo::rerun-if-changed=../../web/dashboard/dist");
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var("OUT_DIR").unwrap_or_default());
    let mut files = Vec::new();
    if dist.join("index.html").is_file() {
        list(&dist, &dist, &mut files)?;
    }
    files.sort();
    let mut table = String::from("&[\n");
    for (index, (name, path)) in files.iter().enumerate() {
        let _ = writeln!(table, "    {},", entry(name, path, &out.join(format!("{index}.gz")))?);
    }
    table.push_str("]\n");
    fs::write(out.join("page.rs"), table)
}

/// A `File` of the page's table.
fn entry(name: &str, path: &Path, gzip: &Path) -> io::Result<String> {
    let content = fs::read(path)?;
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    let tag = format!("{:016x}", hasher.finish());
    let packed = compress(&content)?;
    let packed = if packed.len() < content.len() / 10 * 9 {
        fs::write(gzip, packed)?;
        format!("Some(include_bytes!({:?}))", gzip.display().to_string())
    } else {
        "None".to_owned()
    };
    let plain = path.display().to_string();
    Ok(format!("File {{ name: {name:?}, tag: {tag:?}, content: include_bytes!({plain:?}), gzip: {packed} }}"))
}

fn compress(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    encoder.finish()
}

fn list(root: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list(root, &path, files)?;
        } else if let Ok(name) = path.strip_prefix(root) {
            files.push((name.display().to_string(), path.canonicalize()?));
        }
    }
    Ok(())
}
