-- Passkeys: ids and public keys. A credential is one user's in its pool. `counter` guards its use.
CREATE TABLE passkeys (
    pool TEXT NOT NULL,
    id TEXT NOT NULL,
    sub TEXT NOT NULL,
    created INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (pool, id),
    FOREIGN KEY (pool, sub) REFERENCES users (pool, sub) ON DELETE CASCADE
) STRICT;
CREATE INDEX passkeys_by_user ON passkeys (pool, sub, created, id);
