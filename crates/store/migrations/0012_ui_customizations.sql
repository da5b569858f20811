-- The classic look of the login pages; `client` is 'ALL' for all clients without their own. `version` changes with every change.
CREATE TABLE ui_customizations (
    pool TEXT NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    client TEXT NOT NULL,
    version INTEGER NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (pool, client)
) STRICT;
