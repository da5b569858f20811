-- Identity providers and what comes from them.

CREATE TABLE identity_providers (
    pool TEXT NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (pool, name)
) STRICT;

CREATE TABLE idp_identifiers (
    pool TEXT NOT NULL,
    identifier TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (pool, identifier),
    FOREIGN KEY (pool, name) REFERENCES identity_providers (pool, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX idp_identifiers_by_provider ON idp_identifiers (pool, name);

-- An identity outlives its provider: the user is still there.
CREATE TABLE identities (
    pool TEXT NOT NULL,
    provider TEXT NOT NULL,
    attribute TEXT NOT NULL,
    value TEXT NOT NULL,
    sub TEXT NOT NULL,
    PRIMARY KEY (pool, provider, attribute, value),
    FOREIGN KEY (pool, sub) REFERENCES users (pool, sub) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX identities_by_user ON identities (pool, sub);
