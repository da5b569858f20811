-- Remembered devices: the verifier in `doc` is sealed.
CREATE TABLE devices (
    pool TEXT NOT NULL,
    sub TEXT NOT NULL,
    key TEXT NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (pool, sub, key),
    FOREIGN KEY (pool, sub) REFERENCES users (pool, sub) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- What waits for one answer: sealed, taken by the first who asks, or swept.
CREATE TABLE pending (
    key BLOB NOT NULL PRIMARY KEY,
    kept BLOB NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX pending_by_end ON pending (expires_at);
