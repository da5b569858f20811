//! Metadata as the page sees it.
use crate::ports::{FileRecord, Millis};
use jiff::Timestamp;
use serde::Serialize;

/// One file's metadata on the wire.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Metadata {
    key: String,
    file_name: String,
    content_type: String,
    size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    checksum_sha256: Option<String>,
    uploader: String,
    uploader_name: String,
    status: &'static str,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed_at: Option<String>,
}

impl From<FileRecord> for Metadata {
    fn from(record: FileRecord) -> Self {
        Self {
            key: record.key,
            file_name: record.file_name,
            content_type: record.content_type,
            size: record.size,
            checksum_sha256: record.checksum_sha256,
            uploader: record.owner,
            uploader_name: record.owner_name,
            status: record.status.as_str(),
            created_at: iso(record.created_at),
            completed_at: record.completed_at.map(iso),
        }
    }
}

/// ISO-8601, UTC, milliseconds.
pub(crate) fn iso(ms: Millis) -> String {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH).strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_iso_8601_with_milliseconds() {
        assert_eq!(iso(1_795_572_184_005), "2026-11-25T02:03:04.005Z");
        assert_eq!(iso(1_795_572_184_000), "2026-11-25T02:03:04.000Z");
    }
}
