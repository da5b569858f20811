-- Messages on their way out. `sealed` holds address, text and code; `sub` is null where the message is about nobody (it is made up).
-- A row is claimed by moving `due_at` on; whoever claims it delivers it before then.
CREATE TABLE outbox (
    id TEXT NOT NULL PRIMARY KEY,
    pool TEXT NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    sub TEXT,
    topic TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    FOREIGN KEY (pool, sub) REFERENCES users (pool, sub) ON DELETE CASCADE
) STRICT;
CREATE INDEX outbox_by_due ON outbox (due_at);
CREATE INDEX outbox_by_end ON outbox (expires_at);
CREATE INDEX outbox_by_user ON outbox (pool, sub, topic);
