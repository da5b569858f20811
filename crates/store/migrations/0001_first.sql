-- The first schema. Every row is its key columns plus the whole row as a JSON document (`doc`).
-- A column beside `doc` is there for a key, a constraint, an order or a filter; what a column says wins over the document.
-- Times are epoch milliseconds. `version` guards replacement. Ends are in `expires_at`.

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Ids of the key-ring keys under which rows may be sealed; the database opens only for a ring that has them all.
CREATE TABLE sealing_keys (
    id INTEGER PRIMARY KEY
) STRICT;

-- Control-plane writes in order; snapshots follow it. `subject` is a pool id, or an API id with its owner beside it.
CREATE TABLE changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    at INTEGER NOT NULL,
    account TEXT,
    region TEXT
) STRICT;
CREATE INDEX changes_of_apis ON changes (seq) WHERE kind = 'api';

CREATE TABLE pools (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    created INTEGER NOT NULL,
    version INTEGER NOT NULL,
    doc TEXT NOT NULL
) STRICT;
CREATE INDEX pools_by_age ON pools (account, region, created, id);

-- How many users a pool has, so that counting does not walk the table.
CREATE TABLE user_counts (
    pool TEXT NOT NULL PRIMARY KEY REFERENCES pools (id) ON DELETE CASCADE,
    users INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE signing_keys (
    pool TEXT NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    kid TEXT NOT NULL,
    position INTEGER NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (pool, kid)
) STRICT;

CREATE TABLE clients (
    id TEXT NOT NULL PRIMARY KEY,
    pool TEXT NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    created INTEGER NOT NULL,
    version INTEGER NOT NULL,
    doc TEXT NOT NULL
) STRICT;
CREATE INDEX clients_by_age ON clients (pool, created, id);

-- No cascade: a pool with a domain cannot be deleted.
CREATE TABLE domains (
    name TEXT NOT NULL PRIMARY KEY,
    pool TEXT NOT NULL REFERENCES pools (id),
    custom INTEGER NOT NULL,
    version INTEGER NOT NULL,
    doc TEXT NOT NULL,
    UNIQUE (pool, custom)
) STRICT;

CREATE TABLE resource_servers (
    pool TEXT NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    identifier TEXT NOT NULL,
    version INTEGER NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (pool, identifier)
) STRICT;

CREATE TABLE brandings (
    pool TEXT NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    client TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (pool, id),
    UNIQUE (client)
) STRICT;

-- `seq` is the creation order. The filter columns hold what ListUsers compares: lower case except `username`,
-- `status_word` ('Enabled', 'Disabled') and `user_status`.
CREATE TABLE users (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    pool TEXT NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    sub TEXT NOT NULL,
    username_folded TEXT NOT NULL,
    version INTEGER NOT NULL,
    created INTEGER NOT NULL,
    username TEXT NOT NULL,
    user_status TEXT NOT NULL,
    status_word TEXT NOT NULL,
    email TEXT,
    phone_number TEXT,
    name TEXT,
    given_name TEXT,
    family_name TEXT,
    preferred_username TEXT,
    doc TEXT NOT NULL
) STRICT;
CREATE INDEX users_by_seq ON users (pool, seq);
CREATE UNIQUE INDEX users_by_sub ON users (pool, sub);
CREATE UNIQUE INDEX users_by_folded_name ON users (pool, username_folded);
CREATE INDEX users_by_username ON users (pool, username, seq);
CREATE INDEX users_by_user_status ON users (pool, user_status, seq);
CREATE INDEX users_by_status_word ON users (pool, status_word, seq);
CREATE INDEX users_by_email ON users (pool, email, seq) WHERE email IS NOT NULL;
CREATE INDEX users_by_phone_number ON users (pool, phone_number, seq) WHERE phone_number IS NOT NULL;
CREATE INDEX users_by_name ON users (pool, name, seq) WHERE name IS NOT NULL;
CREATE INDEX users_by_given_name ON users (pool, given_name, seq) WHERE given_name IS NOT NULL;
CREATE INDEX users_by_family_name ON users (pool, family_name, seq) WHERE family_name IS NOT NULL;
CREATE INDEX users_by_preferred_username ON users (pool, preferred_username, seq) WHERE preferred_username IS NOT NULL;

CREATE TABLE user_aliases (
    pool TEXT NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    sub TEXT NOT NULL,
    PRIMARY KEY (pool, kind, value),
    FOREIGN KEY (pool, sub) REFERENCES users (pool, sub) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX user_aliases_by_user ON user_aliases (pool, sub);

CREATE TABLE user_groups (
    pool TEXT NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    precedence INTEGER,
    version INTEGER NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (pool, name)
) STRICT;

CREATE TABLE group_members (
    pool TEXT NOT NULL,
    group_name TEXT NOT NULL,
    sub TEXT NOT NULL,
    PRIMARY KEY (pool, group_name, sub),
    FOREIGN KEY (pool, group_name) REFERENCES user_groups (pool, name) ON DELETE CASCADE,
    FOREIGN KEY (pool, sub) REFERENCES users (pool, sub) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX group_members_by_user ON group_members (pool, sub);

CREATE TABLE codes (
    pool TEXT NOT NULL,
    sub TEXT NOT NULL,
    purpose TEXT NOT NULL,
    hash BLOB NOT NULL,
    attribute TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (pool, sub, purpose),
    FOREIGN KEY (pool, sub) REFERENCES users (pool, sub) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX codes_by_end ON codes (expires_at);

CREATE TABLE sign_ins (
    origin_jti TEXT NOT NULL PRIMARY KEY,
    pool TEXT NOT NULL,
    sub TEXT NOT NULL,
    client TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    auth_time INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    doc TEXT NOT NULL,
    FOREIGN KEY (pool, sub) REFERENCES users (pool, sub) ON DELETE CASCADE
) STRICT;
CREATE INDEX sign_ins_by_user ON sign_ins (pool, sub, auth_time, origin_jti);
CREATE INDEX sign_ins_by_client ON sign_ins (client);
CREATE INDEX sign_ins_by_end ON sign_ins (expires_at);

CREATE TABLE refresh_tokens (
    hash BLOB NOT NULL PRIMARY KEY,
    origin_jti TEXT NOT NULL REFERENCES sign_ins (origin_jti) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL,
    replaced_at INTEGER,
    doc TEXT NOT NULL
) STRICT;
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (origin_jti);
CREATE INDEX refresh_tokens_by_end ON refresh_tokens (expires_at);

CREATE TABLE login_sessions (
    hash BLOB NOT NULL PRIMARY KEY,
    pool TEXT NOT NULL,
    sub TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    doc TEXT NOT NULL,
    FOREIGN KEY (pool, sub) REFERENCES users (pool, sub) ON DELETE CASCADE
) STRICT;
CREATE INDEX login_sessions_by_user ON login_sessions (pool, sub);
CREATE INDEX login_sessions_by_end ON login_sessions (expires_at);

-- `origin_jti`: the family that redeeming opened, to be revoked when the code comes again.
CREATE TABLE auth_codes (
    hash BLOB NOT NULL PRIMARY KEY,
    pool TEXT NOT NULL,
    sub TEXT NOT NULL,
    client TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    origin_jti TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    redeemed_at INTEGER,
    doc TEXT NOT NULL,
    FOREIGN KEY (pool, sub) REFERENCES users (pool, sub) ON DELETE CASCADE
) STRICT;
CREATE INDEX auth_codes_by_user ON auth_codes (pool, sub);
CREATE INDEX auth_codes_by_client ON auth_codes (client);
CREATE INDEX auth_codes_by_end ON auth_codes (expires_at);

-- What may be used once (sessions, secret blocks) and was.
CREATE TABLE spent (
    id BLOB NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX spent_by_end ON spent (expires_at);

CREATE TABLE attempts (
    key TEXT NOT NULL PRIMARY KEY,
    count INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    locked_until INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_by_end ON attempts (expires_at);

CREATE TABLE uses (
    key TEXT NOT NULL PRIMARY KEY,
    count INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX uses_by_end ON uses (expires_at);

CREATE TABLE decisions (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    request_id TEXT NOT NULL,
    allowed INTEGER NOT NULL,
    doc TEXT NOT NULL
) STRICT;
CREATE INDEX decisions_by_request ON decisions (request_id);
CREATE INDEX decisions_refused ON decisions (seq) WHERE allowed = 0;

-- HTTP APIs: one row is an API with all its routes, integrations, authorizers and stages.
CREATE TABLE apis (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    id TEXT NOT NULL,
    created INTEGER NOT NULL,
    version INTEGER NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (account, region, id)
) STRICT;
CREATE INDEX apis_by_age ON apis (account, region, created, id);

-- The dashboard's files: metadata of objects.
CREATE TABLE files (
    key TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    owner_name TEXT NOT NULL,
    file_name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    checksum_sha256 TEXT,
    status TEXT NOT NULL,
    created INTEGER NOT NULL,
    completed INTEGER,
    expires_at INTEGER,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX files_by_age ON files (created, key);
CREATE INDEX files_by_owner ON files (owner, created, key);
CREATE INDEX files_by_end ON files (expires_at) WHERE expires_at IS NOT NULL;
