-- The last use of a sign-in: what is written here wins over the document. `active_at` is null in rows from before.
ALTER TABLE sign_ins ADD COLUMN active_at INTEGER;
ALTER TABLE sign_ins ADD COLUMN active TEXT;
