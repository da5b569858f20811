-- One table of every name a user may sign in by, as compared: `kind` is 'username', 'sub' or the attribute of an alias. The primary key
-- sees to it that no two users answer to one name, of whatever kinds. A value that a user has twice (the username that is the sub, an
-- alias that is the own username) is one row. The user is told by its row, not by its sub: that is the shorter walk, and with a million
-- users it is some hundred megabytes.

CREATE TABLE user_names (
    pool TEXT NOT NULL,
    value TEXT NOT NULL,
    kind TEXT NOT NULL,
    user INTEGER NOT NULL REFERENCES users (seq) ON DELETE CASCADE,
    PRIMARY KEY (pool, value)
) STRICT, WITHOUT ROWID;

-- In the order in which they were looked up until now, so nobody's sign-in changes hands: usernames, subs, contacts, chosen names.
INSERT INTO user_names (pool, value, kind, user) SELECT pool, username_folded, 'username', seq FROM users;
INSERT INTO user_names (pool, value, kind, user) SELECT pool, sub, 'sub', seq FROM users WHERE true ON CONFLICT DO NOTHING;
INSERT INTO user_names (pool, value, kind, user)
    SELECT pool, value, kind, seq FROM user_aliases JOIN users USING (pool, sub) WHERE true ORDER BY kind ON CONFLICT DO NOTHING;
CREATE INDEX user_names_by_user ON user_names (user);

-- An alias that somebody else already answers to was never found; now its user does not list it either.
UPDATE users SET doc = json_set(doc, '$.aliases', json((
    SELECT json_group_array(json(alias.value)) FROM json_each(users.doc, '$.aliases') AS alias
    WHERE EXISTS (
        SELECT 1 FROM user_names AS name
        WHERE name.pool = users.pool AND name.value = alias.value ->> 1 AND name.user = users.seq))))
WHERE seq IN (
    SELECT held.seq FROM user_aliases AS alias JOIN users AS held USING (pool, sub)
    JOIN user_names AS name ON name.pool = alias.pool AND name.value = alias.value AND name.user <> held.seq);

DROP TABLE user_aliases;
DROP INDEX users_by_folded_name;
ALTER TABLE users DROP COLUMN username_folded;
