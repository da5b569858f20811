-- What users of protected pools did. `seq` is the order; a sign-in is one row, whatever it takes.
CREATE TABLE auth_events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    pool TEXT NOT NULL,
    sub TEXT NOT NULL,
    id TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    doc TEXT NOT NULL,
    UNIQUE (pool, sub, id),
    FOREIGN KEY (pool, sub) REFERENCES users (pool, sub) ON DELETE CASCADE
) STRICT;
CREATE INDEX auth_events_by_user ON auth_events (pool, sub, seq);
CREATE INDEX auth_events_by_end ON auth_events (expires_at);
