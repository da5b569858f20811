//! What is kept beside an object's bytes. It is the file's tail, so that bytes and facts become durable in one rename:
//! `bytes, JSON, length of the JSON (4 bytes, little endian), magic (8 bytes)`.
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Seek, SeekFrom};

const MAGIC: &[u8; 8] = b"COGNOBJ1";
const FIXED: u64 = 12;
/// Keys and content types are bounded; nothing honest comes near.
const MAX_JSON: u32 = 64 * 1024;

/// An object's facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ObjectMeta {
    pub(crate) key: String,
    pub(crate) content_type: String,
    pub(crate) size: u64,
    /// Lower-case hex.
    pub(crate) sha256: String,
    /// Epoch milliseconds.
    pub(crate) created_at: i64,
}

impl ObjectMeta {
    /// The strong validator.
    pub(crate) fn etag(&self) -> String {
        format!("\"{}\"", self.sha256)
    }

    /// What to append to the bytes.
    pub(crate) fn tail(&self) -> io::Result<Vec<u8>> {
        let mut tail = serde_json::to_vec(self)?;
        let length = u32::try_from(tail.len()).ok().filter(|length| *length <= MAX_JSON).ok_or_else(broken)?;
        tail.extend_from_slice(&length.to_le_bytes());
        tail.extend_from_slice(MAGIC);
        Ok(tail)
    }

    /// Reads the tail of a file and leaves the file at its first byte.
    pub(crate) fn read(file: &mut (impl Read + Seek)) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(length.checked_sub(FIXED).ok_or_else(broken)?))?;
        let mut fixed = [0; 12];
        file.read_exact(&mut fixed)?;
        let [a, b, c, d, magic @ ..] = fixed;
        let json_length = u32::from_le_bytes([a, b, c, d]);
        if magic != *MAGIC || json_length > MAX_JSON {
            return Err(broken());
        }
        let size = length.checked_sub(FIXED + u64::from(json_length)).ok_or_else(broken)?;
        file.seek(SeekFrom::Start(size))?;
        let mut json = Vec::new();
        file.take(u64::from(json_length)).read_to_end(&mut json)?;
        let meta: Self = serde_json::from_slice(&json)?;
        file.rewind()?;
        if meta.size == size { Ok(meta) } else { Err(broken()) }
    }
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "not an object file")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn meta(size: u64) -> ObjectMeta {
        ObjectMeta {
            key: "uploads/u/0/é.txt".into(),
            content_type: "text/plain".into(),
            size,
            sha256: "00".into(),
            created_at: 1,
        }
    }

    #[test]
    fn the_tail_is_read_back_and_the_bytes_stand_first() {
        for bytes in [&b""[..], b"hello"] {
            let meta = meta(bytes.len() as u64);
            let mut file = Cursor::new([bytes, &meta.tail().unwrap()].concat());
            assert_eq!(ObjectMeta::read(&mut file).unwrap(), meta);
            assert_eq!(file.position(), 0);
        }
    }

    #[test]
    fn a_damaged_file_is_refused() {
        let whole = [&b"hello"[..], &meta(5).tail().unwrap()].concat();
        for cut in [0, 1, 11, whole.len() - 1] {
            assert!(ObjectMeta::read(&mut Cursor::new(&whole[..cut])).is_err(), "{cut}");
        }
        assert!(ObjectMeta::read(&mut Cursor::new(&whole[1..])).is_err());
    }
}
