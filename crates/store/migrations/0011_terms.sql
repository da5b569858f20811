-- Terms documents: a client has one of each name.
CREATE TABLE terms (
    pool TEXT NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    client TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (pool, id),
    UNIQUE (client, name)
) STRICT;
