//! The dashboard's metadata. An expired record reads as absent until it is deleted together with its bytes.
use crate::SqliteStore;
use crate::error::{Act, Fail};
use crate::row;
use async_trait::async_trait;
use dashboard::ports::{FileRecord, FileStatus, MetadataStore, Millis, Position, StoreResult};
use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};

const GET: &str =
    "SELECT key, owner, owner_name, file_name, content_type, size, checksum_sha256, status, created, completed,
    expires_at, version FROM files WHERE key = ?1 AND (expires_at IS NULL OR expires_at > ?2)";
const LIST: &str =
    "SELECT key, owner, owner_name, file_name, content_type, size, checksum_sha256, status, created, completed,
    expires_at, version FROM files WHERE (created, key) < (?1, ?2) AND (expires_at IS NULL OR expires_at > ?3)
    ORDER BY created DESC, key DESC LIMIT ?4";
const LIST_OF_OWNER: &str =
    "SELECT key, owner, owner_name, file_name, content_type, size, checksum_sha256, status, created, completed,
    expires_at, version FROM files WHERE owner = ?5 AND (created, key) < (?1, ?2)
    AND (expires_at IS NULL OR expires_at > ?3) ORDER BY created DESC, key DESC LIMIT ?4";
const LIST_EXPIRED: &str =
    "SELECT key, owner, owner_name, file_name, content_type, size, checksum_sha256, status, created, completed,
    expires_at, version FROM files WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2";

#[async_trait]
impl MetadataStore for SqliteStore {
    async fn insert_pending(&self, _now: Millis, record: FileRecord) -> StoreResult<()> {
        self.write(move |db| insert(db, &record)).await
    }

    async fn complete(&self, now: Millis, key: String, size: u64, checksum_sha256: String) -> StoreResult<FileRecord> {
        self.write(move |db| {
            let mut file = row::get(db, GET, params![key, now], record)?;
            if file.size != size {
                return Err(Fail::Conflict);
            }
            if file.status == FileStatus::Complete {
                let same = file.checksum_sha256.as_deref() == Some(checksum_sha256.as_str());
                return if same { Ok(file) } else { Err(Fail::Conflict) };
            }
            file.status = FileStatus::Complete;
            file.checksum_sha256 = Some(checksum_sha256);
            file.completed_at = Some(now);
            file.expires_at = None;
            file.version += 1;
            let sql =
                "UPDATE files SET status = ?1, checksum_sha256 = ?2, completed = ?3, expires_at = NULL, version = ?4
                WHERE key = ?5";
            row::run(db, sql, params![file.status.as_str(), file.checksum_sha256, now, file.version, file.key])?;
            Ok(file)
        })
        .await
    }

    async fn get(&self, now: Millis, key: String) -> StoreResult<FileRecord> {
        self.read(|db| row::get(db, GET, params![key, now], record))
    }

    async fn list(
        &self,
        now: Millis,
        owner: Option<String>,
        after: Option<Position>,
        limit: usize,
    ) -> StoreResult<Vec<FileRecord>> {
        let (created, key) = after.map_or((Millis::MAX, String::new()), |at| (at.created_at, at.key));
        let limit = row::limit(limit);
        self.read(|db| match owner {
            None => row::list(db, LIST, params![created, key, now, limit], record),
            Some(owner) => row::list(db, LIST_OF_OWNER, params![created, key, now, limit, owner], record),
        })
    }

    async fn expire(&self, now: Millis, key: String) -> StoreResult<()> {
        self.write(move |db| {
            let sql = "UPDATE files SET expires_at = ?1, version = version + 1
                WHERE key = ?2 AND (expires_at IS NULL OR expires_at > ?1)";
            row::found(row::run(db, sql, params![now, key])?)
        })
        .await
    }

    async fn delete(&self, _now: Millis, key: String) -> StoreResult<()> {
        self.write(move |db| row::found(row::run(db, "DELETE FROM files WHERE key = ?1", [&key])?)).await
    }

    async fn list_expired(&self, now: Millis, limit: usize) -> StoreResult<Vec<FileRecord>> {
        self.read(|db| row::list(db, LIST_EXPIRED, params![now, row::limit(limit)], record))
    }
}

fn insert(db: &Connection, f: &FileRecord) -> Act<()> {
    let sql =
        "INSERT INTO files (key, owner, owner_name, file_name, content_type, size, checksum_sha256, status, created,
        completed, expires_at, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    let status = f.status.as_str();
    row::run(
        db,
        sql,
        params![
            f.key,
            f.owner,
            f.owner_name,
            f.file_name,
            f.content_type,
            f.size,
            f.checksum_sha256,
            status,
            f.created_at,
            f.completed_at,
            f.expires_at,
            f.version
        ],
    )?;
    Ok(())
}

fn record(row: &Row<'_>) -> rusqlite::Result<FileRecord> {
    let status = FileStatus::parse(row.get_ref(7)?.as_str()?)
        .ok_or_else(|| rusqlite::Error::InvalidColumnType(7, "status".to_owned(), Type::Text))?;
    Ok(FileRecord {
        key: row.get(0)?,
        owner: row.get(1)?,
        owner_name: row.get(2)?,
        file_name: row.get(3)?,
        content_type: row.get(4)?,
        size: row.get(5)?,
        checksum_sha256: row.get(6)?,
        status,
        created_at: row.get(8)?,
        completed_at: row.get(9)?,
        expires_at: row.get(10)?,
        version: row.get(11)?,
    })
}
